"""Bar gauge: values as bars between their least and most."""

import math
from dataclasses import dataclass
from typing import ClassVar

from core import colors
from core.options import Choice, Flag, Number, Option
from panels.base import PanelData, PanelKind, View
from panels.fields import Scale
from panels.reduced import OPTIONS, Value, values

_CELLS = 24


@dataclass(frozen=True)
class Bar:
    """One value: part of the bar that is filled, and the stops of its paint (part, colour)."""

    name: str
    text: str
    prefix: str
    suffix: str
    color: str
    part: float
    stops: tuple[tuple[float, str], ...]
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Bars(View):
    """Bars below each other (horizontal) or side by side."""

    template: ClassVar[str] = "panels/bargauge.html"
    bars: tuple[Bar, ...]
    horizontal: bool
    mode: str
    unfilled: bool
    stacked: bool

    def strings(self) -> list[tuple[str, str]]:
        """Return each name and value."""
        found = []
        for bar in self.bars:
            if bar.name:
                found.append((bar.name, ""))
            found += [
                (part.strip(), bar.color) for part in (bar.prefix, bar.text, bar.suffix) if part.strip()
            ]
        return found


class BarGauge(PanelKind):
    """Values as bars between their least and most."""

    type: ClassVar[str] = "bargauge"
    title: ClassVar[str] = "Bar gauge"
    options: ClassVar[tuple[Option, ...]] = (
        *OPTIONS,
        Choice("displayMode", "Display mode", "gradient", "gradient", "lcd", "basic", section="Bar gauge"),
        Flag("showUnfilled", "Show unfilled area", default=True, section="Bar gauge"),
        Number("minVizWidth", "Min width", 0, section="Bar gauge"),
        Number("minVizHeight", "Min height", 10, section="Bar gauge"),
        Number("text.titleSize", "Title size", section="Text size"),
        Number("text.valueSize", "Value size", section="Text size"),
    )

    def view(self, data: PanelData) -> View:
        """Return the bars."""
        found = values(data, self.prepared(data))
        orientation = str(self.option(data, "orientation"))
        horizontal = orientation == "horizontal" or (
            orientation == "auto" and data.size.width < data.size.height
        )
        mode = str(self.option(data, "displayMode"))
        bars = tuple(self._bar(one, len(found), mode) for one in found)
        stacked = horizontal and data.size.height / max(1, len(bars)) > 48
        return Bars(bars, horizontal, mode, bool(self.option(data, "showUnfilled")), stacked)

    def _bar(self, one: Value, count: int, mode: str) -> Bar:
        low, high = one.shown.range if one.shown is not None else (0.0, 0.0)
        number = one.display.numeric
        part = (
            max(0.0, min(1.0, (number - low) / (high - low))) if math.isfinite(number) and high > low else 0.0
        )
        stops: tuple[tuple[float, str], ...] = ((0.0, one.display.color), (1.0, one.display.color))
        cells: tuple[str, ...] = ()
        if one.shown is not None and mode == "gradient":
            stops = _gradient(one, low, high, part)
        if mode == "lcd" and one.shown is not None:
            scale = Scale(one.shown)
            cells = tuple(
                scale(low + (high - low) * i / _CELLS)[0] if i / _CELLS < part else "" for i in range(_CELLS)
            )
        name = one.named(alone=count == 1)
        return Bar(
            name,
            one.display.text,
            one.display.prefix,
            one.display.suffix,
            one.display.color,
            round(part, 4),
            stops,
            cells,
        )


def _gradient(one: Value, low: float, high: float, part: float) -> tuple[tuple[float, str], ...]:
    """Return the stops along the filled part: the colours of the values that the bar passes."""
    assert one.shown is not None  # noqa: S101 - the caller has asked
    scale = Scale(one.shown)
    if scale.mode.startswith("continuous"):
        return tuple((i / 8, scale(low + (high - low) * part * i / 8)[0]) for i in range(9))
    if scale.mode != "thresholds" or part <= 0:
        return ((0.0, one.display.color), (1.0, one.display.color))
    stops = []
    for level, name in scale.steps:
        at = 0.0 if math.isinf(level) else scale.percent(level)
        if at <= part:
            stops.append((max(0.0, at / part), colors.by_name(name, dark=one.shown.context.dark)))
    stops.append((1.0, one.display.color))
    return tuple(stops)
