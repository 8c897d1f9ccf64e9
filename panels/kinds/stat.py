"""Stat: big values, with a line of their history."""

import math
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from core import colors
from core.options import Choice, Number, Option
from drawing import paths
from drawing.text import text_width
from panels.base import PanelData, PanelKind, Size, View
from panels.fields import Display
from panels.reduced import OPTIONS, Value, values

_GAP, _PAD = 4, 6  # px between tiles, and inside them
_SMALL, _BOLD = 0.6, 1.08  # units are smaller than their value; its weight makes it wider than plain text


@dataclass(frozen=True)
class Tile:
    """One value in its part of the panel. background: a gradient's two colours, or none."""

    name: str
    text: str
    prefix: str
    suffix: str
    color: str
    name_color: str
    background: tuple[str, str] | None
    line: str
    area: str
    line_color: str
    size: float = 0
    name_size: float = 0


@dataclass(frozen=True)
class Stats(View):
    """Rows of values. wide: a value stands beside its name, not below it."""

    template: ClassVar[str] = "panels/stat.html"
    rows: tuple[tuple[Tile, ...], ...]
    centered: bool
    wide: bool

    @property
    def tiles(self) -> list[Tile]:
        """All of them, in reading order."""
        return [tile for row in self.rows for tile in row]

    def strings(self) -> list[tuple[str, str]]:
        """Return names first, then values, as they are read."""
        found = []
        for tile in self.tiles:
            if tile.name:
                found.append((tile.name, tile.name_color))
            whole = [part for part in (tile.prefix, tile.text, tile.suffix) if part.strip()]
            found += [(part.strip(), tile.color) for part in whole]
        return found


class Stat(PanelKind):
    """Big values, with a line of their history."""

    type: ClassVar[str] = "stat"
    title: ClassVar[str] = "Stat"
    options: ClassVar[tuple[Option, ...]] = (
        *OPTIONS,
        Choice(
            "textMode",
            "Text mode",
            "auto",
            "auto",
            "value",
            "value_and_name",
            "name",
            "none",
            section="Stat styles",
        ),
        Choice("colorMode", "Color mode", "value", "value", "background", "none", section="Stat styles"),
        Choice("graphMode", "Graph mode", "area", "area", "none", section="Stat styles"),
        Choice("justifyMode", "Text alignment", "auto", "auto", "center", section="Stat styles"),
        Number("text.titleSize", "Title size", section="Text size"),
        Number("text.valueSize", "Value size", section="Text size"),
    )

    def view(self, data: PanelData) -> View:
        """Return the tiles."""
        found = values(data, self.prepared(data))
        columns = _columns(len(found), data.size, str(self.option(data, "orientation")))
        rows = math.ceil(len(found) / columns)
        width, height = (data.size.width - 12) / columns - _GAP, (data.size.height - 12) / rows - _GAP
        wide = width > 2.5 * height
        tiles = [self._tile(data, one, len(found), width, height) for one in found]
        size = min(_value_size(tile, width, height, wide=wide) for tile in tiles)
        given = (self.option(data, "text.valueSize"), self.option(data, "text.titleSize"))
        size, name_size = float(given[0] or size), float(given[1] or max(11.0, min(18.0, size * 0.4)))
        sized = tuple(replace(tile, size=round(size, 1), name_size=round(name_size, 1)) for tile in tiles)
        centered = self.option(data, "justifyMode") == "center" or len(found) == 1
        in_rows = tuple(sized[i : i + columns] for i in range(0, len(sized), columns))
        return Stats(in_rows, centered, wide)

    def _tile(self, data: PanelData, one: Value, count: int, width: float, height: float) -> Tile:
        mode, color_mode = str(self.option(data, "textMode")), str(self.option(data, "colorMode"))
        display = one.display
        name, shown = one.name, display
        if mode == "auto" and count == 1 and data.panel.get("title"):  # without a title it says what it is
            mode = "value"
        if mode == "value":
            name = ""
        elif mode == "name":
            name, shown = "", Display(one.name, color=display.color)
        elif mode == "none":
            name, shown = "", Display("", color=display.color)
        dark = data.context.dark
        text_color = name_color = colors.TEXT[dark]
        background = None
        if color_mode == "value":
            text_color = display.color
        elif color_mode.startswith("background"):
            text_color = name_color = "#f7f8fa"
            background = _gradient(display.color)
        line = area = ""
        if (
            self.option(data, "graphMode") == "area"
            and one.shown is not None
            and not (data.options.get("reduceOptions") or {}).get("values")
        ):
            line, area = _history(one, width, height * 0.4)
        line_color = display.color if background is None else "#ffffff66"
        return Tile(
            name,
            shown.text,
            shown.prefix,
            shown.suffix,
            text_color,
            name_color,
            background,
            line,
            area,
            line_color,
        )


def _columns(count: int, size: Size, orientation: str) -> int:
    """Return how many stand side by side: all, one, or (auto) as many as make the tiles largest."""
    if orientation == "horizontal":
        return 1
    if orientation == "vertical":
        return count
    return max(
        range(1, count + 1),
        key=lambda columns: min(size.width / columns, size.height / math.ceil(count / columns)),
    )


def _value_size(tile: Tile, width: float, height: float, *, wide: bool) -> float:
    """Return the largest font at which a value fits its tile, at most 72 px."""
    units = text_width(tile.prefix + tile.suffix, _SMALL) + text_width(tile.text, 1.0)
    names = text_width(tile.name, 16.0) + 12 if wide and tile.name else 0.0
    room = height - (22 if tile.name and not wide else 0) - (height * 0.25 if tile.line and not wide else 0)
    across = max(width * 0.4, width - 2 * _PAD - names)
    return max(12.0, min(across / max(0.1, units * _BOLD), room * 0.7, 72.0))


def _gradient(color: str) -> tuple[str, str]:
    red, green, blue, _ = colors.channels(color)
    deep = "#" + "".join(f"{max(0, round(part * 0.82)):02x}" for part in (red, green, blue))
    return deep, color[:7]


def _history(one: Value, width: float, height: float) -> tuple[str, str]:
    assert one.shown is not None  # noqa: S101 - the caller has asked
    times = next((field for field in one.shown.frame.fields if field.kind == "time"), None)
    numbers = one.shown.field.numbers
    if times is None or len(numbers) < 2:
        return "", ""
    moments, numbers = paths.thin(times.numbers, numbers, max(1, int(width)))
    finite = numbers[np.isfinite(numbers)]
    if not len(finite):
        return "", ""
    low = one.shown.config.get("min", float(finite.min()))
    high = one.shown.config.get("max", float(finite.max()))
    span, reach = (high - low) or 1.0, (float(moments[-1]) - float(moments[0])) or 1.0
    xs = (moments - moments[0]) / reach * width
    ys = height - np.clip((numbers - low) / span, 0, 1) * (height - 4) - 2
    line, _ = paths.line(xs, ys)
    return line, paths.area(xs, ys, np.full(len(xs), height))
