"""Where panels stand: rows that fold, and panels and rows repeated for values of a variable."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.members import mappings

COLUMNS, ROW_PX, GAP_PX = 24, 30, 8
Scope = Mapping[str, tuple[str, str]]  # variable -> (value, text)


@dataclass(frozen=True)
class Placed:
    """A panel on the grid of its section. key: unique in the page; scope: what a repeat set."""

    key: str
    id: int
    panel: Mapping[str, Any]
    x: int
    y: int
    w: int
    h: int
    scope: Scope = field(default_factory=dict)

    def width_px(self, grid_px: float) -> float:
        """Return how wide it is on a grid of so many pixels."""
        column = (grid_px - GAP_PX * (COLUMNS - 1)) / COLUMNS
        return self.w * column + (self.w - 1) * GAP_PX

    @property
    def height_px(self) -> int:
        """How high it is."""
        return self.h * ROW_PX + (self.h - 1) * GAP_PX


@dataclass(frozen=True)
class Section:
    """Panels under one row; the first section may have none. key is empty without a row; repeat: the variable that it is repeated for."""

    key: str
    title: str
    collapsed: bool
    panels: tuple[Placed, ...]
    scope: Scope = field(default_factory=dict)
    repeat: str = ""


Values = Mapping[str, Sequence[tuple[str, str]]]  # variable -> what is chosen: (value, text)


def sections(board: Mapping[str, Any], chosen: Values) -> list[Section]:
    """Return a dashboard's sections in order. chosen: the values of each variable, for repeats."""
    panels = sorted(
        mappings(panels_of(board)),
        key=lambda one: (place_of(one)[1], place_of(one)[0]),
    )
    found: list[tuple[Mapping[str, Any] | None, list[Mapping[str, Any]]]] = [(None, [])]
    for one in panels:
        if one.get("type") == "row":
            inner = one.get("panels") if one.get("collapsed") else None
            found.append((one, mappings(inner)))
        else:
            found[-1][1].append(one)
    made: list[Section] = []
    for row, inside in found:
        if row is None:
            if inside:
                made.append(Section("", "", collapsed=False, panels=_placed(inside, chosen, {}, "")))
            continue
        made += _row(row, inside, chosen)
    return made


def panels_of(board: Mapping[str, Any]) -> list[Any]:
    """Return a dashboard's panels; those of old boards (rows of spans) with the place that they get."""
    panels = board.get("panels")
    if isinstance(panels, list):
        return panels
    return _from_rows(board.get("rows"))


def _from_rows(rows: Any) -> list[Any]:
    """Dashboards before schema version 16 had rows of spans; they are laid out one under the other.

    Where one of them has a title, is folded or repeated, all of them are rows to fold.
    """
    given = mappings(rows)
    have_heads = any(row.get("collapse") or row.get("showTitle") or row.get("repeat") for row in given)
    made: list[Any] = []
    y = 0
    for row in given:
        folded = bool(row.get("collapse"))
        if have_heads:
            head = {"type": "row", "id": f"row{y}", "title": row.get("title") or "", "collapsed": folded}
            repeat = {"repeat": row["repeat"]} if row.get("repeat") else {}
            made.append({**head, **repeat, "gridPos": {"x": 0, "y": y, "w": COLUMNS, "h": 1}, "panels": []})
            y += 1
        placed, height = _laid_out(row, y)
        if folded:
            made[-1]["panels"] = placed
        else:
            made += placed
            y += height
    return made


def _laid_out(row: Mapping[str, Any], top: int) -> tuple[list[Any], int]:
    """Return the panels of a row of spans on the grid, and how high they are together."""
    height = _height(row.get("height"))
    made: list[Any] = []
    x, y, line = 0, top, 0
    for panel in mappings(row.get("panels")):
        width = max(1, min(COLUMNS, int(_pixels(panel.get("span") or 4) * 2)))
        own = _height(panel["height"]) if panel.get("height") else height
        if x + width > COLUMNS:
            x, y, line = 0, y + line, 0
        made.append({**panel, "gridPos": {"x": x, "y": y, "w": width, "h": own}})
        x, line = x + width, max(line, own)
    return made, max(height, y + line - top)


def _height(given: Any) -> int:
    return max(3, math.ceil(_pixels(given) / (ROW_PX + GAP_PX)))


def _pixels(height: Any) -> float:
    try:
        return float(str(height).removesuffix("px")) if height else 250.0
    except ValueError:
        return 250.0


def place_of(panel: Mapping[str, Any]) -> tuple[int, int, int, int]:
    """Return where a panel stands: x, y, width and height in grid units, put right where they are out of bounds."""
    place = panel.get("gridPos")
    place = place if isinstance(place, Mapping) else {}

    def whole(name: str, default: int, least: int, most: int) -> int:
        value = place.get(name, default)
        return (
            max(least, min(most, int(value)))
            if isinstance(value, int | float) and value == value
            else default
        )

    return (
        whole("x", 0, 0, COLUMNS - 1),
        whole("y", 0, 0, 10**6),
        whole("w", 12, 1, COLUMNS),
        whole("h", 8, 1, 200),
    )


def _row(row: Mapping[str, Any], inside: list[Mapping[str, Any]], chosen: Values) -> list[Section]:
    repeat = row.get("repeat")
    copies: Sequence[tuple[str, str]] | None = chosen.get(str(repeat)) if repeat else None
    collapsed = bool(row.get("collapsed"))
    title = str(row.get("title") or "")
    key = f"row-{row.get('id')}"
    if not copies:
        return [Section(key, title, collapsed, _placed(inside, chosen, {}, ""), repeat=str(repeat or ""))]
    made = []
    for n, copy in enumerate(copies):
        scope = {str(repeat): copy}
        suffix = "" if n == 0 else f"-r{n}"
        made.append(Section(key + suffix, title, collapsed, _placed(inside, chosen, scope, suffix), scope))
    return made


def _placed(
    inside: Sequence[Mapping[str, Any]], chosen: Values, scope: Scope, suffix: str
) -> tuple[Placed, ...]:
    made: list[Placed] = []
    added = 0  # rows that repeats above took
    top = min((place_of(one)[1] for one in inside), default=0)
    for one in sorted(inside, key=lambda panel: (place_of(panel)[1], place_of(panel)[0])):
        x, y, w, h = place_of(one)
        number = one.get("id")
        number = number if isinstance(number, int) else 0
        w = min(w, COLUMNS - x)
        place = Placed(f"{number}{suffix}", number, one, x, y - top + added, w, h, scope)
        copies = chosen.get(str(one.get("repeat"))) if one.get("repeat") else None
        if copies and str(one.get("repeat")) in scope:
            copies = [scope[str(one.get("repeat"))]]
        if not copies:
            made.append(place)
            continue
        clones = _repeated(place, copies, one)
        made += clones
        added += max(clone.y + clone.h for clone in clones) - (place.y + place.h)
    return _compacted(made)


def _compacted(placed: Sequence[Placed]) -> tuple[Placed, ...]:
    """Move each panel up until it meets one above it, and down where two overlap: so does every grid that edits these."""
    floor = [0] * COLUMNS
    made = []
    for one in sorted(placed, key=lambda place: (place.y, place.x)):
        y = max(floor[one.x : one.x + one.w])
        floor[one.x : one.x + one.w] = [y + one.h] * one.w
        made.append(replace(one, y=y))
    return tuple(made)


def _repeated(place: Placed, copies: Sequence[tuple[str, str]], panel: Mapping[str, Any]) -> list[Placed]:
    name = str(panel.get("repeat"))
    down = panel.get("repeatDirection") == "v"
    most = panel.get("maxPerRow")
    per_row = min(len(copies), most if isinstance(most, int) and most > 0 else 4)
    width = place.w if down else COLUMNS // per_row
    made = []
    for n, copy in enumerate(copies):
        x = place.x if down else n % per_row * width
        y = place.y + (n if down else n // per_row) * place.h
        key = place.key if n == 0 else f"{place.key}-c{n}"
        made.append(Placed(key, place.id, place.panel, x, y, width, place.h, {**place.scope, name: copy}))
    return made
