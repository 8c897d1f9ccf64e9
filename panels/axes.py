"""The y axes of a chart: which series share one, where each stands, its ends and its ticks."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.units import BINARY_UNITS
from drawing import ticks as tick_rules
from drawing.paths import Floats
from drawing.text import AXIS_FONT, text_width
from panels.fields import Shown

_TICK, _GAP = 4, 5


@dataclass(frozen=True)
class Scale:
    """What one y axis measures. low, high: its ends; base: of a logarithm, 0 for a linear one."""

    low: float
    high: float
    base: float = 0.0
    threshold: float = 0.0

    def parts(self, values: Floats) -> Floats:
        """Return where values stand between the ends, 0 to 1."""
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.threshold:
                low, high = (math.asinh(end / self.threshold) for end in (self.low, self.high))
                return (np.arcsinh(values / self.threshold) - low) / (high - low)
            if self.base:
                low, high = math.log(self.low), math.log(self.high)
                return (np.log(np.where(values > 0, values, np.nan)) - low) / (high - low)
            return (values - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Axis:
    """A drawn axis. side: left, right or hidden. ticks: (part of the height, label)."""

    key: str
    side: str
    scale: Scale
    ticks: tuple[tuple[float, str], ...]
    values: tuple[float, ...]
    size: float
    label: str
    grid: bool
    color: str


def key_of(one: Shown) -> str:
    """Return what series must have in common to share an axis."""
    custom = {
        name: one.custom(name)
        for name in ("axisPlacement", "axisSoftMin", "axisSoftMax", "scaleDistribution", "axisCenteredZero")
    }
    return repr((one.config.get("unit") or "", one.config.get("min"), one.config.get("max"), custom))


def group(series: Sequence[Shown]) -> dict[str, list[int]]:
    """Return the places of series by their axis, in order of appearance."""
    found: dict[str, list[int]] = {}
    for i, one in enumerate(series):
        found.setdefault(key_of(one), []).append(i)
    return found


def scale_of(one: Shown, low: float, high: float) -> Scale:
    """Return an axis for data between low and high, by what the column's configuration says."""

    def given(value: Any) -> float | None:
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    bounds = tick_rules.Bounds(
        given(one.config.get("min")),
        given(one.config.get("max")),
        given(one.custom("axisSoftMin")),
        given(one.custom("axisSoftMax")),
        bool(one.custom("axisCenteredZero", False)),
        one.config.get("decimals") == 0,
    )
    kind = one.custom("scaleDistribution.type", "linear")
    base = float(one.custom("scaleDistribution.log", 2) or 2)
    if kind == "log":
        ends = tick_rules.log_range(low, high, base, bounds)
        return Scale(*ends, base=base)
    if not math.isfinite(low + high):
        if bounds.low is None and bounds.high is None:
            return Scale(math.nan, math.nan)
        low = high = bounds.low if bounds.low is not None else bounds.high or 0.0
    ends = tick_rules.linear_range(low, high, bounds)
    if kind == "symlog":
        return Scale(*ends, threshold=float(one.custom("scaleDistribution.linearThreshold", 1) or 1))
    return Scale(*ends)


def axis_of(
    key: str,
    one: Shown,
    scale: Scale,
    side: str,
    height: float,
    format_tick: Callable[[float, int | None], str] | None = None,
) -> Axis:
    """Return an axis with its ticks for a plot of this height."""
    label = str(one.custom("axisLabel", "") or "")
    grid = one.custom("axisGridShow")
    color = ""
    if math.isnan(scale.low):
        return Axis(key, side, scale, (), (), 0.0, label, grid=False, color=color)
    if scale.base:
        found = tick_rules.log_ticks(scale.low, scale.high, scale.base)
    elif scale.threshold:
        found = _symlog(scale, one)
    else:
        found = tick_rules.numeric_ticks(
            scale.low,
            scale.high,
            height,
            binary=str(one.config.get("unit")) in BINARY_UNITS,
            decimals=_decimals(one),
        )
    write = format_tick or _writer(one)
    decimals = tick_rules.decimals_of(round(found.step, 6)) if found.step and not scale.base else 0
    labels = _labels(found, scale, write, decimals, height)
    width = max((text_width(text, AXIS_FONT) for text in labels if text), default=0.0)
    size = math.ceil(_TICK + _GAP + width) if side != "hidden" else 0
    given_width = one.custom("axisWidth")
    if isinstance(given_width, int | float) and given_width > 0 and side != "hidden":
        size = int(given_width)
    parts = scale.parts(np.array(found.at, dtype=np.float64)).tolist() if found.at else []
    return Axis(
        key,
        side,
        scale,
        tuple(zip(parts, labels, strict=True)),
        tuple(found.at),
        size + (20 if label and side != "hidden" else 0),
        label,
        grid is not False,
        color,
    )


def _decimals(one: Shown) -> int | None:
    given = one.config.get("decimals")
    return given if isinstance(given, int) else None


def _symlog(scale: Scale, one: Shown) -> tick_rules.Ticks:
    base = float(one.custom("scaleDistribution.log", 2) or 2)
    powers = [
        base**i
        for i in range(
            math.floor(math.log(scale.threshold, base)),
            1 + math.ceil(math.log(max(abs(scale.low), abs(scale.high), base), base)),
        )
    ]
    found = sorted({0.0, *powers, *(-power for power in powers)})
    return tick_rules.Ticks([value for value in found if scale.low <= value <= scale.high], base)


def _writer(one: Shown) -> Callable[[float, int | None], str]:
    display = one.display
    return lambda value, decimals: str(display(value, decimals))


def _labels(
    found: tick_rules.Ticks,
    scale: Scale,
    write: Callable[[float, int | None], str],
    decimals: int,
    height: float,
) -> list[str]:
    if scale.base == 10:
        room = height / max(1.0, math.log10(scale.high / scale.low))
        return [write(value, None) if _is_power(value) and room >= 15 else "" for value in found.at]
    return [write(value, decimals or None) for value in found.at]


def _is_power(value: float) -> bool:
    power = math.log10(value)
    return abs(power - round(power)) < 1e-9
