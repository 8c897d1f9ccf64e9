"""Time ranges as dashboards write them: "now-6h", "now/d", milliseconds, dates."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_STEP = re.compile(r"([+\-/])(\d*)(fy|fQ|[smhdwMyQ])")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True)
class TimeRange:
    """From and to in milliseconds since 1970, and the words they were asked with."""

    from_ms: int
    to_ms: int
    raw_from: str
    raw_to: str

    @property
    def span_ms(self) -> int:
        """How long it is."""
        return self.to_ms - self.from_ms


def zone(name: str) -> ZoneInfo:
    """Return a time zone; "", "browser" and unknown names are UTC, for the server has no zone of its own."""
    if name.lower() in {"", "browser", "utc", "default"}:
        return ZoneInfo("UTC")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def parse_range(raw_from: str, raw_to: str, now_ms: int, tz: ZoneInfo, week_start: int = 0) -> TimeRange:
    """Read both ends; "/d" rounds from down and to up. Raises ValueError for words that mean no time.

    week_start: 0 is Monday, 6 is Sunday.
    """
    return TimeRange(
        parse_time(raw_from, now_ms, tz, round_up=False, week_start=week_start),
        parse_time(raw_to, now_ms, tz, round_up=True, week_start=week_start),
        raw_from,
        raw_to,
    )


def parse_time(text: str, now_ms: int, tz: ZoneInfo, *, round_up: bool, week_start: int = 0) -> int:
    """Return one end in milliseconds. Raises ValueError."""
    text = text.strip()
    if re.fullmatch(r"-?\d+", text):
        if len(text) == 8 and text.startswith(("19", "20")):
            return _ms(datetime.strptime(text, "%Y%m%d").replace(tzinfo=tz))
        return int(text)
    if not text.startswith("now"):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(f"not a time: {text!r}") from None
        return _ms(moment if moment.tzinfo else moment.replace(tzinfo=tz))
    moment = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(tz)
    rest = text[3:]
    steps = list(_STEP.finditer(rest))
    if "".join(step[0] for step in steps) != rest:
        raise ValueError(f"not a time: {text!r}")
    for step in steps:
        sign, count, unit = step[1], int(step[2] or 1), step[3].removeprefix("f")
        moment = (
            _rounded(moment, unit, week_start, round_up=round_up)
            if sign == "/"
            else _moved(moment, unit, count if sign == "+" else -count)
        )
    return _ms(moment)


def _ms(moment: datetime) -> int:
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))


def _moved(moment: datetime, unit: str, count: int) -> datetime:
    if unit in _SECONDS:
        return (moment.astimezone(UTC) + timedelta(seconds=_SECONDS[unit] * count)).astimezone(moment.tzinfo)
    if unit in {"d", "w"}:
        return moment + timedelta(days=count * (7 if unit == "w" else 1))
    months = count * {"M": 1, "Q": 3, "y": 12}[unit] + moment.year * 12 + moment.month - 1
    year, month = divmod(months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def _rounded(moment: datetime, unit: str, week_start: int, *, round_up: bool) -> datetime:
    floor = moment.replace(microsecond=0)
    if unit in {"m", "h", "d", "w", "M", "Q", "y"}:
        floor = floor.replace(second=0)
    if unit in {"h", "d", "w", "M", "Q", "y"}:
        floor = floor.replace(minute=0)
    if unit in {"d", "w", "M", "Q", "y"}:
        floor = floor.replace(hour=0)
    if unit == "w":
        floor -= timedelta(days=(floor.weekday() - week_start) % 7)
    elif unit in {"M", "Q", "y"}:
        month = {"M": floor.month, "Q": (floor.month - 1) // 3 * 3 + 1, "y": 1}[unit]
        floor = floor.replace(day=1, month=month)
    return _moved(floor, unit, 1) - timedelta(milliseconds=1) if round_up else floor
