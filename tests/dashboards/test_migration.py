"""Older forms of dashboards and panels, brought to today's."""

from typing import Any

import pytest

from core.frames import Field, Frame, Kind
from core.timerange import TimeRange
from dashboards.layout import sections
from dashboards.migration import modern
from panels import registry
from panels.base import PanelData, Size
from panels.upgrade import upgraded


def panel_of(version: int | None, **panel: Any) -> dict[str, Any]:
    board = {"schemaVersion": version, "panels": [{"id": 1, **panel}]}
    return dict(modern(board)["panels"][0])


def test_what_stood_elsewhere_is_found() -> None:
    old = {
        "services": {
            "filter": {"time": {"from": "now-2h", "to": "now"}, "list": [{"name": "a", "type": "filter"}]}
        },
        "pulldowns": [{"type": "annotations", "annotations": [{"name": "deploys"}]}],
        "nav": [{"refresh_intervals": ["5s"]}],
        "sharedCrosshair": True,
        "refresh": False,
        "rows": [],
    }
    found = modern(old)
    assert found["time"] == {"from": "now-2h", "to": "now"}
    assert found["templating"]["list"][0] == {"name": "a", "type": "query", "refresh": 1}
    assert found["annotations"] == {"list": [{"name": "deploys"}]}
    assert found["timepicker"] == {"refresh_intervals": ["5s"]}
    assert (found["graphTooltip"], found["refresh"]) == (1, "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            {"type": "query", "refresh": True, "hideVariable": True},
            {"type": "query", "refresh": 1, "hide": 2},
        ),
        ({"type": "query", "refresh": 0, "hideLabel": True}, {"type": "query", "refresh": 1, "hide": 1}),
        ({"type": "query", "refresh": 2}, {"type": "query", "refresh": 2}),
        ({"type": "constant", "hide": 0, "query": "x"}, {"type": "textbox", "hide": 0}),
        ({"type": "constant", "hide": 2, "query": "x"}, {"type": "constant", "hide": 2}),
        ({"query": "a"}, {"type": "query"}),
    ],
)
def test_variables(old: dict[str, Any], new: dict[str, Any]) -> None:
    (found,) = modern({"templating": {"list": [{"name": "v", **old}]}, "panels": []})["templating"]["list"]
    assert {name: found.get(name) for name in new} == new


def test_copies_of_repeats_are_made_anew() -> None:
    panels = [
        {"id": 1, "repeat": "host"},
        {"id": 2, "repeatPanelId": 1, "repeatIteration": 5},
        {"id": 3, "repeat": "host", "repeatedByRow": True, "repeatPanelId": 1},
        {"id": 4, "type": "row", "panels": [{"id": 5, "repeatPanelId": 9}, {"id": 6}]},
    ]
    found = modern({"panels": panels})["panels"]
    assert [one["id"] for one in found] == [1, 4]
    assert [one["id"] for one in found[1]["panels"]] == [6]


def test_links_and_widths_of_panels() -> None:
    links = [
        {"dashboard": "Node Overview!", "keepTime": True, "includeVars": True, "params": "x=1", "title": "T"},
        {"dashUri": "db/node", "targetBlank": True},
        {"url": "/d/x?y=${__series_name}&at=$__value_time"},
    ]
    found = panel_of(18, type="text", links=links, minSpan=6)
    assert [one["url"] for one in found["links"]] == [
        "dashboard/db/node-overview?$__url_time_range&$__all_variables&x=1",
        "dashboard/db/node",
        "/d/x?y=${__series.name}&at=${__value.time}",
    ]
    assert (found["links"][1]["targetBlank"], found["maxPerRow"]) == (True, 4)


@pytest.mark.parametrize(("version", "steps"), [(8, [None, 10, 20]), (9, [None, 5, 10]), (28, [None, 5, 10])])
def test_the_first_of_three_thresholds_meant_nothing_once(version: int, steps: list[Any]) -> None:
    colors = ["green", "orange", "red"]
    shown = upgraded(panel_of(version, type="singlestat", thresholds="5,10,20", colors=colors))
    given = shown["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [(one["color"], one["value"]) for one in given] == list(zip(colors, steps, strict=True))


def test_a_singlestat_is_a_stat_or_a_gauge() -> None:
    common = {
        "type": "singlestat",
        "format": "bytes",
        "valueName": "current",
        "decimals": 1,
        "nullText": "none",
    }
    value = upgraded({**common, "colorBackground": True, "sparkline": {"show": True}, "tableColumn": "a.b"})
    assert value["type"] == "stat"
    assert value["options"]["reduceOptions"] == {
        "calcs": ["lastNotNull"],
        "values": False,
        "fields": "/^a\\.b$/",
    }
    assert (value["options"]["colorMode"], value["options"]["graphMode"]) == ("background", "area")
    defaults = value["fieldConfig"]["defaults"]
    assert (defaults["unit"], defaults["decimals"], defaults["noValue"]) == ("bytes", 1, "none")
    dial = {"show": True, "minValue": 1, "maxValue": 9, "thresholdMarkers": True}
    maps = {"mappingType": 2, "rangeMaps": [{"from": "1", "to": "2", "text": "low"}]}
    gauge = upgraded({**common, "gauge": dial, **maps})
    assert (gauge["type"], gauge["fieldConfig"]["defaults"]["max"]) == ("gauge", 9)
    assert gauge["options"]["showThresholdMarkers"] is True
    (mapped,) = gauge["fieldConfig"]["defaults"]["mappings"]
    assert mapped == {"type": "range", "options": {"from": 1.0, "to": 2.0, "result": {"text": "low"}}}


GRAPH: dict[str, Any] = {
    "type": "graph", "title": "G", "lines": True, "fill": 2, "linewidth": 3, "nullPointMode": "connected", "stack": True, "percentage": True,
    "steppedLine": True, "dashes": True, "dashLength": 4, "spaceLength": 6, "points": True, "pointradius": 2, "decimals": 1,
    "legend": {"show": True, "values": True, "alignAsTable": True, "rightSide": True, "max": True, "avg": True, "sort": "max", "sortDesc": True},
    "tooltip": {"shared": False, "sort": 2},
    "aliasColors": {"a": "#111111"},
    "seriesOverrides": [{"alias": "/b.*/", "yaxis": 2, "lines": False, "points": True, "color": "red", "transform": "negative-Y", "fill": 1}],
    "yaxes": [
        {"format": "bytes", "label": "Size", "min": "0", "max": 10, "logBase": 10, "show": True},
        {"format": "s", "logBase": 1, "show": True},
    ],
    "thresholds": [{"value": 5, "op": "gt", "colorMode": "critical", "fill": True, "line": True}],
}  # fmt: skip


def test_a_graph_is_a_time_series() -> None:
    shown = upgraded(GRAPH)
    defaults = shown["fieldConfig"]["defaults"]
    custom = defaults["custom"]
    assert (shown["type"], shown["title"]) == ("timeseries", "G")
    assert {name: defaults[name] for name in ("unit", "min", "max", "decimals")} == {
        "unit": "bytes", "min": 0, "max": 10, "decimals": 1,
    }  # fmt: skip
    assert custom["stacking"] == {"mode": "percent", "group": "A"}
    assert custom["lineStyle"] == {"fill": "dash", "dash": [4, 6]}
    assert (custom["lineInterpolation"], custom["spanNulls"], custom["fillOpacity"]) == (
        "stepAfter",
        True,
        20,
    )
    assert (custom["axisLabel"], custom["scaleDistribution"]) == ("Size", {"type": "log", "log": 10})
    assert defaults["thresholds"]["steps"] == [
        {"color": "transparent", "value": None},
        {"color": "red", "value": 5},
    ]
    assert custom["thresholdsStyle"] == {"mode": "line+area"}
    legend = shown["options"]["legend"]
    assert (legend["displayMode"], legend["placement"], legend["calcs"]) == (
        "table",
        "right",
        ["max", "mean"],
    )
    assert (legend["sortBy"], shown["options"]["tooltip"]) == ("Max", {"mode": "single", "sort": "desc"})
    named, right = shown["fieldConfig"]["overrides"]
    assert named["matcher"] == {"id": "byName", "options": "a"}
    set_ = {one["id"]: one["value"] for one in right["properties"]}
    assert right["matcher"] == {"id": "byRegexp", "options": "/b.*/"}
    assert (set_["unit"], set_["custom.axisPlacement"], set_["custom.drawStyle"]) == ("s", "right", "points")
    assert set_["custom.transform"] == "negative-Y"


def test_nulls_of_a_graph_are_zeros_where_it_wants_them_so() -> None:
    frame = Frame([Field("time", Kind.TIME, [0, 60_000, 120_000]), Field("v", Kind.NUMBER, [1.0, None, 3.0])])
    marks = []
    for mode in ("null", "null as zero"):
        panel = upgraded({"type": "graph", "nullPointMode": mode})
        data = PanelData(panel, [frame], Size(600, 300), TimeRange(0, 120_000, "", ""))
        view = registry.kind("timeseries").view(data)
        marks.append(view.lines[0].marks[-1].d)  # type: ignore[attr-defined]  # a chart has lines
    assert (marks[0].count("M"), marks[1].count("M")) == (2, 1)


def test_a_graph_whose_axes_and_thresholds_stood_in_grid() -> None:
    grid = {
        "leftMin": 1,
        "leftMax": 9,
        "leftLogBase": 1,
        "threshold1": 8,
        "threshold1Color": "orange",
        "threshold2": 4,
        "threshold2Color": "red",
    }
    old = panel_of(11, type="graph", grid=grid, y_formats=["ms", "short"], leftYAxisLabel="Took", legend=True)
    defaults = upgraded(old)["fieldConfig"]["defaults"]
    assert (defaults["unit"], defaults["min"], defaults["max"], defaults["custom"]["axisLabel"]) == (
        "ms",
        1,
        9,
        "Took",
    )
    assert [one["value"] for one in defaults["thresholds"]["steps"]] == [
        None,
        4,
        8,
    ]  # falling: what is below is marked
    assert [one["color"] for one in defaults["thresholds"]["steps"]] == ["red", "transparent", "transparent"]


def test_a_table_with_styles_has_overrides() -> None:
    styles = [
        {"pattern": "Time", "type": "date", "dateFormat": "YYYY", "alias": "When"},
        {"pattern": "/secret.*/", "type": "hidden"},
        {"pattern": "size", "type": "number", "unit": "bytes", "decimals": 0, "colorMode": "cell", "thresholds": ["5"], "colors": ["a", "b"]},
        {"pattern": "/.*/", "type": "number", "unit": "short", "align": "right"},
    ]  # fmt: skip
    shown = upgraded(panel_of(20, type="table", styles=styles, showHeader=False))
    assert (shown["type"], shown["options"]["showHeader"]) == ("table", False)
    assert shown["fieldConfig"]["defaults"]["unit"] == "short"
    by_name = {
        one["matcher"]["options"]: {row["id"]: row["value"] for row in one["properties"]}
        for one in shown["fieldConfig"]["overrides"]
    }
    assert by_name["Time"] == {"displayName": "When", "unit": "time: YYYY"}
    assert by_name["/secret.*/"] == {"custom.hidden": True}
    assert by_name["size"]["custom.displayMode"] == "color-background"
    assert by_name["size"]["thresholds"]["steps"] == [
        {"color": "a", "value": None},
        {"color": "b", "value": 5.0},
    ]


def test_rows_of_spans_fold_and_repeat() -> None:
    rows = [
        {
            "title": "One",
            "height": "100px",
            "panels": [{"id": 1, "span": 6}, {"id": 2, "span": 6}, {"id": 3, "span": 12}],
        },
        {"title": "Two", "collapse": True, "panels": [{"id": 4}]},
        {"title": "Three", "repeat": "host", "panels": [{"id": 5, "height": 380}]},
    ]
    found = sections(modern({"rows": rows}), {"host": [("a", "a"), ("b", "b")]})
    assert [(one.title, one.collapsed, len(one.panels)) for one in found] == [
        ("One", False, 3), ("Two", True, 1), ("Three", False, 1), ("Three", False, 1),
    ]  # fmt: skip
    assert [(one.x, one.y, one.w, one.h) for one in found[0].panels] == [
        (0, 0, 12, 3),
        (12, 0, 12, 3),
        (0, 3, 24, 3),
    ]
    assert found[2].panels[0].h == 10
    plain = sections(modern({"rows": [{"title": "Hidden", "panels": [{"id": 1}]}]}), {})
    assert [(one.title, len(one.panels)) for one in plain] == [("", 1)]
