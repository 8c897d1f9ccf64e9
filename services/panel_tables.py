"""What a panel shows, as tables: its columns in full, or each series in one line."""

from typing import Any

import numpy as np
import orjson

from core import reducers
from core.frames import Field, Kind
from core.timerange import zone
from core.units import unit_format
from panels.base import time_and_numbers
from panels.fields import Context, prepare
from services.files import Table
from services.panel_data import Drawn, Page

_BARS, _WIDTH = "▁▂▃▄▅▆▇█", 40
MOST_ROWS = 100


def tables(model: Page, drawn: Drawn) -> list[Table]:
    """Return each frame's name, its columns' names and its rows as texts; times in the dashboard's zone."""
    tz = zone(model.timezone)
    moment = unit_format("dateTimeAsIso")
    made = []
    for row in _prepared(model, drawn):
        columns = [
            [
                "" if v is None else str(moment(float(v), None, tz)) if one.kind is Kind.TIME else _plain(v)
                for v in one.field.items
            ]
            for one in row
        ]
        name = row[0].frame.name or row[0].frame.ref_id if row else ""
        made.append(
            Table(name, [one.name for one in row], [list(cells) for cells in zip(*columns, strict=True)])
        )
    return made


def _prepared(model: Page, drawn: Drawn) -> Any:
    config = drawn.place.panel.get("fieldConfig") or {}
    return prepare(list(drawn.frames), config, {}, Context(zone(model.timezone)))


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY, default=str).decode()


def summary(model: Page, drawn: Drawn) -> list[Table]:
    """Return what a person reads at a glance: a line for each series, with its course; tables up to their 100th row."""
    lines: list[list[str]] = []
    rest = []
    for row, table in zip(_prepared(model, drawn), tables(model, drawn), strict=True):
        time, numbers = time_and_numbers(row)
        if time is None:
            rest.append(Table(table.name, table.heads, table.rows[:MOST_ROWS]))
            continue
        for one in numbers:
            told = (
                str(one.display(reducers.reduce(one.field, name))) for name in ("min", "max", "lastNotNull")
            )
            lines.append([one.name, *told, sparkline(one.field)])
    return ([Table("", ["Series", "Min", "Max", "Last", "Course"], lines)] if lines else []) + rest


def sparkline(column: Field) -> str:
    """Return a column's course as a line of blocks, the mean of a few values in each; blank where there are none."""
    values = column.numbers
    if not len(values) or not np.isfinite(values).any():
        return ""
    parts = np.array_split(values, min(_WIDTH, len(values)))
    means = np.array(
        [np.mean(part[np.isfinite(part)]) if np.isfinite(part).any() else np.nan for part in parts]
    )
    low, high = float(np.nanmin(means)), float(np.nanmax(means))
    span = high - low or 1.0
    return "".join(
        " " if not np.isfinite(one) else _BARS[min(len(_BARS) - 1, int((one - low) / span * len(_BARS)))]
        for one in means
    )
