"""The one place that reads the clock, and the forms in which times leave it."""

from datetime import UTC, datetime

ZERO = datetime(1, 1, 1)  # noqa: DTZ001 - Go's zero time, which clients take for "never"


def now() -> datetime:
    """Return the present time in UTC without a zone, as every column stores it."""
    return datetime.now(UTC).replace(tzinfo=None)


def now_ms() -> int:
    """Return the present time as milliseconds since 1970."""
    return int(datetime.now(UTC).timestamp() * 1000)


def iso(moment: datetime) -> str:
    """Write a stored time as Grafana's API does: whole seconds, a Z at the end."""
    return (
        moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        if moment.year >= 1000
        else f"{moment.year:04d}{moment:-%m-%dT%H:%M:%SZ}"
    )


def age(moment: datetime, at: datetime) -> str:
    """Say how long ago a moment was, in one unit: "5m", "3 hours" style of the API is one letter but for months and years."""
    seconds = max(0, int((at - moment).total_seconds()))
    for size, unit in ((31536000, "y"), (2592000, "M"), (86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return "< 1 minute"
