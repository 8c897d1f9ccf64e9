"""Table: the rows of one frame."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from core import colors, reducers
from core.frames import Kind
from core.options import Choice, Flag, Number, Option, Text
from panels.base import MOST_ROWS, Message, PanelData, PanelKind, Shown, View, has_values, no_data
from panels.links import first_link


@dataclass(frozen=True)
class Column:
    """A head. right: numbers stand at the right edge. width: in pixels, 0 for as wide as it needs."""

    name: str
    right: bool
    width: float
    align: str


@dataclass(frozen=True)
class Cell:
    """One value. part: of a gauge in the cell, -1 for none. href: where it leads."""

    text: str
    color: str = ""
    background: str = ""
    part: float = -1.0
    href: str = ""
    mode: str = ""


@dataclass(frozen=True)
class Table(View):
    """Heads, rows, and what calculations stand below. can_grow: more rows would be written out if they were asked for."""

    template: ClassVar[str] = "panels/table.html"
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    footer: tuple[str, ...]
    header: bool
    total: int
    can_grow: bool = False

    def strings(self) -> list[tuple[str, str]]:
        """Return heads and cells."""
        found = [(one.name, "") for one in self.columns] if self.header else []
        return found + [(cell.text, cell.color) for row in self.rows for cell in row]


class TablePanel(PanelKind):
    """The rows of one frame."""

    type: ClassVar[str] = "table"
    title: ClassVar[str] = "Table"
    options: ClassVar[tuple[Option, ...]] = (
        Flag("showHeader", "Show table header", default=True, section="Table"),
        Number("frameIndex", "Frame", 0, section="Table"),
        Text("sortBy.0.displayName", "Sort by", section="Table", help="The name of a column"),
        Flag("sortBy.0.desc", "Sort descending", section="Table"),
        Flag("footer.show", "Show table footer", section="Table footer"),
        Option(
            "footer.reducer",
            "Calculation",
            ["sum"],
            section="Table footer",
            kind="reducers",
            only=("footer.show", ("true",)),
        ),
        Flag("footer.countRows", "Count rows", section="Table footer", only=("footer.show", ("true",))),
        Option(
            "footer.fields",
            "Fields",
            [],
            section="Table footer",
            kind="list",
            help="Names, separated by commas; empty: all numbers",
            only=("footer.show", ("true",)),
        ),
        Flag("footer.enablePagination", "Enable pagination", section="Table footer"),
        Choice("cellHeight", "Cell height", "sm", "sm", "md", "lg", section="Table"),
    )
    field_options: ClassVar[tuple[Option, ...]] = (
        Number("width", "Column width", section="Table"),
        Number("minWidth", "Minimum column width", 150, section="Table"),
        Choice("align", "Column alignment", "auto", "auto", "left", "center", "right", section="Table"),
        Choice("displayMode", "Cell display mode", "auto", "auto", "color-text", "color-background", "color-background-solid", "gradient-gauge",
               "lcd-gauge", "basic", "json-view", "image", section="Table"),
        Flag("hidden", "Hide in table", section="Table"),
        Flag("filterable", "Column filter", section="Table"),
    )  # fmt: skip

    def view(self, data: PanelData) -> View:
        """Return the table of the chosen frame."""
        rows = self.prepared(data)
        index = int(self.option(data, "frameIndex") or 0)
        if not rows or not has_values(data.frames):
            return Message(no_data(data))
        row = rows[index] if 0 <= index < len(rows) else rows[0]
        return table_of(row, data.options, data.rows)


def table_of(row: Sequence[Shown], options: Mapping[str, Any], most: int = MOST_ROWS) -> View:
    """Return one frame as a table."""
    shown = [one for one in row if not one.custom("hidden", False) and not one.custom("hideFrom.viz", False)]
    if not shown or not len(shown[0].field):
        return Message()
    order = _order(shown, options.get("sortBy"))
    columns = tuple(
        Column(
            one.name,
            one.kind is Kind.NUMBER,
            float(one.custom("width", 0) or 0),
            str(one.custom("align", "auto")),
        )
        for one in shown
    )
    made = [_cells(one, order[:most]) for one in shown]
    cells = tuple(zip(*made, strict=True))
    return Table(
        columns,
        cells,
        _footer(shown, options.get("footer")),
        options.get("showHeader") is not False,
        len(order),
        can_grow=most < min(len(order), MOST_ROWS),
    )


def _order(shown: Sequence[Shown], sort_by: Any) -> list[int]:
    order = list(range(len(shown[0].field)))
    for one in reversed(sort_by if isinstance(sort_by, list) else []):
        if not isinstance(one, Mapping):
            continue
        column = next((col for col in shown if one.get("displayName") in {col.name, col.field.name}), None)
        if column is not None:
            items = column.field.items
            order.sort(key=lambda i, items=items: _sort_key(items[i]), reverse=bool(one.get("desc")))  # type: ignore[misc]  # bound per column
    return order


def _sort_key(value: Any) -> tuple[int, float, str]:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return (0, 0.0, "")
    if isinstance(value, bool | int | float):
        return (1, float(value), "")
    return (2, 0.0, str(value).lower())


def _cells(one: Shown, order: Sequence[int]) -> list[Cell]:
    display, mode = one.display, cell_mode(one)
    items = one.field.items
    found = []
    for i in order:
        value = display(items[i])
        color = background = ""
        part = -1.0
        if mode == "color-text":
            color = value.color
        elif mode in {"color-background", "color-background-solid"}:
            background, color = value.color, colors.contrasting(value.color)
        elif mode in {"gradient-gauge", "lcd-gauge", "basic"}:
            color, part = (
                value.color,
                max(0.0, min(1.0, value.percent)) if math.isfinite(value.percent) else 0.0,
            )
        found.append(Cell(str(value), color, background, part, first_link(one, i, str(value)), mode))
    return found


def cell_mode(one: Shown) -> str:
    """Return how a column's cells are drawn; newer dashboards say it in `cellOptions`."""
    given = one.custom("cellOptions.type") or one.custom("displayMode", "auto")
    if given == "gauge":
        return {"lcd": "lcd-gauge", "basic": "basic"}.get(
            str(one.custom("cellOptions.mode")), "gradient-gauge"
        )
    return str(given)


def _footer(shown: Sequence[Shown], footer: Any) -> tuple[str, ...]:
    if not isinstance(footer, Mapping) or not footer.get("show"):
        return ()
    calcs = [str(one) for one in footer.get("reducer") or []]
    if not calcs:
        return ()
    chosen = footer.get("fields")
    texts = []
    for i, one in enumerate(shown):
        counted = one.kind is Kind.NUMBER and (not chosen or one.name in chosen)
        text = str(one.display(reducers.reduce(one.field, calcs[0]))) if counted else ""
        texts.append(text or (reducers.NAMES.get(calcs[0], "") if i == 0 else ""))
    return tuple(texts)
