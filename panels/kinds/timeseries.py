"""Time series: lines, bars and points over time."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from core import reducers
from core.frames import Kind
from core.options import Choice, Flag, Number, Option, Pick, Text
from core.timerange import zone
from core.units import recipe
from drawing import ticks
from drawing.paths import Floats, Plot
from panels import axes as axis_rules
from panels import legend as legends
from panels.base import Message, PanelData, PanelKind, Shown, View, has_values, no_data, time_and_numbers
from panels.fields import series_color
from panels.marks import Band, Gradient, Line, NoteMark, line_of, notes_of, thresholds_of

_PAD, _X_AXIS = 8, 21
NULLS = (("false", "Never"), ("true", "Always"), ("3600000", "Gaps under an hour"))


@dataclass(frozen=True)
class Chart(View):
    """A drawn chart: boxes in pixels inside the content."""

    template: ClassVar[str] = "panels/timeseries.html"
    key: str
    width: float
    height: float
    plot: Plot
    lines: tuple[Line, ...]
    axes: tuple[axis_rules.Axis, ...]
    x_ticks: tuple[tuple[float, str], ...]
    legend: legends.Legend
    gradients: tuple[Gradient, ...]
    bands: tuple[Band, ...]
    hover: Mapping[str, Any]
    summary: tuple[tuple[str, ...], ...]
    notes: tuple[NoteMark, ...] = ()

    def strings(self) -> list[tuple[str, str]]:
        """Return axis labels and the legend."""
        found = [(text, "") for _, text in self.x_ticks]
        for axis in self.axes:
            found += [(text, "") for _, text in axis.ticks if text and axis.side != "hidden"]
        for item in self.legend.items:
            found.append((item.name, item.color))
            found += [(stat.text, "") for stat in item.stats]
        return found


class TimeSeries(PanelKind):
    """Lines, bars and points over time."""

    type: ClassVar[str] = "timeseries"
    title: ClassVar[str] = "Time series"
    color_mode: ClassVar[str] = "palette-classic"
    notes: ClassVar[bool] = True
    options: ClassVar[tuple[Option, ...]] = (
        Flag("legend.showLegend", "Legend", default=True, section="Legend"),
        Choice("legend.displayMode", "Legend mode", "list", "list", "table", section="Legend"),
        Choice("legend.placement", "Legend placement", "bottom", "bottom", "right", section="Legend"),
        Option("legend.calcs", "Legend values", [], section="Legend", kind="reducers"),
        Choice("tooltip.mode", "Tooltip", "single", "single", "multi", "none", section="Tooltip"),
        Choice("tooltip.sort", "Values sort order", "none", "none", "asc", "desc", section="Tooltip"),
    )
    field_options: ClassVar[tuple[Option, ...]] = (
        Choice("drawStyle", "Style", "line", "line", "bars", "points", section="Graph styles"),
        Choice(
            "lineInterpolation",
            "Line interpolation",
            "linear",
            "linear",
            "smooth",
            "stepBefore",
            "stepAfter",
            section="Graph styles",
        ),
        Number("lineWidth", "Line width", 1, section="Graph styles"),
        Number("fillOpacity", "Fill opacity", 0, section="Graph styles"),
        Choice(
            "gradientMode",
            "Gradient mode",
            "none",
            "none",
            "opacity",
            "hue",
            "scheme",
            section="Graph styles",
        ),
        Choice("showPoints", "Show points", "auto", "auto", "always", "never", section="Graph styles"),
        Number("pointSize", "Point size", 5, section="Graph styles"),
        Choice("lineStyle.fill", "Line style", "solid", "solid", "dash", "dot", section="Graph styles"),
        Pick("spanNulls", "Connect null values", False, *NULLS, section="Graph styles"),
        Pick(
            "barAlignment",
            "Bar alignment",
            0,
            ("-1", "Before"),
            ("0", "Center"),
            ("1", "After"),
            section="Graph styles",
        ),
        Number("barWidthFactor", "Bar width", 0.6, section="Graph styles"),
        Choice("stacking.mode", "Stack series", "none", "none", "normal", "percent", section="Graph styles"),
        Text("stacking.group", "Stacking group", "A", section="Graph styles"),
        Choice("axisPlacement", "Placement", "auto", "auto", "left", "right", "hidden", section="Axis"),
        Text("axisLabel", "Label", section="Axis"),
        Number("axisWidth", "Width", section="Axis"),
        Flag("axisGridShow", "Show grid lines", default=True, section="Axis"),
        Number("axisSoftMin", "Soft min", section="Axis"),
        Number("axisSoftMax", "Soft max", section="Axis"),
        Flag("axisCenteredZero", "Centered zero", section="Axis"),
        Choice("scaleDistribution.type", "Scale", "linear", "linear", "log", "symlog", section="Axis"),
        Pick(
            "scaleDistribution.log",
            "Log base",
            2,
            ("2", "2"),
            ("10", "10"),
            section="Axis",
            only=("scaleDistribution.type", ("log", "symlog")),
        ),
        Choice("axisColorMode", "Color", "text", "text", "series", section="Axis"),
        Choice(
            "thresholdsStyle.mode",
            "Show thresholds",
            "off",
            "off",
            "line",
            "dashed",
            "area",
            "line+area",
            "dashed+area",
            section="Thresholds",
        ),
        Text("fillBelowTo", "Fill below to", section="Graph styles", help="The name of a series"),
        Choice("transform", "Transform", "", "", "constant", "negative-Y", section="Graph styles"),
        Flag("hideFrom.viz", "Hide in chart", section="Series"),
        Flag("hideFrom.legend", "Hide in legend", section="Series"),
        Flag("hideFrom.tooltip", "Hide in tooltip", section="Series"),
    )

    def view(self, data: PanelData) -> View:
        """Return the chart, or the words for why there is none."""
        if not has_values(data.frames):
            return Message(no_data(data))
        series, problem = chosen(self.prepared(data))
        if not series:
            return Message(problem)
        return draw(data, series)


def chosen(rows: list[list[Shown]]) -> tuple[list[tuple[Shown, Floats]], str]:
    """Return the columns with their times, hidden ones too, or what is missing."""
    found: list[tuple[Shown, Floats]] = []
    has_numbers = any(one.kind in {Kind.NUMBER, Kind.BOOLEAN} for row in rows for one in row)
    problem = "Data is missing a time field" if has_numbers else "Data is missing a number field"
    for row in rows:
        time, numbers = time_and_numbers(row)
        if time is not None:
            found += [(one, time.field.numbers) for one in numbers]
    return found, problem


def _values(one: Shown) -> Floats:
    """Return a column's numbers; of a graph of older versions that wants it so, with zeros in the place of nulls."""
    numbers = one.field.numbers.astype(np.float64)
    return np.nan_to_num(numbers, nan=0.0) if one.custom("nullAsZero", False) is True else numbers


def _stacked(series: Sequence[tuple[Shown, Floats]]) -> tuple[list[Floats], list[Floats], list[Floats]]:
    """Return times, values and bases of all series; stacked ones stand on those before them of their group."""
    times = [moments for _, moments in series]
    values = [_values(one) for one, _ in series]
    bases = [np.zeros(len(moments)) for moments in times]
    groups: dict[tuple[str, ...], list[int]] = {}
    for i, (one, _) in enumerate(series):
        mode = str(one.custom("stacking.mode", "none"))
        if mode in {"normal", "percent"}:
            sign = "-" if one.custom("transform") == "negative-Y" else ""
            groups.setdefault(
                (
                    mode,
                    str(one.custom("stacking.group", "A")),
                    str(one.custom("drawStyle", "line")),
                    sign,
                    axis_rules.key_of(one),
                ),
                [],
            ).append(i)
    for key, members in groups.items():
        grid = np.unique(np.concatenate([times[i] for i in members]))
        columns = [_on_grid(grid, times[i], values[i]) for i in members]
        total = np.nansum(columns, axis=0) if key[0] == "percent" else None
        below = np.zeros(len(grid))
        for i, column in zip(members, columns, strict=True):
            part = (
                column
                if total is None
                else np.divide(column, total, out=np.zeros_like(column), where=total != 0)
            )
            top = below + np.nan_to_num(part)
            times[i], bases[i] = grid, below
            values[i] = np.where(np.isnan(part), np.nan, top)
            below = top
    for i, (one, _) in enumerate(series):
        if one.custom("transform") == "negative-Y":
            values[i], bases[i] = -values[i], -bases[i]
    return times, values, bases


def _on_grid(grid: Floats, times: Floats, values: Floats) -> Floats:
    column = np.full(len(grid), np.nan)
    column[np.searchsorted(grid, times)] = values
    return column


def draw(data: PanelData, series: list[tuple[Shown, Floats]]) -> Chart:
    """Lay a chart out and draw it."""
    everything = [one for one, _ in series]
    series = [(one, times) for one, times in series if not one.custom("hideFrom.viz", False)]
    columns = [one for one, _ in series]
    inner_w, inner_h = data.size.width - 2 * _PAD, data.size.height - 2 * _PAD
    legend = legends.build(data.options, everything, inner_w, inner_h)
    width = inner_w - (legend.size if legend.placement == "right" else 0)
    height = inner_h - (legend.size if legend.placement == "bottom" else 0)
    times, values, bases = _stacked(series)
    plot_h = max(10.0, height - _PAD - _X_AXIS)
    axes = _axes(columns, values, plot_h, percent=_widest(columns))
    left = max(_PAD, sum(axis.size for axis in axes if axis.side == "left"))
    right = sum(axis.size for axis in axes if axis.side == "right") or _PAD
    plot = Plot(left, _PAD, max(10.0, width - left - right), plot_h, data.range.from_ms, data.range.to_ms)
    x_ticks = _x_ticks(data, plot)
    gradients: list[Gradient] = []
    lines = []
    for i, one in enumerate(columns):
        scale = next(axis.scale for axis in axes if axis.key == axis_rules.key_of(one))
        lines.append(
            line_of(
                data,
                one,
                times[i],
                values[i],
                bases[i],
                plot,
                scale,
                gradients,
                _below(columns, values, times, one),
            )
        )
    return Chart(
        data.key, width, height, plot, tuple(lines), axes, x_ticks, legend, tuple(gradients), thresholds_of(columns, axes, plot), _hover(data, columns, times, plot),
        tuple(_summary(one) for one in columns), notes_of(data, plot),
    )  # fmt: skip


def _widest(columns: Sequence[Shown]) -> bool:
    return any(one.custom("stacking.mode") == "percent" for one in columns)


def _axes(
    columns: Sequence[Shown], values: Sequence[Floats], height: float, percent: bool
) -> tuple[axis_rules.Axis, ...]:
    made = []
    has_left = False
    for key, members in axis_rules.group(columns).items():
        first = columns[members[0]]
        above = 0.0 if first.custom("scaleDistribution.type") == "log" else -math.inf
        finite = [values[i][np.isfinite(values[i]) & (values[i] > above)] for i in members]
        low = min((float(one.min()) for one in finite if len(one)), default=math.inf)
        high = max((float(one.max()) for one in finite if len(one)), default=-math.inf)
        side = str(first.custom("axisPlacement", "auto"))
        if side == "auto":
            side = "right" if has_left else "left"
        has_left = has_left or side == "left"
        if first.custom("stacking.mode") == "percent" and math.isfinite(low + high):
            scale = axis_rules.Scale(-1.0 if low < 0 else 0.0, 1.0 if high > 0 else 0.0)
        else:
            scale = axis_rules.scale_of(first, low, high)
        writer = _percent_writer if percent and first.custom("stacking.mode") == "percent" else None
        made.append(axis_rules.axis_of(key, first, scale, side, height, writer))
    return tuple(made)


def _summary(one: Shown) -> tuple[str, ...]:
    """Return a series' name, least, greatest and last value, for who cannot see the chart."""
    display = one.display
    return (
        one.name,
        *(str(display(reducers.reduce(one.field, name))) for name in ("min", "max", "lastNotNull")),
    )


def _percent_writer(value: float, decimals: int | None) -> str:
    del decimals
    return f"{round(value * 100, 6):g}%"


def _x_ticks(data: PanelData, plot: Plot) -> tuple[tuple[float, str], ...]:
    low, high = plot.x_low, plot.x_high
    zones = data.options.get("timezone")
    tz = zone(str(zones[0])) if isinstance(zones, list) and zones and zones[0] else data.context.tz
    found = ticks.time_ticks(low, high, plot.width, tz, ticks.time_space(low, high, plot.width, tz))
    return tuple(
        zip(
            plot.x(np.array(found.at, dtype=np.float64)).tolist(),
            ticks.time_labels(found, low, high, tz),
            strict=True,
        )
    )


def _below(
    columns: Sequence[Shown], values: Sequence[Floats], times: Sequence[Floats], one: Shown
) -> tuple[Floats, Floats] | None:
    name = one.custom("fillBelowTo")
    found = next(
        (i for i, other in enumerate(columns) if name and name in {other.name, other.field.name}), None
    )
    return None if found is None else (times[found], values[found])


def _hover(data: PanelData, columns: Sequence[Shown], times: Sequence[Floats], plot: Plot) -> dict[str, Any]:
    """Return what the tooltip needs: values thinned to the plot's columns, and how each series is written."""
    tooltip = data.options.get("tooltip")
    options: Mapping[str, Any] = tooltip if isinstance(tooltip, Mapping) else {}
    series = []
    for one, moments in zip(columns, times, strict=True):
        own = one.field.numbers
        stamps = moments if len(moments) == len(own) else np.arange(len(own))
        step = max(1, math.ceil(len(own) / max(1, int(plot.width))))
        decimals = one.config.get("decimals")
        entry: dict[str, Any] = {
            "name": one.name,
            "color": series_color(one),
            "t": np.rint(stamps[::step]).astype(np.int64),
            "v": own[::step].astype(np.float32),
            "unit": recipe(str(one.config.get("unit") or "")),
        }
        if isinstance(decimals, int):
            entry["decimals"] = decimals
        if entry["unit"] is None or one.config.get("mappings") or one.kind is Kind.BOOLEAN:
            display = one.display
            entry["text"] = [str(display(value)) for value in one.field.items[::step]]
        series.append(entry)
    return {
        "mode": options.get("mode") or "single",
        "sort": options.get("sort") or "none",
        "from": plot.x_low,
        "to": plot.x_high,
        "series": series,
    }
