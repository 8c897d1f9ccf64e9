"""Stat: big values, with a line of their history."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core import colors
from core.options import Choice, Option
from drawing import paths
from panels.base import PanelData, PanelKind, View
from panels.fields import Display
from panels.reduced import OPTIONS, Value, values


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
    size: float
    name_size: float


@dataclass(frozen=True)
class Stats(View):
    """Values side by side (columns) or below each other."""

    template: ClassVar[str] = "panels/stat.html"
    tiles: tuple[Tile, ...]
    columns: int
    centered: bool
    wide: bool

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
        Option("text.titleSize", "Title size", None, section="Text size", kind="number"),
        Option("text.valueSize", "Value size", None, section="Text size", kind="number"),
    )

    def view(self, data: PanelData) -> View:
        """Return the tiles."""
        found = values(data, self.prepared(data))
        columns = _columns(len(found), data, str(self.option(data, "orientation")))
        rows = math.ceil(len(found) / columns)
        width, height = (data.size.width - 16) / columns, (data.size.height - 16) / rows
        tiles = tuple(self._tile(data, one, len(found), width, height) for one in found)
        centered = self.option(data, "justifyMode") == "center" or len(found) == 1
        return Stats(tiles, columns, centered, wide=width > 2.5 * height)

    def _tile(self, data: PanelData, one: Value, count: int, width: float, height: float) -> Tile:
        mode, color_mode = str(self.option(data, "textMode")), str(self.option(data, "colorMode"))
        display = one.display
        name, shown = one.name, display
        if mode == "auto" and count == 1:
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
        length = max(1, len(f"{shown.prefix}{shown.text}{shown.suffix}"))
        room = height - (22 if name else 0) - (height * 0.25 if line else 0)
        size = max(12.0, min(width / (length * 0.62), room * 0.7, 72.0))
        given = (self.option(data, "text.valueSize"), self.option(data, "text.titleSize"))
        size, name_size = float(given[0] or size), float(given[1] or max(11.0, min(18.0, size * 0.4)))
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
            round(size, 1),
            round(name_size, 1),
        )


def _columns(count: int, data: PanelData, orientation: str) -> int:
    if orientation == "auto":
        orientation = "vertical" if data.size.width > data.size.height else "horizontal"
    if orientation == "horizontal":
        return 1
    return count


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
