"""The marks of a chart: lines, areas, bars and points of a series, and what thresholds draw."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from core import colors
from drawing import paths
from drawing.paths import Floats, Plot
from panels import axes as axis_rules
from panels.base import PanelData, Shown
from panels.fields import Scale as ColorScale
from panels.fields import series_color


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
class NoteMark:
    """What an annotation draws: a dashed line at x, or an area of a width; the rest is for who asks what it is."""

    x: float
    width: float
    color: str
    when: str
    title: str
    text: str
    tags: tuple[str, ...]
    id: int


def notes_of(data: PanelData, plot: Plot) -> tuple[NoteMark, ...]:
    """Return the marks of the annotations in sight, those on top last."""
    made = []
    for note in sorted(data.notes, key=lambda one: (one.time - one.time_end, one.time)):
        if not note.touches(plot.x_low, plot.x_high):
            continue
        first, last = (
            float(one)
            for one in plot.x(np.clip([note.time, note.time_end], plot.x_low, plot.x_high).astype(np.float64))
        )
        ends = [_when(at, data) for at in dict.fromkeys((note.time, note.time_end))]
        color = colors.by_name(note.color, dark=data.context.dark)
        made.append(
            NoteMark(first, last - first, color, " to ".join(ends), note.title, note.text, note.tags, note.id)
        )
    return tuple(made)


def _when(moment: int, data: PanelData) -> str:
    return datetime.fromtimestamp(moment / 1000, data.context.tz).strftime("%Y-%m-%d %H:%M:%S")


def line_of(
    data: PanelData, one: Shown, times: Floats, values: Floats, bases: Floats, plot: Plot, scale: axis_rules.Scale,
    gradients: list[Gradient], below: tuple[Floats, Floats] | None,
) -> Line:  # fmt: skip
    """Return a series as it is drawn. gradients: what it paints with is added here. below: where its fill ends."""
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
    levels = [max(scale.low, min(scale.high, level)) for level, _ in rule.steps if level > scale.low]
    stops = [(0.0, rule(scale.high)[0], 1.0)]
    for level in sorted(levels, reverse=True):
        part = (scale.high - level) / (scale.high - scale.low)
        stops += [(part, rule(level)[0], 1.0), (part, rule(level - 1e-9 * max(1.0, abs(level)))[0], 1.0)]
    stops.append((1.0, rule(scale.low)[0], 1.0))
    return stops


def thresholds_of(columns: Sequence[Shown], axes: Sequence[axis_rules.Axis], plot: Plot) -> tuple[Band, ...]:
    """Return the areas and lines of the thresholds of each axis, once."""
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
