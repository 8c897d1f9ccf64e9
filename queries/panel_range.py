"""A panel's own time range: `timeFrom` looks at less or more than the dashboard, `timeShift` at an earlier time."""

from collections.abc import Mapping
from typing import Any

from core.durations import parse_duration
from core.timerange import TimeRange


def shifted(span: TimeRange, panel: Mapping[str, Any]) -> TimeRange:
    """Return the range that a panel shows; words that mean no duration change nothing."""
    begin, end = span.from_ms, span.to_ms
    if span.raw_from.startswith("now") and _ms(panel.get("timeFrom")):
        begin = end - _ms(panel.get("timeFrom"))  # a range of fixed times is meant as it is
    shift = _ms(panel.get("timeShift"))
    return TimeRange(begin - shift, end - shift, span.raw_from, span.raw_to)


def words(panel: Mapping[str, Any]) -> str:
    """Return what the title says of it."""
    parts = []
    if _ms(panel.get("timeFrom")):
        parts.append(f"Last {panel['timeFrom']}")
    if _ms(panel.get("timeShift")):
        parts.append(f"timeshift -{panel['timeShift']}")
    return " ".join(parts)


def _ms(text: Any) -> int:
    if not isinstance(text, str) or not text or "/" in text:
        return 0
    try:
        return parse_duration(text.removeprefix("now-"))
    except ValueError:
        return 0
