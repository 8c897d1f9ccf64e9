"""The singlestat panel of versions before 7.0 as a stat or a gauge, and the table of those versions as today's.

Source: Grafana's documentation of these panels and of the change to their successors.
"""

import re
from collections.abc import Mapping
from typing import Any

from core.members import mapping, mappings

Panel = dict[str, Any]
_CALCS = {
    "avg": "mean", "current": "lastNotNull", "total": "sum", "first": "first", "min": "min", "max": "max", "delta": "delta",
    "diff": "diff", "range": "range", "name": "lastNotNull", "last_time": "lastNotNull",
}  # fmt: skip
_OWN = (
    "cacheTimeout", "colorBackground", "colorPostfix", "colorPrefix", "colorValue", "colors", "decimals", "format", "gauge",
    "mappingType", "mappingTypes", "nullPointMode", "nullText", "postfix", "postfixFontSize", "prefix", "prefixFontSize", "rangeMaps",
    "sparkline", "tableColumn", "thresholds", "valueFontSize", "valueMaps", "valueName",
)  # fmt: skip


def stat(panel: Mapping[str, Any]) -> Panel:
    """Return a singlestat panel as a gauge where it shows one, else as a stat."""
    gauge, spark = mapping(panel.get("gauge")), mapping(panel.get("sparkline"))
    column = str(panel.get("tableColumn") or "")
    options: Panel = {
        "reduceOptions": {
            "calcs": [_CALCS.get(str(panel.get("valueName")), "mean")],
            "values": False,
            "fields": f"/^{re.escape(column)}$/" if column else "",
        },
        "orientation": "horizontal",
    }
    defaults: Panel = {}
    if panel.get("thresholds"):
        steps = _steps(panel["thresholds"], panel.get("colors"))
        defaults["thresholds"] = {"mode": "absolute", "steps": steps}
    if isinstance(panel.get("format"), str):
        defaults["unit"] = panel["format"]
    if isinstance(panel.get("decimals"), int):
        defaults["decimals"] = panel["decimals"]
    if panel.get("nullText"):
        defaults["noValue"] = str(panel["nullText"])
    defaults["mappings"] = _mappings(panel)
    if gauge.get("show"):
        kind = "gauge"
        defaults |= {"min": gauge.get("minValue", 0), "max": gauge.get("maxValue", 100)}
        options |= {
            "showThresholdMarkers": bool(gauge.get("thresholdMarkers")),
            "showThresholdLabels": bool(gauge.get("thresholdLabels")),
        }
    else:
        kind = "stat"
        color = (
            "background" if panel.get("colorBackground") else "value" if panel.get("colorValue") else "none"
        )
        options |= {
            "graphMode": "area" if spark.get("show") else "none",
            "colorMode": color,
            "justifyMode": "auto",
            "textMode": "name" if panel.get("valueName") == "name" else "auto",
        }
        if spark.get("show") and color == "none" and spark.get("lineColor"):
            defaults["color"] = {"mode": "fixed", "fixedColor": spark["lineColor"]}
    rest = {name: value for name, value in panel.items() if name not in _OWN}
    return {**rest, "type": kind, "fieldConfig": {"defaults": defaults, "overrides": []}, "options": options}


def _steps(thresholds: Any, colors: Any) -> list[Panel]:
    """Return steps from "50,80" (or a list) and a colour more than there are numbers."""
    words = (
        thresholds.split(",")
        if isinstance(thresholds, str)
        else thresholds
        if isinstance(thresholds, list)
        else []
    )
    values: list[float] = []
    for one in words:
        try:
            values.append(float(one))
        except (TypeError, ValueError, OverflowError):
            continue
    hues = colors if isinstance(colors, list) and colors else ["green", "orange", "red"]
    return [
        {"color": str(hues[min(i, len(hues) - 1)]), "value": value}
        for i, value in enumerate([None, *values][: len(hues)] if values else [None])
    ]


def _mappings(panel: Mapping[str, Any]) -> list[Panel]:
    """Return the mappings of the kind that is on (1: values, 2: ranges), in the form of one row each."""
    if panel.get("mappingType") == 2:
        given = mappings(panel.get("rangeMaps"))
        return [
            {"type": 2, "from": one.get("from"), "to": one.get("to"), "text": one.get("text")}
            for one in given
            if one.get("from") != "null"
        ]
    return [
        {"type": 1, "value": one.get("value"), "text": one.get("text")}
        for one in mappings(panel.get("valueMaps"))
    ]


# Tables ---------------------------------------------------------------------------------------------------------------

_ALL = {"/.*/", ".*"}
_MODES = {"cell": "color-background", "row": "color-background", "value": "color-text"}


def table(panel: Mapping[str, Any]) -> Panel:
    """Return a table whose columns have styles as one with overrides."""
    defaults: Panel = {"custom": {}}
    overrides = []
    for style in reversed(
        mappings(panel.get("styles"))
    ):  # the first that fits counted, the last override does
        rows = _properties(style)
        pattern = str(style.get("pattern") or "")
        if pattern in _ALL:
            defaults |= {name: value for name, value in rows.items() if not name.startswith("custom.")}
            defaults["custom"] |= {
                name[7:]: value for name, value in rows.items() if name.startswith("custom.")
            }
        elif rows:
            by = "byRegexp" if len(pattern) > 1 and pattern.startswith("/") else "byName"
            overrides.append(
                {
                    "matcher": {"id": by, "options": pattern},
                    "properties": [{"id": name, "value": value} for name, value in rows.items()],
                }
            )
    old = (
        "styles",
        "columns",
        "fontSize",
        "pageSize",
        "scroll",
        "showHeader",
        "sort",
        "transform",
        "hideTimeOverride",
    )
    rest = {name: value for name, value in panel.items() if name not in old}
    options = {"showHeader": bool(panel.get("showHeader", True)), **mapping(panel.get("options"))}
    return {
        **rest,
        "type": "table",
        "fieldConfig": {"defaults": defaults, "overrides": overrides},
        "options": options,
    }


def _properties(style: Mapping[str, Any]) -> Panel:
    kind = style.get("type")
    if kind == "hidden":
        return {"custom.hidden": True}
    rows: Panel = {}
    if style.get("alias"):
        rows["displayName"] = str(style["alias"])
    if style.get("align") in ("left", "center", "right"):
        rows["custom.align"] = style["align"]
    if kind == "date":
        rows["unit"] = f"time: {style.get('dateFormat') or 'YYYY-MM-DD HH:mm:ss'}"
    elif kind == "number" and style.get("unit"):
        rows["unit"] = style["unit"]
        if isinstance(style.get("decimals"), int):
            rows["decimals"] = style["decimals"]
    mode = _MODES.get(str(style.get("colorMode")))
    if mode:
        rows["custom.displayMode"] = mode
        rows["thresholds"] = {
            "mode": "absolute",
            "steps": _steps(style.get("thresholds"), style.get("colors")),
        }
    if style.get("link") and style.get("linkUrl"):
        blank = bool(style.get("linkTargetBlank"))
        title = str(style.get("linkTooltip") or "")
        rows["links"] = [{"title": title, "url": str(style["linkUrl"]), "targetBlank": blank}]
    found = _mappings(style)
    return rows | ({"mappings": found} if found else {})
