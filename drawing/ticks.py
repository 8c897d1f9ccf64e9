"""Where axes begin and end, and where their ticks fall: steps of 1, 2, 2.5 and 5, calendar steps for time.

The rules are those that people know from the charts their dashboards were made with; recorded axes confirm them.
"""

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from core.datetimes import format_time, moment
from drawing.text import AXIS_FONT, text_width

_SECOND, _MINUTE, _HOUR, _DAY = 1000, 60_000, 3_600_000, 86_400_000
_MONTH, _YEAR = 30 * _DAY, 365 * _DAY
Y_SPACE, X_SPACE = 30, 40


@cache
def _numeric_steps() -> tuple[float, ...]:
    return tuple(
        round(factor * 10.0**power, 12 - min(0, power)) if power < 0 else factor * 10.0**power
        for power in range(-16, 17)
        for factor in (1, 2, 2.5, 5)
    )


@cache
def _binary_steps() -> tuple[float, ...]:
    return tuple(2.0**power for power in range(53))


_TIME_STEPS = (
    1, 2, 5, 10, 20, 50, 100, 200, 500, _SECOND, 5 * _SECOND, 10 * _SECOND, 15 * _SECOND, 30 * _SECOND, _MINUTE, 5 * _MINUTE, 10 * _MINUTE,
    15 * _MINUTE, 30 * _MINUTE, _HOUR, 2 * _HOUR, 3 * _HOUR, 4 * _HOUR, 6 * _HOUR, 8 * _HOUR, 12 * _HOUR, _DAY, 2 * _DAY, 3 * _DAY, 4 * _DAY,
    5 * _DAY, 6 * _DAY, 7 * _DAY, 8 * _DAY, 9 * _DAY, 10 * _DAY, 15 * _DAY, _MONTH, 2 * _MONTH, 3 * _MONTH, 4 * _MONTH, 6 * _MONTH, _YEAR,
    2 * _YEAR, 5 * _YEAR, 10 * _YEAR, 25 * _YEAR, 50 * _YEAR, 100 * _YEAR,
)  # fmt: skip


def decimals_of(step: float) -> int:
    """Return how many decimals a step is written with."""
    text = f"{step:.16g}"
    if "e" in text:
        text = f"{step:.16f}".rstrip("0")
    return len(text.partition(".")[2])


def _round(value: float, decimals: int) -> float:
    return round(value, decimals) + 0.0


def _up(value: float, step: float) -> float:
    return math.ceil(value / step) * step


def _down(value: float, step: float) -> float:
    return math.floor(value / step) * step


def find_step(low: float, high: float, steps: Sequence[float], length: float, space: float) -> float:
    """Return the smallest step whose ticks are `space` pixels apart on an axis of `length` pixels; 0 if none is."""
    span = high - low
    if span <= 0 or length <= 0:
        return 0.0
    wanted = space / length * span
    at = bisect.bisect_left(steps, wanted)
    if at > 0 and (at == len(steps) or wanted - steps[at - 1] <= steps[at] - wanted):
        at -= 1
    for step in steps[at:]:
        if length * step / span >= space:
            return step
    return 0.0


@dataclass(frozen=True)
class Ticks:
    """Positions on an axis, and the step between them."""

    at: list[float]
    step: float


def numeric_ticks(
    low: float,
    high: float,
    length: float,
    *,
    binary: bool = False,
    decimals: int | None = None,
    space: float = Y_SPACE,
) -> Ticks:
    """Return the ticks of a linear axis. binary: steps are powers of two, for bytes. decimals: steps have no more than these."""
    steps = _binary_steps() if binary else _numeric_steps()
    if decimals is not None and decimals >= 0:
        steps = tuple(step for step in steps if decimals_of(step) <= decimals)
    step = find_step(low, high, steps, length, space)
    if not step:
        return Ticks([], 0.0)
    places = decimals_of(step)
    found: list[float] = []
    value = _round(_up(_round(low, 12), step), places)
    while value <= high and len(found) < 1000:
        found.append(value)
        value = _round(value + step, places)
    return Ticks(found, step)


def log_ticks(low: float, high: float, base: float) -> Ticks:
    """Return the ticks of a logarithmic axis: all powers, and for base 10 their multiples as well (only powers get labels)."""
    found: list[float] = []
    exponent = math.floor(round(math.log(low, base), 10))
    while base**exponent <= high * (1 + 1e-12) and len(found) < 1000:
        power = base**exponent
        multiples = range(1, 10) if base == 10 else (1,)
        found += [
            power * factor
            for factor in multiples
            if low <= power * factor * (1 + 1e-12) and power * factor <= high * (1 + 1e-12)
        ]
        exponent += 1
    return Ticks([_round(value, 12) if value < 1 else value for value in found], base)


@dataclass(frozen=True)
class Bounds:
    """What a dashboard says of an axis's ends: hard ends are kept, soft ones only widen."""

    low: float | None = None
    high: float | None = None
    soft_low: float | None = None
    soft_high: float | None = None
    centered: bool = False
    whole: bool = False


def linear_range(low: float, high: float, bounds: Bounds) -> tuple[float, float]:
    """Return an axis's ends: a tenth of room, zero where it is near, round numbers."""
    if bounds.centered:
        most = max(abs(low), abs(high))
        low, high = -most, most
    only_low = bounds.soft_low is None and bounds.low is not None
    only_high = bounds.soft_high is None and bounds.high is not None
    data_low = bounds.low if only_low and bounds.low is not None else low
    data_high = bounds.high if only_high and bounds.high is not None else high
    made_low, made_high = _padded(data_low, data_high, bounds)
    if only_low and bounds.low is not None:
        made_low = bounds.low
    if only_high and bounds.high is not None:
        made_high = bounds.high
    if bounds.whole:
        made_low, made_high = math.floor(made_low), math.ceil(made_high)
    return (0.0, 100.0) if made_low >= made_high else (made_low, made_high)


def _padded(low: float, high: float, bounds: Bounds) -> tuple[float, float]:
    soft_low, soft_high = bounds.soft_low or 0.0, bounds.soft_high or 0.0
    always_low, always_high = bounds.soft_low is not None, bounds.soft_high is not None
    span = high - low
    if span < 1e-9:
        span = 1e-9 if 0 in {low, high} else 0.0
    size = span or abs(high) or 1e3
    base = 10.0 ** max(
        -300, math.floor(math.log10(size))
    )  # the smallest floats have no power of ten below them
    room = size * (0.1 if span else (0.1 if low == 0 else 1))
    new_low = _round(_down(_round(low - room, 12), base / 10), 9)
    touches = low >= soft_low and (always_low or new_low <= soft_low)
    floor = soft_low if touches else math.inf
    made_low = max(
        bounds.low if bounds.low is not None else -math.inf,
        floor if new_low < floor and low >= floor else min(floor, new_low),
    )
    room = size * (0.1 if span else (0.1 if high == 0 else 1))
    new_high = _round(_up(_round(high + room, 12), base / 10), 9)
    touches = high <= soft_high and (always_high or new_high >= soft_high)
    ceiling = soft_high if touches else -math.inf
    made_high = min(
        bounds.high if bounds.high is not None else math.inf,
        ceiling if new_high > ceiling and high <= ceiling else max(ceiling, new_high),
    )
    if made_low == made_high == 0:
        made_high = 100.0
    return made_low, made_high


def log_range(low: float, high: float, base: float, bounds: Bounds) -> tuple[float, float]:
    """Return the ends of a logarithmic axis: whole powers around the data."""
    if bounds.low is not None and bounds.low > 0:
        low = bounds.low
    if bounds.high is not None and bounds.high > 0:
        high = bounds.high
    if low <= 0 or high <= 0 or not math.isfinite(low + high):
        low, high = (high / base if high > 0 else 1.0), (high if high > 0 else 100.0)
    if low == high:
        low, high = low / base, high * base
    down = base ** math.floor(round(math.log(low, base), 10))
    up = base ** math.ceil(round(math.log(high, base), 10))
    made_low = bounds.low if bounds.low is not None and bounds.low > 0 and bounds.soft_low is None else down
    made_high = (
        bounds.high if bounds.high is not None and bounds.high > 0 and bounds.soft_high is None else up
    )
    return (made_low, made_high) if made_low < made_high else (1.0, 100.0)


def time_ticks(low: float, high: float, length: float, tz: ZoneInfo, space: float) -> Ticks:
    """Return the ticks of a time axis, on round times of a zone. low, high: milliseconds."""
    step = find_step(low, high, _TIME_STEPS, length, space)
    if not step:
        return Ticks([], 0.0)
    if step >= _MONTH:
        return Ticks(_calendar(low, high, int(step), tz), step)
    at, years = moment(low, tz)
    del years
    offset = (at.utcoffset() or timedelta()) / timedelta(milliseconds=1)
    local = low + offset
    midnight = _down(local, _DAY)
    first = midnight + _up(local - midnight, min(step, _DAY)) - offset
    return Ticks(_stepped(first, high, step, tz, length * step / (high - low) / space), step)


def _stepped(first: float, high: float, step: float, tz: ZoneInfo, room: float) -> list[float]:
    """Steps above an hour keep to the clock's hours when it is changed; a tick that falls too near is left out."""
    found, value = [first], first
    hours = step / _HOUR
    at = moment(first, tz)[0]
    hour = at.hour + at.minute / 60
    while len(found) < 1000:
        value += step
        if value > high:
            break
        if hours > 1:
            expected = math.floor(round(hour + hours, 6)) % 24
            shift = moment(value, tz)[0].hour - expected
            if shift > 1:
                shift = -1
            value -= shift * _HOUR
            hour = (hour + hours) % 24
            if round((value - found[-1]) / step, 3) * room < 0.7:
                continue
        found.append(value)
    return [one for one in found if one <= high]


def _calendar(low: float, high: float, step: int, tz: ZoneInfo) -> list[float]:
    at = moment(low, tz)[0]
    months = 12 * (step // _YEAR) if step >= _YEAR else step // _MONTH
    number = at.year * 12 + (0 if step >= _YEAR else at.month - 1)
    start = _month(number, tz)
    number += 0 if start == low else months
    found: list[float] = []
    while len(found) < 1000 and number < 12 * 9999 and (value := _month(number, tz)) <= high:
        found.append(value)
        number += months
    return found


def _month(number: int, tz: ZoneInfo) -> float:
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=tz).astimezone(UTC).timestamp() * 1000


def time_pattern(step: float, span: float) -> str:
    """Return the pattern in which a time axis is labelled."""
    if step < _SECOND:
        return "HH:mm:ss.SS"
    if step <= _MINUTE:
        return "HH:mm:ss"
    if span <= _DAY:
        return "HH:mm"
    if step <= _DAY:
        return "MM/DD HH:mm"
    if span < _YEAR:
        return "MM/DD"
    if round(step / _DAY) >= round(_YEAR / _DAY):
        return "YYYY"
    return "YYYY-MM"


def time_space(low: float, high: float, length: float, tz: ZoneInfo) -> float:
    """Return how many pixels apart the ticks of a time axis must be: the width of a label and some room."""
    pattern = time_pattern((high - low) / max(1.0, length / X_SPACE), high - low)
    label = format_time(low, pattern, tz)
    return text_width(label, AXIS_FONT) + 1.2 * label.count("/") + 18


def time_labels(ticks: Ticks, low: float, high: float, tz: ZoneInfo) -> list[str]:
    """Return the labels of a time axis."""
    pattern = time_pattern(ticks.step, high - low)
    return [format_time(one, pattern, tz) for one in ticks.at]
