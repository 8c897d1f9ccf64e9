"""Durations as people write them ("5m", "1h30m", "2w") and as servers want them."""

import re

MS = {
    "ms": 1,
    "s": 1000,
    "m": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "w": 604_800_000,
    "M": 2_629_800_000,
    "y": 31_557_600_000,
}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdwMyµn]s?)")


def parse_duration(text: str) -> int:
    """Return a duration in milliseconds; a bare number counts seconds.

    Raises ValueError for anything else. Source: Grafana 9.3 documentation, "interval".
    """
    text = text.strip().lstrip(">")
    if re.fullmatch(r"\d+", text):
        return int(text) * 1000
    parts = list(_PART.finditer(text))
    if not parts or "".join(p[0] for p in parts) != text or any(p[2] not in MS for p in parts):
        raise ValueError(f"not a duration: {text!r}")
    return int(sum(float(p[1]) * MS[p[2]] for p in parts))


def go_duration(ms: int) -> str:
    """Write milliseconds as Go prints a duration: 90000 is "1m30s", 60000 is "1m0s"."""
    if ms < 1000:
        return f"{ms}ms"
    seconds, rest = divmod(ms, 1000)
    tail = f"{seconds % 60}.{rest:03d}".rstrip("0").rstrip(".") + "s" if rest else f"{seconds % 60}s"
    minutes = seconds // 60
    if minutes >= 60:
        return f"{minutes // 60}h{minutes % 60}m{tail}"
    return f"{minutes}m{tail}" if minutes else tail


def short_duration(ms: int) -> str:
    """Write an interval as the variables `$__interval` do: the largest unit that divides it down to one number."""
    for unit in ("y", "d", "h", "m", "s"):
        size = 31_536_000_000 if unit == "y" else MS[unit]
        if ms >= size:
            return f"{ms // size}{unit}"
    return f"{ms}ms"
