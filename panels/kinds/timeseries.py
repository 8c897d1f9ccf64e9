"""Time series: lines, bars and points over time."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from core import colors, reducers
from core.frames import Kind
from core.options import Choice, Flag, Number, Option, Text
from core.timerange import zone
from core.units import recipe
from drawing import paths, ticks
from drawing.paths import Floats, Plot
from panels import axes as axis_rules
from panels import legend as legends
from panels.base import Message, PanelData, PanelKind, Shown, View, has_values, no_data, time_and_numbers
from panels.fields import Scale as ColorScale
from panels.fields import series_color

_PAD, _X_AXIS = 8, 21


@dataclass(frozen=True)
class Path:
    """One mark of SVG: path data in tenths of a pixel, and how it is painted."""

    d: str
    fill: str = "none"
    stroke: str = "none"
    width: float = 0
    dash: str = ""
    opacity: float = 1.0


@dataclass(frozen=True)
class Gradient:
    """A vertical gradient in pixels: (offset 0 to 1, colour, opacity)."""

    id: str
    y1: float
    y2: float
    stops: tuple[tuple[float, str, float], ...]


@dataclass(frozen=True)
class Line:
    """One drawn series."""

    name: str
    color: str
    marks: tuple[Path, ...]


@dataclass(frozen=True)
class Band:
    """A horizontal area or line in pixels: what a threshold draws."""

    y: float
    height: float
    color: str
    dash: str = ""


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
    options: ClassVar[tuple[Option, ...]] = (
        Flag("legend.showLegend", "Legend", default=True, section="Legend"),
        Choice("legend.displayMode", "Legend mode", "list", "list", "table", section="Legend"),
        Choice("legend.placement", "Legend placement", "bottom", "bottom", "right", section="Legend"),
        Option("legend.calcs", "Legend values", [], section="Legend", kind="list"),
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
        Option("lineStyle", "Line style", None, section="Graph styles", kind="json"),
        Option("spanNulls", "Connect null values", default=False, section="Graph styles", kind="json"),
        Number("barAlignment", "Bar alignment", 0, section="Graph styles"),
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
        Number("scaleDistribution.log", "Log base", 2, section="Axis"),
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
        Text("fillBelowTo", "Fill below to", section="Graph styles"),
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


def _stacked(series: Sequence[tuple[Shown, Floats]]) -> tuple[list[Floats], list[Floats], list[Floats]]:
    """Return times, values and bases of all series; stacked ones stand on those before them of their group."""
    times = [moments for _, moments in series]
    values = [one.field.numbers.astype(np.float64) for one, _ in series]
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
            _line(
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
        data.key, width, height, plot, tuple(lines), axes, x_ticks, legend, tuple(gradients), _thresholds(columns, axes, plot), _hover(data, columns, times, plot),
        tuple(_summary(one) for one in columns),
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


def _line(
    data: PanelData, one: Shown, times: Floats, values: Floats, bases: Floats, plot: Plot, scale: axis_rules.Scale,
    gradients: list[Gradient], below: tuple[Floats, Floats] | None,
) -> Line:  # fmt: skip
    color = series_color(one)
    if math.isnan(scale.low) or not len(times):
        return Line(one.name, color, ())
    times, values, bases = _spanned(one, times, values, bases)
    style = str(one.custom("drawStyle", "line"))
    if style != "bars" and not bases.any():
        times, values = paths.thin(times, values, max(1, int(plot.width)))
        bases = np.zeros(len(times))
    xs, ys = plot.x(times), plot.y(scale.parts(values))
    floor = scale.low if scale.low > 0 else min(0.0, scale.high)
    base_y = plot.y(np.clip(scale.parts(np.where(bases == 0, floor, bases)), 0, 1))
    if below is not None:
        base_y = plot.y(scale.parts(np.interp(times, *below)))
    opacity = float(one.custom("fillOpacity", 0) or 0) / 100
    paint, fill = _paint(data, one, color, plot, scale, gradients)
    width = float(one.custom("lineWidth", 1))
    marks: list[Path] = []
    if style == "bars":
        bar = _bar_width(xs, plot, float(one.custom("barWidthFactor", 0.6) or 0.6))
        shift = {-1: -bar / 2, 1: bar / 2}.get(int(one.custom("barAlignment", 0) or 0), 0.0)
        marks.append(
            Path(
                paths.bars(xs + shift, ys, base_y, bar),
                fill=fill,
                stroke=paint,
                width=width,
                opacity=opacity or 0.0001,
            )
        )
    elif style == "line":
        shape = str(one.custom("lineInterpolation", "linear"))
        if opacity or below is not None:
            marks.append(Path(paths.area(xs, ys, base_y, shape), fill=fill, opacity=opacity or 0.35))
        d, _ = paths.line(xs, ys, shape)
        marks.append(Path(d, stroke=paint, width=width, dash=_dash(one)))
    if _shows_points(one, style, xs, ys, plot):
        marks.append(Path(paths.dots(xs, ys, float(one.custom("pointSize", 5) or 5)), fill=color))
    elif style == "line":
        alone = _lonely(ys)
        if alone.any():
            marks.append(Path(paths.dots(xs[alone], ys[alone], max(2.0, width + 1)), fill=color))
    return Line(one.name, color, tuple(mark for mark in marks if mark.d))


def _spanned(one: Shown, times: Floats, values: Floats, bases: Floats) -> tuple[Floats, Floats, Floats]:
    """Leave out the nulls that are to be bridged: all, or those within a time."""
    span = one.custom("spanNulls", False)
    gaps = np.isnan(values)
    if not span or not gaps.any():
        return times, values, bases
    keep = ~gaps
    if not isinstance(span, bool):
        for begin, end in paths.runs(gaps):
            if begin > 0 and end < len(times) and times[end] - times[begin - 1] > float(span):
                keep[begin] = True
    return times[keep], values[keep], bases[keep]


def _lonely(ys: Floats) -> Any:
    present = ~np.isnan(ys)
    before, after = np.concatenate(([False], present[:-1])), np.concatenate((present[1:], [False]))
    return present & ~before & ~after


def _bar_width(xs: Floats, plot: Plot, factor: float) -> float:
    gaps = np.diff(xs)
    least = float(gaps[gaps > 0].min()) if len(gaps) and (gaps > 0).any() else plot.width / 4
    return max(1.0, least * factor)


def _shows_points(one: Shown, style: str, xs: Floats, ys: Floats, plot: Plot) -> bool:
    wanted = str(one.custom("showPoints", "auto"))
    if style == "points" or wanted == "always":
        return True
    if wanted == "never" or style != "line":
        return False
    return len(xs) > 0 and plot.width / max(1, int((~np.isnan(ys)).sum())) >= 2 * float(
        one.custom("pointSize", 5) or 5
    )


def _dash(one: Shown) -> str:
    style = one.custom("lineStyle")
    if not isinstance(style, Mapping) or style.get("fill") not in {"dash", "dot"}:
        return ""
    given = style.get("dash") or ([0, 10] if style["fill"] == "dot" else [10, 10])
    return " ".join(str(round(float(part) * 10)) for part in given if isinstance(part, int | float))


def _paint(
    data: PanelData, one: Shown, color: str, plot: Plot, scale: axis_rules.Scale, gradients: list[Gradient]
) -> tuple[str, str]:
    """Return the paints of a line and of its fill: a colour, or a gradient over the plot."""
    mode = str(one.custom("gradientMode", "none"))
    stops: tuple[tuple[float, str, float], ...] = ()
    if mode == "opacity":
        stops = ((0, color, 1.0), (1, color, 0.0))
    elif mode == "hue":
        red, green, blue, _ = colors.channels(color)
        lighter = f"#{min(255, red + 40):02x}{min(255, green + 40):02x}{min(255, blue + 40):02x}"
        darker = f"#{max(0, red - 40):02x}{max(0, green - 40):02x}{max(0, blue - 40):02x}"
        stops = ((0, lighter, 1.0), (1, darker, 1.0))
    elif mode == "scheme":
        rule = ColorScale(one)
        if rule.mode.startswith("continuous"):
            stops = tuple(
                (part / 10, rule(scale.high - (scale.high - scale.low) * part / 10)[0], 1.0)
                for part in range(11)
            )
        elif rule.mode == "thresholds":
            stops = tuple(_threshold_stops(rule, scale))
    if not stops:
        return color, color
    name = f"{data.key}-g{len(gradients)}"
    gradients.append(Gradient(name, plot.top * 10, (plot.top + plot.height) * 10, stops))
    return (color if mode == "opacity" else f"url(#{name})"), f"url(#{name})"


def _threshold_stops(rule: ColorScale, scale: axis_rules.Scale) -> list[tuple[float, str, float]]:
    levels = [max(scale.low, min(scale.high, level)) for level, _ in rule.steps if level > scale.low] or []
    stops = [(0.0, rule(scale.high)[0], 1.0)]
    for level in sorted(levels, reverse=True):
        part = (scale.high - level) / (scale.high - scale.low)
        stops += [(part, rule(level)[0], 1.0), (part, rule(level - 1e-9 * max(1.0, abs(level)))[0], 1.0)]
    stops.append((1.0, rule(scale.low)[0], 1.0))
    return stops


def _thresholds(columns: Sequence[Shown], axes: Sequence[axis_rules.Axis], plot: Plot) -> tuple[Band, ...]:
    found: list[Band] = []
    seen: set[str] = set()
    for one in columns:
        mode = str(one.custom("thresholdsStyle.mode", "off"))
        axis = next(axis for axis in axes if axis.key == axis_rules.key_of(one))
        if mode == "off" or axis.key in seen or math.isnan(axis.scale.low):
            continue
        seen.add(axis.key)
        rule = ColorScale(one)
        levels = [max(-1e300, level) for level, _ in rule.steps]
        tops = np.clip(axis.scale.parts(np.array([*levels[1:], axis.scale.high])), 0, 1)
        lows = np.clip(axis.scale.parts(np.array([max(level, axis.scale.low) for level in levels])), 0, 1)
        for (level, name), low, high in zip(rule.steps, lows.tolist(), tops.tolist(), strict=True):
            color = colors.by_name(name, dark=one.context.dark)
            if "area" in mode and high > low:
                found.append(
                    Band(
                        plot.top + (1 - high) * plot.height,
                        (high - low) * plot.height,
                        colors.with_alpha(color, 0.15 * colors.channels(color)[3]),
                    )
                )
            if mode != "area" and math.isfinite(level) and axis.scale.low <= level <= axis.scale.high:
                found.append(
                    Band(plot.top + (1 - low) * plot.height, 0, color, "6 4" if "dash" in mode else "")
                )
    return tuple(found)


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
