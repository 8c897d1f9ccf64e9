"""A dashboard of every schema version is shown as it was meant, and stays as it was stored."""

import re
from typing import Any

import pytest

from tests.pages.steps import lines

pytestmark = pytest.mark.once
T = 1_700_000_000_000
RANGE = f"from={T}&to={T + 300_000}"
LAST = 41  # of the dashboards at hand


def board_of(version: int | None, source: str) -> dict[str, Any]:
    """Return a dashboard as its version wrote one: a chart, a value, a table, a text, a variable, an annotation query."""
    v = version or 0
    reference: Any = source if v < 33 else {"type": "testdata", "uid": source}
    walk = {"refId": "A", "scenarioId": "csv_metric_values", "stringInput": "1,2,4", "alias": "made"}
    rows = {"refId": "A", "scenarioId": "csv_content", "csvContent": "name,size\nx,2048"}
    panels = [
        {**_chart(v), "id": 1, "title": "Chart of $env", "datasource": reference, "targets": [walk]},
        {**_value(v), "id": 2, "title": "Value", "datasource": reference, "targets": [walk]},
        {**_table(v), "id": 3, "title": "Table", "datasource": reference, "targets": [rows]},
        {**_text(v), "id": 4, "title": "Text"},
    ]
    variable = {
        "name": "env",
        "type": "custom",
        "query": "prod,test",
        "current": {"text": "prod", "value": "prod"},
    }
    board: dict[str, Any] = {"title": f"Of version {version}", "uid": "b", "templating": {"list": [variable]}}
    if version is not None:
        board["schemaVersion"] = version
    if v < 6:
        board["pulldowns"] = [{"type": "annotations", "annotations": [{"name": "Deploys", "enable": True}]}]
    else:
        board["annotations"] = {"list": [{"name": "Deploys", "enable": True, "datasource": reference}]}
    if v < 2:
        board["services"] = {"filter": {"time": {"from": "now-2h", "to": "now"}}}
    else:
        board["time"] = {"from": "now-2h", "to": "now"}
    if v < 16:
        if v < 3:
            for one in panels:
                del one["id"]
        board["rows"] = [
            {"title": "A row", "showTitle": True, "panels": [{**one, "span": 6} for one in panels]}
        ]
    else:
        places = [{"x": 12 * (n % 2), "y": 1 + 8 * (n // 2), "w": 12, "h": 8} for n in range(4)]
        head = {
            "id": 9,
            "type": "row",
            "title": "A row",
            "collapsed": False,
            "gridPos": {"x": 0, "y": 0, "w": 24, "h": 1},
            "panels": [],
        }
        board["panels"] = [
            head,
            *({**one, "gridPos": place} for one, place in zip(panels, places, strict=True)),
        ]
    return board


def _chart(v: int) -> dict[str, Any]:
    if v < 2:
        return {"type": "graphite", "legend": True, "y_format": "bytes", "grid": {"min": 0, "max": 50}}
    if v < 13:
        return {
            "type": "graph",
            "legend": {"show": True},
            "y_formats": ["bytes", "short"],
            "grid": {"leftMin": 0, "leftMax": 50},
        }
    if v < 28:
        return {
            "type": "graph",
            "legend": {"show": True},
            "yaxes": [{"format": "bytes", "min": 0, "max": "50", "show": True}],
        }
    return {
        "type": "timeseries",
        "fieldConfig": {"defaults": {"unit": "bytes", "min": 0, "max": 50}, "overrides": []},
    }


def _value(v: int) -> dict[str, Any]:
    if v < 28:
        three = {"thresholds": "0,1,3", "colors": ["green", "orange", "red"]}
        two = {"thresholds": "1,3", "colors": ["green", "orange", "red"]}
        return {
            "type": "singlestat",
            "valueName": "max",
            "format": "percent",
            "colorValue": True,
            **(three if v < 9 else two),
        }
    steps = [{"color": "green", "value": None}, {"color": "orange", "value": 1}, {"color": "red", "value": 3}]
    defaults = {"unit": "percent", "thresholds": {"mode": "absolute", "steps": steps}}
    return {
        "type": "stat",
        "options": {"reduceOptions": {"calcs": ["max"]}},
        "fieldConfig": {"defaults": defaults, "overrides": []},
    }


def _table(v: int) -> dict[str, Any]:
    if v < 24:
        return {
            "type": "table",
            "styles": [{"pattern": "size", "type": "number", "unit": "bytes", "decimals": 0}],
        }
    properties = [{"id": "unit", "value": "bytes"}, {"id": "decimals", "value": 0}]
    override = {"matcher": {"id": "byName", "options": "size"}, "properties": properties}
    return {"type": "table", "fieldConfig": {"defaults": {}, "overrides": [override]}}


def _text(v: int) -> dict[str, Any]:
    if v < 26:
        return {"type": "text", "mode": "markdown", "content": "# Hello $env"}
    return {"type": "text", "options": {"mode": "markdown", "content": "# Hello $env"}}


@pytest.mark.parametrize("version", [None, *range(1, LAST + 1)])
def test_a_dashboard_of_any_version_shows_what_it_was_meant_to(
    client: Any, testdata: str, version: int | None
) -> None:
    sent = board_of(version, testdata)
    assert client.as_editor().post("/api/dashboards/db", {"dashboard": sent}).status_code == 200
    viewer = client.as_viewer()
    page = viewer.get("/d/b").text
    assert re.findall(r'data-raw-from="([^"]+)"', page) == ["now-2h"]
    assert (">A row<" in page, 'name="var-env"' in page, ">Deploys<" in page) == (True, True, True)
    keys = dict(re.findall(r'data-panel-id="(\d+)" data-state="\w+" data-type="(\w+)"', page))
    assert list(keys.values()) == ["timeseries", "stat", "table", "text"]
    drawn = {
        one["panelId"]: one
        for one in lines(viewer.get(f"/d/b/panels?ids={','.join(keys)}&{RANGE}"))
        if "panelId" in one
    }
    chart, value, table, text = (drawn[key]["html"] for key in keys)
    assert {one["state"] for one in drawn.values()} == {"done"}
    assert (">made</button>" in chart, ">50 B</text>" in chart or ">48 B</text>" in chart) == (True, True), (
        chart[:3000]
    )
    assert (">4</span>" in value, "#F2495C" in value) == (True, True)
    assert ">2 KiB</td>" in table
    assert "<h1>Hello prod</h1>" in text
    stored = viewer.get("/api/dashboards/uid/b").get_json()["dashboard"]
    assert {**stored, "id": 0, "version": 0} == {**sent, "id": 0, "version": 0}
