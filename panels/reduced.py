"""What stat, gauge and bar gauge share: columns reduced to single values, or rows shown one by one."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core import reducers
from core.frames import Kind
from core.options import Choice, Flag, Number, Option, Text
from panels.base import NO_DATA, PanelData
from panels.fields import Display, Scale, Shown, regex

OPTIONS: tuple[Option, ...] = (
    Option("reduceOptions.calcs", "Calculation", ["lastNotNull"], section="Value options", kind="reducers"),
    Flag(
        "reduceOptions.values",
        "All values",
        section="Value options",
        help="Show each row instead of one calculation.",
    ),
    Text(
        "reduceOptions.fields",
        "Fields",
        section="Value options",
        help="Empty: numbers. A name, or /a pattern/",
    ),
    Number(
        "reduceOptions.limit", "Limit", 25, section="Value options", only=("reduceOptions.values", ("true",))
    ),
    Choice("orientation", "Orientation", "auto", "auto", "horizontal", "vertical", section="Layout"),
)
DEFAULT_LIMIT = 25


@dataclass(frozen=True)
class Value:
    """One value with its name; shown is the column it comes from (None where there is none)."""

    name: str
    display: Display
    shown: Shown | None

    def named(self, *, alone: bool) -> str:
        """Return the name, or nothing where the only value needs none."""
        given = self.shown is not None and self.shown.config.get("displayName")
        return "" if alone and not given else self.name


def values(data: PanelData, rows: list[list[Shown]]) -> list[Value]:
    """Return what is shown; where there is nothing, one value that says so."""
    options = data.options.get("reduceOptions")
    wanted: Mapping[str, Any] = options if isinstance(options, Mapping) else {}
    found = _rows(rows, wanted) if wanted.get("values") else _calculated(rows, wanted)
    return found or [_nothing(data)]


def _chosen(one: Shown, wanted: Mapping[str, Any]) -> bool:
    fields = str(wanted.get("fields") or "")
    return one.kind is Kind.NUMBER if not fields else bool(regex(fields).search(one.name))


def _calculated(rows: list[list[Shown]], wanted: Mapping[str, Any]) -> list[Value]:
    calcs = [str(one) for one in wanted.get("calcs") or ["last"]]
    found = []
    for row in rows:
        for one in row:
            if _chosen(one, wanted):
                display = one.display
                found += [Value(one.name, display(reducers.reduce(one.field, calc)), one) for calc in calcs]
    return found


def _rows(rows: list[list[Shown]], wanted: Mapping[str, Any]) -> list[Value]:
    limit = int(wanted.get("limit") or DEFAULT_LIMIT)
    found: list[Value] = []
    for row in rows:
        for one in row:
            if not _chosen(one, wanted):
                continue
            display = one.display
            for i, value in enumerate(one.field.items):
                if len(found) >= limit:
                    return found
                found.append(Value(_row_name(row, one, i), display(value), one))
    return found


def _row_name(row: list[Shown], one: Shown, i: int) -> str:
    """Return a row's name: its texts, and the column's where several columns have numbers."""
    if one.config.get("displayName"):
        return one.name
    parts = [
        other.display(other.field.items[i]).text
        for other in row
        if other is not one and other.kind is Kind.STRING
    ]
    parts = [part for part in parts if part]
    if not parts or any(other is not one and other.kind is Kind.NUMBER for other in row):
        parts.append(one.name)
    return " ".join(parts)


def _nothing(data: PanelData) -> Value:
    defaults = data.field_config.get("defaults")
    config: Mapping[str, Any] = defaults if isinstance(defaults, Mapping) else {}
    from core.frames import Field, Frame

    empty = Field("", Kind.OTHER, [])
    full = {
        "color": {"mode": "thresholds"},
        "thresholds": {"steps": [{"color": "green"}, {"color": "red", "value": 80}]},
        **config,
    }
    low, high = (
        float(config[name]) if isinstance(config.get(name), int | float) else 0.0 for name in ("min", "max")
    )
    stand_in = Shown(empty, Frame([empty]), full, "", 0, (low, high), data.context)
    mapped = stand_in.display(None)
    color = mapped.color or Scale(stand_in)(-math.inf)[0]
    return Value(NO_DATA, Display(mapped.text or NO_DATA, color=color, numeric=0.0), None)
