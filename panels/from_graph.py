"""The graph panel of versions before 8.0, and of older ones that kept its axes elsewhere, as a time series.

Source: Grafana's documentation of the graph panel and of the change to time series.
"""

import math
from collections.abc import Mapping
from typing import Any

from core.members import mapping, mappings

Panel = dict[str, Any]
_CALCS = (("min", "min"), ("max", "max"), ("avg", "mean"), ("current", "lastNotNull"), ("total", "sum"))
_COLORS = {"critical": "red", "warning": "orange", "ok": "green"}
_OWN = (
    "aliasColors", "bars", "dashLength", "dashes", "decimals", "fill", "fillGradient", "grid", "hiddenSeries", "leftYAxisLabel", "legend",
    "lines", "linewidth", "nullPointMode", "percentage", "pointradius", "points", "renderer", "rightYAxisLabel", "seriesOverrides",
    "spaceLength", "stack", "steppedLine", "thresholds", "timeRegions", "tooltip", "x-axis", "xaxis", "y-axis", "y_formats", "yaxes",
    "yaxis",
)  # fmt: skip


def series(panel: Mapping[str, Any]) -> Panel:
    """Return a graph panel as a time series."""
    left, right = _axes(panel)
    given = mapping(panel.get("fieldConfig"))
    defaults = {
        **_axis(left),
        **({"decimals": panel["decimals"]} if isinstance(panel.get("decimals"), int) else {}),
        "color": {"mode": "palette-classic"},
        **mapping(given.get("defaults")),
    }
    defaults["custom"] = {**_style(panel), **_axis_custom(left, "left"), **mapping(defaults.get("custom"))}
    thresholds, mode = _thresholds(panel)
    if thresholds:
        defaults["thresholds"] = {"mode": "absolute", "steps": thresholds}
        defaults["custom"]["thresholdsStyle"] = {"mode": mode}
    overrides = [
        _override("byName", name, [{"id": "color", "value": {"mode": "fixed", "fixedColor": color}}])
        for name, color in mapping(panel.get("aliasColors")).items()
    ]
    overrides += [
        _of_series(one, panel, right) for one in mappings(panel.get("seriesOverrides")) if one.get("alias")
    ]
    rest = {name: value for name, value in panel.items() if name not in _OWN}
    return {
        **rest,
        "type": "timeseries",
        "fieldConfig": {"defaults": defaults, "overrides": [*overrides, *mappings(given.get("overrides"))]},
        "options": {"legend": _legend(panel), "tooltip": _tooltip(panel)},
    }


def _axes(panel: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the axes: of `yaxes`, or (before schema version 12) of `grid` and `y_formats`."""
    given = mappings(panel.get("yaxes"))
    if given:
        return given[0], given[1] if len(given) > 1 else given[0]
    grid, formats = mapping(panel.get("grid")), panel.get("y_formats")
    formats = formats if isinstance(formats, list) else []
    made = []
    for i, side in enumerate(("left", "right")):
        ends = {
            end: grid.get(side + end.capitalize(), grid.get(end) if i == 0 else None)
            for end in ("min", "max")
        }
        made.append(
            {
                "show": panel.get("y-axis", True),
                "format": formats[i] if i < len(formats) else panel.get("y2_format" if i else "y_format"),
                "label": panel.get(f"{side}YAxisLabel"),
                "logBase": grid.get(f"{side}LogBase"),
                **ends,
            }
        )
    return made[0], made[1]


def _number(value: Any) -> float | None:
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def _axis(axis: Mapping[str, Any]) -> Panel:
    found: Panel = {"unit": axis["format"]} if isinstance(axis.get("format"), str) else {}
    found |= {end: value for end in ("min", "max") if (value := _number(axis.get(end))) is not None}
    if isinstance(axis.get("decimals"), int):
        found["decimals"] = axis["decimals"]
    return found


def _axis_custom(axis: Mapping[str, Any], side: str) -> Panel:
    found: Panel = {"axisPlacement": side if axis.get("show", True) else "hidden"}
    if axis.get("label"):
        found["axisLabel"] = str(axis["label"])
    base = _number(axis.get("logBase"))
    if base and base > 1:
        found["scaleDistribution"] = {"type": "log", "log": 10 if base >= 10 else 2}
    return found


def _style(panel: Mapping[str, Any]) -> Panel:
    bars, lines, points = (
        bool(panel.get(name, default))
        for name, default in (("bars", False), ("lines", True), ("points", False))
    )
    fill = _number(panel.get("fill", 1)) or 0
    gradient = _number(panel.get("fillGradient")) or 0
    made: Panel = {
        "drawStyle": "bars" if bars else "line" if lines or not points else "points",
        "lineWidth": _number(panel.get("linewidth", 1)) or 0,
        "fillOpacity": 100 if bars else min(100, (gradient or fill) * 10),
        "gradientMode": "opacity" if gradient and not bars else "none",
        "showPoints": "always" if points else "never",
        "pointSize": 2 * (_number(panel.get("pointradius", 5)) or 0) + 2,
        "spanNulls": panel.get("nullPointMode") == "connected",
        "lineInterpolation": "stepAfter" if panel.get("steppedLine") else "linear",
    }
    if not lines and not bars:
        made["lineWidth"] = 0
    if panel.get("nullPointMode") == "null as zero":
        made["nullAsZero"] = True
    if panel.get("dashes"):
        made["lineStyle"] = _dashes(panel)
    if panel.get("stack"):
        made["stacking"] = {"mode": "percent" if panel.get("percentage") else "normal", "group": "A"}
    return made


def _dashes(given: Mapping[str, Any]) -> Panel:
    ends = (_number(given.get("dashLength")) or 10, _number(given.get("spaceLength")) or 10)
    return {"fill": "dash", "dash": list(ends)}


def _thresholds(panel: Mapping[str, Any]) -> tuple[list[Panel], str]:
    """Return steps and how they are shown; before schema version 13 they stood in `grid`."""
    given = [one for one in mappings(panel.get("thresholds")) if _number(one.get("value")) is not None]
    grid = mapping(panel.get("grid"))
    if not given and _number(grid.get("threshold1")) is not None:
        values = [_number(grid.get(f"threshold{n}")) for n in (1, 2)]
        falling = values[1] is not None and (values[0] or 0) > values[1]
        given = [
            {
                "value": value, "op": "lt" if falling else "gt", "fill": not grid.get("thresholdLine"), "line": bool(grid.get("thresholdLine")),
                "colorMode": "custom", "fillColor": grid.get(f"threshold{n}Color"), "lineColor": grid.get(f"threshold{n}Color"),
            }
            for n, value in enumerate(values, 1)
            if value is not None
        ]  # fmt: skip
    steps: list[Panel] = []
    for one in sorted(given, key=lambda each: _number(each.get("value")) or 0):
        color = (
            _COLORS.get(str(one.get("colorMode"))) or one.get("fillColor") or one.get("lineColor") or "red"
        )
        value = _number(one.get("value"))
        if one.get("op") == "lt":
            steps += [] if steps else [{"color": color, "value": None}]
            steps.append({"color": "transparent", "value": value})
        else:
            steps.append({"color": color, "value": value})
    if steps and steps[0]["value"] is not None:
        steps.insert(0, {"color": "transparent", "value": None})
    area, line = any(one.get("fill") for one in given), any(one.get("line") for one in given)
    return steps, "line+area" if area and line else "area" if area else "line" if line else "off"


def _legend(panel: Mapping[str, Any]) -> Panel:
    old = mapping(panel.get("legend"))
    calcs = [calc for name, calc in _CALCS if old.get(name)] if old.get("values") else []
    made: Panel = {
        "showLegend": bool(old.get("show", True)),
        "displayMode": "table" if old.get("alignAsTable") else "list",
        "placement": "right" if old.get("rightSide") else "bottom",
        "calcs": calcs,
    }
    if old.get("sort") and old.get("alignAsTable"):
        names = {"min": "Min", "max": "Max", "avg": "Mean", "current": "Last *", "total": "Total"}
        made |= {"sortBy": names.get(str(old["sort"]), ""), "sortDesc": bool(old.get("sortDesc"))}
    if isinstance(old.get("sideWidth"), int | float):
        made["width"] = old["sideWidth"]
    return made


def _tooltip(panel: Mapping[str, Any]) -> Panel:
    old = mapping(panel.get("tooltip"))
    sort = {"1": "asc", "2": "desc"}.get(str(old.get("sort")), "none")
    return {"mode": "multi" if old.get("shared", True) else "single", "sort": sort}


def _of_series(one: Mapping[str, Any], panel: Mapping[str, Any], right: Mapping[str, Any]) -> Panel:
    """Return the override of what was set for series of a name, or of names that a pattern fits."""
    alias = str(one["alias"])
    rows: Panel = {}
    custom: Panel = {}
    if one.get("yaxis") == 2:
        rows |= _axis(right)
        custom |= _axis_custom(right, "right")
    if one.get("color"):
        rows["color"] = {"mode": "fixed", "fixedColor": one["color"]}
    if one.get("lines") is False:
        custom["lineWidth"] = 0
    if one.get("bars"):
        custom |= {"drawStyle": "bars", "fillOpacity": 100}
    if one.get("points") is not None:
        custom["showPoints"] = "always" if one["points"] else "never"
        if one["points"] and one.get("lines") is False:
            custom["drawStyle"] = "points"
    for name, place, times, more in (
        ("fill", "fillOpacity", 10, 0),
        ("linewidth", "lineWidth", 1, 0),
        ("pointradius", "pointSize", 2, 2),
    ):
        if (value := _number(one.get(name))) is not None:
            custom[place] = value * times + more
    if one.get("steppedLine") is not None:
        custom["lineInterpolation"] = "stepAfter" if one["steppedLine"] else "linear"
    if one.get("nullPointMode"):
        custom |= {
            "spanNulls": one["nullPointMode"] == "connected",
            "nullAsZero": one["nullPointMode"] == "null as zero",
        }
    if one.get("dashes"):
        custom["lineStyle"] = _dashes(one)
    if one.get("transform") == "negative-Y":
        custom["transform"] = "negative-Y"
    if one.get("stack") is not None:
        group = str(one["stack"]) if isinstance(one["stack"], str) else "A"
        mode = "percent" if panel.get("percentage") else "normal"
        custom["stacking"] = {"mode": mode if one["stack"] else "none", "group": group}
    hidden = {"legend": one.get("legend") is False, "tooltip": bool(one.get("hideTooltip")), "viz": False}
    if any(hidden.values()):
        custom["hideFrom"] = hidden
    properties = [{"id": name, "value": value} for name, value in rows.items()]
    properties += [{"id": f"custom.{name}", "value": value} for name, value in custom.items()]
    by = "byRegexp" if len(alias) > 1 and alias.startswith("/") else "byName"
    return _override(by, alias, properties)


def _override(by: str, name: str, properties: list[Panel]) -> Panel:
    return {"matcher": {"id": by, "options": name}, "properties": properties}
