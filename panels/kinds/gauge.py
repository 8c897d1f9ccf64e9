"""Gauge: a value on an arc, with the thresholds around it."""

import math
from dataclasses import dataclass
from typing import ClassVar

from core import colors
from core.jsnumber import js_text
from core.options import Flag, Number, Option
from panels.base import PanelData, PanelKind, View
from panels.fields import Scale
from panels.reduced import OPTIONS, Value, values

_FROM, _SWEEP = -210.0, 240.0  # degrees; 0 points right


@dataclass(frozen=True)
class Arc:
    """A part of a ring as an SVG path."""

    d: str
    color: str


@dataclass(frozen=True)
class Dial:
    """One gauge, drawn in a box of 200 × 150."""

    name: str
    text: str
    color: str
    arcs: tuple[Arc, ...]
    labels: tuple[tuple[float, float, str], ...]
    size: float


@dataclass(frozen=True)
class Gauges(View):
    """Gauges side by side."""

    template: ClassVar[str] = "panels/gauge.html"
    dials: tuple[Dial, ...]
    columns: int

    def strings(self) -> list[tuple[str, str]]:
        """Return values with their names and threshold labels."""
        found = []
        for dial in self.dials:
            found.append((dial.text, dial.color))
            if dial.name:
                found.append((dial.name, ""))
            found += [(text, "") for _, _, text in dial.labels]
        return found


class Gauge(PanelKind):
    """A value on an arc, with the thresholds around it."""

    type: ClassVar[str] = "gauge"
    title: ClassVar[str] = "Gauge"
    options: ClassVar[tuple[Option, ...]] = (
        *OPTIONS,
        Flag("showThresholdLabels", "Show threshold labels", section="Gauge"),
        Flag("showThresholdMarkers", "Show threshold markers", default=True, section="Gauge"),
        Number("text.titleSize", "Title size", section="Text size"),
        Number("text.valueSize", "Value size", section="Text size"),
    )

    def view(self, data: PanelData) -> View:
        """Return the gauges."""
        found = values(data, self.prepared(data))
        aspect = data.size.width / max(1.0, data.size.height)
        vertical = self.option(data, "orientation") == "horizontal" or (
            self.option(data, "orientation") == "auto" and aspect < 0.8
        )
        return Gauges(
            tuple(self._dial(data, one, len(found)) for one in found), 1 if vertical else len(found)
        )

    def _dial(self, data: PanelData, one: Value, count: int) -> Dial:
        low, high = _ends(one)
        part = (
            max(0.0, min(1.0, (one.display.numeric - low) / (high - low)))
            if math.isfinite(one.display.numeric) and high > low
            else 0.0
        )
        arcs = [Arc(_ring(0, 1, 62, 84), "var(--grid-strong)")]
        if part > 0:
            arcs.append(Arc(_ring(0, part, 62, 84), one.display.color))
        labels = []
        if one.shown is not None:
            scale = Scale(one.shown)
            bounds = [_part(level, low, high, scale) for level, _ in scale.steps] + [1.0]
            if self.option(data, "showThresholdMarkers"):
                for (_, name), begin, end in zip(scale.steps, bounds[:-1], bounds[1:], strict=True):
                    if end > begin:
                        arcs.append(
                            Arc(_ring(begin, end, 88, 93), colors.by_name(name, dark=data.context.dark))
                        )
            if self.option(data, "showThresholdLabels"):
                labels = [
                    (
                        *_point(at, 104),
                        js_text(at * 100) if scale.is_percentage else _label(one, at, low, high),
                    )
                    for at in sorted({0.0, *bounds[1:]})
                ]
        text = str(one.display)
        name = one.named(alone=count == 1)
        return Dial(
            name,
            text,
            one.display.color,
            tuple(arcs),
            tuple(labels),
            max(12.0, min(34.0, 130 / max(2, len(text)) * 1.35)),
        )


def _ends(one: Value) -> tuple[float, float]:
    if one.shown is None:
        return 0.0, 100.0
    config = one.shown.config
    low = config.get("min") if isinstance(config.get("min"), int | float) else one.shown.range[0]
    high = config.get("max") if isinstance(config.get("max"), int | float) else one.shown.range[1]
    return float(low or 0), float(high or 0)


def _part(level: float, low: float, high: float, scale: Scale) -> float:
    if math.isinf(level) or high <= low:
        return 0.0
    part = level / 100 if scale.is_percentage else (level - low) / (high - low)
    return max(0.0, min(1.0, part))


def _label(one: Value, at: float, low: float, high: float) -> str:
    assert one.shown is not None  # noqa: S101 - the caller has asked
    return one.shown.display(low + at * (high - low)).text


def _point(part: float, radius: float) -> tuple[float, float]:
    angle = math.radians(_FROM + _SWEEP * part)
    return round(100 + radius * math.cos(angle), 1), round(100 + radius * math.sin(angle), 1)


def _ring(begin: float, end: float, inner: float, outer: float) -> str:
    large = int((end - begin) * _SWEEP > 180)
    (ax, ay), (bx, by) = _point(begin, outer), _point(end, outer)
    (cx, cy), (dx, dy) = _point(end, inner), _point(begin, inner)
    return (
        f"M{ax} {ay}A{outer} {outer} 0 {large} 1 {bx} {by}L{cx} {cy}A{inner} {inner} 0 {large} 0 {dx} {dy}Z"
    )
