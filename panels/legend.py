"""Legends: names with colours and calculations, as a list or a table, and the room they take."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core import reducers
from drawing.text import LEGEND_FONT, text_width
from panels.fields import Displayer, Shown, series_color

_ROW, _ITEM_GAP, _MARK, _TABLE_ROW = 23, 10, 22, 24
_MOST = 0.35  # of the content's height


@dataclass(frozen=True)
class Stat:
    """One calculation of a series."""

    name: str
    text: str


@dataclass(frozen=True)
class Item:
    """One series in a legend. index: its place among the drawn series, -1 where it is hidden."""

    name: str
    color: str
    stats: tuple[Stat, ...] = ()
    index: int = 0


@dataclass(frozen=True)
class Legend:
    """mode: list, table or hidden. placement: bottom or right. size: its height at the bottom, its width at the right."""

    mode: str
    placement: str
    items: tuple[Item, ...]
    heads: tuple[str, ...]
    size: float


HIDDEN = Legend("hidden", "bottom", (), (), 0)


def build(options: Mapping[str, Any], series: Sequence[Shown], width: float, height: float) -> Legend:
    """Return the legend of series. width, height: of the content in pixels."""
    given = options.get("legend")
    wanted: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    mode = str(wanted.get("displayMode") or "list")
    if mode == "hidden" or wanted.get("showLegend") is False:
        return HIDDEN
    calcs = [str(one) for one in wanted.get("calcs") or []]
    items = []
    drawn = 0
    for one in series:
        hidden = bool(one.custom("hideFrom.viz", False))
        if not one.custom("hideFrom.legend", False):
            items.append(
                Item(one.name, series_color(one), tuple(_stats(one, calcs)), -1 if hidden else drawn)
            )
        drawn += not hidden
    if mode == "list":
        right = {one.name for one in series if one.custom("axisPlacement") == "right"}
        items.sort(key=lambda item: item.name in right)
    if wanted.get("sortBy") and mode == "table":
        items = _sorted(
            items,
            {one.name: one for one in series},
            calcs,
            str(wanted["sortBy"]),
            down=bool(wanted.get("sortDesc")),
        )
    if not items:
        return HIDDEN
    placement = "right" if wanted.get("placement") == "right" else "bottom"
    heads = (
        tuple(reducers.NAMES.get(reducers.ALIASES.get(calc, calc), calc) for calc in calcs)
        if mode == "table"
        else ()
    )
    size = (
        _width(items, heads, width, wanted) if placement == "right" else _height(items, mode, width, height)
    )
    return Legend(mode, placement, tuple(items), heads, size)


def _stats(one: Shown, calcs: Sequence[str]) -> list[Stat]:
    found = []
    for calc in calcs:
        name = reducers.ALIASES.get(calc, calc)
        display = one.display
        if name in reducers.COUNTS:
            display = _in_unit(one, "none")
        elif name == "diffperc":
            display = _in_unit(one, "percent")
        value = reducers.reduce(one.field, name)
        found.append(Stat(reducers.NAMES.get(name, name), str(display(value))))
    return found


def _in_unit(one: Shown, unit: str) -> Displayer:
    changed = Shown(
        one.field, one.frame, {**one.config, "unit": unit}, one.name, one.index, one.range, one.context
    )
    return changed.display


def _sorted(
    items: list[Item], series: Mapping[str, Shown], calcs: Sequence[str], by: str, *, down: bool
) -> list[Item]:
    calc = next((one for one in calcs if reducers.NAMES.get(reducers.ALIASES.get(one, one)) == by), None)
    if calc is None:
        return sorted(items, key=lambda one: one.name.lower(), reverse=down) if by == "Name" else items

    def key(item: Item) -> float:
        value = reducers.reduce(series[item.name].field, calc)
        return float(value) if isinstance(value, int | float) and value == value else -math.inf

    return sorted(items, key=key, reverse=down)


def _height(items: Sequence[Item], mode: str, width: float, height: float) -> float:
    if mode == "table":
        wanted = _TABLE_ROW * (len(items) + 1.0)
    else:
        rows, used = 1, 0.0
        for item in items:
            text = item.name + "".join(f" {stat.name}: {stat.text}" for stat in item.stats)
            size = text_width(text, LEGEND_FONT * 0.94) + _MARK + _ITEM_GAP
            if used and used + size > width - 8:
                rows, used = rows + 1, 0.0
            used += size
        wanted = 1.0 + _ROW * rows
    return math.ceil(min(wanted, height * _MOST))


def _width(items: Sequence[Item], heads: Sequence[str], width: float, wanted: Mapping[str, Any]) -> float:
    given = wanted.get("width")
    if isinstance(given, int | float) and given > 0:
        return float(given)
    longest = max(
        text_width(item.name, LEGEND_FONT)
        + sum(text_width(f"{stat.name}: {stat.text}", LEGEND_FONT) + 12 for stat in item.stats)
        for item in items
    )
    return min(longest + _MARK + 16 + 40 * len(heads), width * 0.6)
