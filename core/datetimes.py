"""Times as text, in the patterns that dashboards use ("YYYY-MM-DD HH:mm:ss")."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

FULL = "YYYY-MM-DD HH:mm:ss"
_TOKEN = re.compile(
    r"\[([^\]]*)\]|\\(.)|YYYY|YY|MMMM|MMM|MM|M|dddd|ddd|Do|DD|D|HH|H|hh|h|mm|m|ss|s|SSS|SS|S|A|a|ZZ|Z|X|x|LLLL|LLL|LL|L|LTS|LT"
)
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LONG = {
    "L": "MM/DD/YYYY",
    "LL": "MMMM D, YYYY",
    "LLL": "MMMM D, YYYY h:mm A",
    "LLLL": "dddd, MMMM D, YYYY h:mm A",
    "LT": "h:mm A",
    "LTS": "h:mm:ss A",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CYCLE_MS = (
    400 * 365.2425 * 86_400_000
)  # the calendar repeats; years beyond 9999 are worked out in a nearer cycle


def moment(ms: float, tz: ZoneInfo) -> tuple[datetime, int]:
    """Return a local time and the years to add to its year."""
    cycles = 0
    while ms >= 253_402_300_800_000:
        ms -= _CYCLE_MS
        cycles += 400
    while ms < -62_135_596_800_000 + 86_400_000:
        ms += _CYCLE_MS
        cycles -= 400
    return (_EPOCH + timedelta(milliseconds=int(ms))).astimezone(tz), cycles


def format_time(ms: float, pattern: str, tz: ZoneInfo) -> str:
    """Write a time in a pattern. ms: milliseconds since 1970."""
    if ms != ms or abs(ms) > 8.64e15:
        return "Invalid date"
    at, years = moment(ms, tz)

    def fill(found: re.Match[str]) -> str:
        token = found[0]
        if token[0] in "[\\":
            return found[1] or found[2] or ""
        if token in _LONG:
            return _TOKEN.sub(fill, _LONG[token])
        return _part(token, at, at.year + years, ms)

    return _TOKEN.sub(fill, pattern)


def _part(token: str, at: datetime, year: int, ms: float) -> str:
    hour = at.hour % 12 or 12
    offset = at.utcoffset() or timedelta()
    minutes = int(offset.total_seconds()) // 60
    parts = {
        "YYYY": f"{year:04d}", "YY": f"{year % 100:02d}", "MMMM": _MONTHS[at.month - 1], "MMM": _MONTHS[at.month - 1][:3],
        "MM": f"{at.month:02d}", "M": str(at.month), "DD": f"{at.day:02d}", "D": str(at.day), "Do": _ordinal(at.day),
        "dddd": _DAYS[at.weekday()], "ddd": _DAYS[at.weekday()][:3], "HH": f"{at.hour:02d}", "H": str(at.hour),
        "hh": f"{hour:02d}", "h": str(hour), "mm": f"{at.minute:02d}", "m": str(at.minute), "ss": f"{at.second:02d}", "s": str(at.second),
        "SSS": f"{at.microsecond // 1000:03d}", "SS": f"{at.microsecond // 10000:02d}", "S": str(at.microsecond // 100000),
        "A": "AM" if at.hour < 12 else "PM", "a": "am" if at.hour < 12 else "pm", "X": str(int(ms // 1000)), "x": str(int(ms)),
        "Z": f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}",
        "ZZ": f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}",
    }  # fmt: skip
    return parts[token]


def _ordinal(day: int) -> str:
    suffix = "th" if 10 < day % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{suffix}"


def from_now(ms: float, now_ms: float) -> str:
    """Say how far a time is from now, in one round number."""
    seconds = abs(ms - now_ms) / 1000
    minutes, hours, days = (round(seconds / size) for size in (60, 3600, 86400))
    months, years = round(days / 30.436875), round(days / 365.2425)
    if round(seconds) < 45:
        words = "a few seconds"
    elif minutes < 45:
        words = "a minute" if minutes <= 1 else f"{minutes} minutes"
    elif hours < 22:
        words = "an hour" if hours <= 1 else f"{hours} hours"
    elif days < 26:
        words = "a day" if days <= 1 else f"{days} days"
    elif months < 11:
        words = "a month" if months <= 1 else f"{months} months"
    else:
        words = "a year" if years <= 1 else f"{years} years"
    return f"in {words}" if ms > now_ms else f"{words} ago"
