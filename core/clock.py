"""The one place that reads the clock, and the forms in which times leave it."""

from datetime import UTC, datetime, timedelta

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


def iso_ms(ms: int) -> str:
    """Write milliseconds since 1970 as browsers do, with milliseconds and a Z."""
    return (datetime(1970, 1, 1) + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds") + "Z"  # noqa: DTZ001


def age(moment: datetime, at: datetime) -> str:
    """Say how long ago a moment was, in one unit: "5 minutes", "1 hour", "10 years"."""
    seconds = max(0, int((at - moment).total_seconds()))
    units = ((31_536_000, "year"), (2_592_000, "month"), (86_400, "day"), (3_600, "hour"), (60, "minute"))
    for size, unit in units:
        count = seconds // size
        if count:
            return f"{count} {unit}" + ("" if count == 1 else "s")
    return "< 1 minute"
