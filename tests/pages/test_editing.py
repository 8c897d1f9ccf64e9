"""Pages that edit, inspect and give out dashboards."""

import json
import re
from typing import Any

import pytest

from tests.pages.steps import lines, panel, token


def test_addresses_of_grafanas_editors_lead_here(client: Any, make_dashboard: Any) -> None:
    make_dashboard(panels=[panel()])
    for path, target in (
        ("/d/board/x?editPanel=1&from=now-1h", "/edit/board/panel/1?from=now-1h"),
        ("/d/board/x?editview=settings", "/edit/board/settings"),
        ("/d/board/x?editview=templating", "/edit/board/variables"),
        ("/d/board/x?editview=annotations", "/edit/board/annotations"),
        ("/d/board/x?editview=versions", "/edit/board/versions"),
        ("/d/board/x?editview=dashboard_json", "/edit/board/json"),
    ):
        assert client.as_editor().get(path).headers["Location"] == target
        assert client.as_viewer().get(path).status_code == 200
    assert re.fullmatch(r"/edit/[\w-]+", client.as_editor().get("/dashboard/new").headers["Location"])
    assert client.as_viewer().get("/dashboard/new").status_code == 403
    assert 'href="/permissions/dashboards/board"' in client.as_orgadmin().get("/edit/board/settings").text


def test_changes_need_the_forms_token_and_make_sense(client: Any, make_dashboard: Any) -> None:
    make_dashboard(panels=[panel()])
    browser = client.sign_in("editor")
    token = re.search(r'data-token="(\w+)"', browser.get("/edit/board").text)
    assert token
    change = {"changes": [{"do": "set", "path": ["title"], "value": "New"}], "did": "Title"}
    assert browser.post("/edit/board/changes", json=change).status_code == 403
    headers = {"X-CSRF-Token": token[1], "Accept": "application/json"}
    assert browser.post("/edit/board/changes", json=change, headers=headers).json == {"made": None}
    for wrong in (
        {"changes": "all"},
        {},
        {"changes": [1]},
        {"changes": [{"do": "set", "panel": 77, "path": ["x"]}]},
    ):
        reply = browser.post("/edit/board/changes", json=wrong, headers=headers)
        assert (reply.status_code, "message" in reply.json) == (400, True), wrong
    assert "<h1" in browser.get("/edit/board").text
    assert browser.get("/api/dashboards/uid/board").json["dashboard"]["title"] != "New"
    asked = browser.post("/edit/board/changes", json={**change, "show": 1}, headers=headers).json
    assert "Visualization" in asked["options"]
    assert browser.post("/edit/board/undo", headers=headers).json == {"done": True}


def test_a_panel_is_inspected_and_given_out_as_csv(client: Any, testdata: str, make_dashboard: Any) -> None:
    make_dashboard(
        panels=[panel(fieldConfig={"defaults": {"displayName": "=HYPERLINK(1)"}, "overrides": []})]
    )
    text = client.as_viewer().get("/inspect/board?panel=1&from=0&to=10000").text
    assert "csv_metric_values" in text
    rows = client.as_viewer().get("/inspect/board/csv?panel=1&from=0&to=10000")
    assert rows.headers["Content-Disposition"].startswith("attachment")
    assert [line.split(",")[-1] for line in rows.text.splitlines()[1:4]] == ["1", "20", "90"]
    assert client.as_viewer().get("/inspect/board?panel=9").status_code == 404
    assert client.as_stranger().get("/inspect/board?panel=1").status_code == 404


def test_a_dashboard_is_exported_for_others_and_imported_again(
    client: Any, testdata: str, make_dashboard: Any
) -> None:
    own = panel()
    own["targets"][0].pop("datasource")
    make_dashboard(panels=[{**own, "datasource": {"type": "testdata", "uid": "td"}}, {**own, "id": 2}])
    plain = json.loads(client.as_viewer().get("/d/board/x/export").text)
    assert plain == client.as_viewer().get("/api/dashboards/uid/board").json["dashboard"]
    shared = json.loads(client.as_viewer().get("/d/board/x/export?external=1").text)
    (asked,) = shared["__inputs"]
    assert (asked["type"], asked["pluginId"]) == ("datasource", "testdata")
    assert {one["datasource"]["uid"] for one in shared["panels"]} == {"${" + asked["name"] + "}"}
    assert {one["type"] for one in shared["__requires"]} == {"grafana", "panel", "datasource"}
    given = [{"name": asked["name"], "type": "datasource", "pluginId": "testdata", "value": "td"}]
    body = {"dashboard": {**shared, "uid": "again", "title": "Again"}, "inputs": given, "overwrite": True}
    assert client.as_editor().post("/api/dashboards/import", json=body).status_code == 200
    again = client.as_viewer().get("/api/dashboards/uid/again").json["dashboard"]
    assert {one["datasource"]["uid"] for one in again["panels"]} == {"td"}


def test_a_grid_that_variables_change_keeps_who_may_edit_it(
    client: Any, testdata: str, make_dashboard: Any
) -> None:
    variable = {
        "name": "host",
        "type": "query",
        "datasource": {"uid": "td"},
        "query": "*",
        "multi": True,
        "includeAll": True,
        "current": {"value": ["$__all"]},
    }
    make_dashboard(panels=[panel(title="on $host", repeat="host")], templating={"list": [variable]})

    def grids(who: Any, path: str) -> list[str]:
        return [line["grid"] for line in lines(who.get(path)) if "grid" in line]

    (seen,) = grids(client.as_editor(), "/d/board/panels?ids=1")
    assert seen.count("data-edit-panel") == seen.count("data-panel-id") == 3
    (seen,) = grids(client.as_viewer(), "/d/board/panels?ids=1")
    assert (seen.count("data-edit-panel"), seen.count("data-panel-id")) == (0, 3)
    for path in ("/d/board/panels?ids=1&width=500&height=300", "/edit/board/panels?ids=1"):
        assert grids(client.as_editor(), path) == []


def test_a_panel_is_copied_as_it_is_saved_or_as_the_draft_has_it(client: Any, make_dashboard: Any) -> None:
    make_dashboard(panels=[panel(own=1.5)])
    change = {"changes": [{"do": "set", "panel": 1, "path": ["title"], "value": "Draft"}]}
    assert client.as_editor().post("/edit/board/changes", json=change).status_code == 200
    for query, title in (("", "P"), ("&draft=1", "Draft")):
        found = client.as_editor().get(f"/inspect/board/json?panel=1{query}").json
        assert (found["title"], found["own"]) == (title, 1.5)
    assert client.as_viewer().get("/inspect/board/json?panel=1").json["title"] == "P"
    assert client.as_viewer().get("/inspect/board/json?panel=1&draft=1").status_code == 403
    assert client.as_editor().get("/inspect/board/json?panel=2").status_code == 404


@pytest.mark.parametrize("depth", [300, 900])
def test_a_board_nested_too_deeply_is_edited_or_refused(client: Any, make_dashboard: Any, depth: int) -> None:
    deep: Any = {}
    for _ in range(depth):
        deep = {"in": deep}
    make_dashboard(deep=deep, panels=[panel()])
    for path in ("/edit/board", "/edit/board/save", "/d/board/x/export?external=1"):
        assert client.as_editor().get(path).status_code in {200, 400}, path
    change = {"changes": [{"do": "set", "panel": 1, "path": ["title"], "value": "x"}]}
    assert client.as_editor().post("/edit/board/changes", json=change).status_code in {200, 400}


def test_versions_are_compared_and_restored(client: Any, make_dashboard: Any) -> None:
    make_dashboard(panels=[panel()])
    body = {"title": "Board", "uid": "board", "version": 1, "panels": [], "tags": ["<new>"]}
    client.as_editor().post("/api/dashboards/db", {"dashboard": body, "message": "all <gone>"})
    browser = client.sign_in("editor")
    shown = browser.get("/edit/board/versions").text
    assert "all &lt;gone&gt;" in shown
    compared = browser.get("/edit/board/versions?base=1&new=2").text
    assert "<strong>Panel P</strong> · Removed" in compared
    assert "&lt;new&gt;" in compared
    assert browser.get("/edit/board/versions?base=1&new=9").status_code == 404
    assert browser.post("/edit/board/versions", data={"version": "1"}).status_code == 403
    form = {"csrf_token": token(shown), "version": "7"}
    refused = browser.post("/edit/board/versions", data=form)
    assert (refused.status_code, "Dashboard version not found" in refused.text) == (404, True)
    done = browser.post("/edit/board/versions", data={**form, "version": "1"})
    assert done.headers["Location"] == "/d/board/board"
    assert len(browser.get("/api/dashboards/uid/board").json["dashboard"]["panels"]) == 1
    assert client.as_viewer().get("/edit/board/versions").status_code == 403
    assert client.as_stranger().get("/edit/board/versions").status_code in {403, 404}


QUERIES = [
    {
        "name": "Up and down", "datasource": {"uid": "td"}, "enable": True, "iconColor": "semi-dark-green",
        "target": {"refId": "Anno", "scenarioId": "csv_content", "csvContent": "time,text\n1000,went up\n2000,went down"},
    },
    {"name": "By tag", "datasource": "-- Grafana --", "enable": True, "type": "tags", "tags": ["deploy"], "limit": 5},
    {"name": "Gone", "datasource": {"uid": "nowhere"}, "enable": False, "iconColor": "red;position:fixed", "target": {}},
]  # fmt: skip


def test_annotation_queries_are_listed_and_looked_into(
    client: Any, testdata: str, make_dashboard: Any
) -> None:
    make_dashboard(panels=[panel()], annotations={"list": QUERIES})
    editor = client.as_editor()
    editor.post("/api/annotations", {"text": "v2 is out", "tags": ["deploy"], "time": 5000})
    listed = editor.get("/edit/board/annotations").text
    assert "Annotations &amp; Alerts" in listed
    assert re.findall(r"--swatch: ([^\"]+)", listed)[1:] == ["#56A64B", "#00d3ff", "#808080"]
    assert re.findall(r"<td>([\w ]+)</td>", listed) == ["Kept here", "TestData", "Kept here", "not found"]
    rows = editor.get("/edit/board/annotations/0?from=0&to=10000").text
    assert (
        'data-path="[&#34;annotations&#34;, &#34;list&#34;, 0, &#34;target&#34;, &#34;scenarioId&#34;]"'
        in rows
    )
    assert ("went up" in rows, "went down" in rows) == (True, True)
    flat = editor.get("/edit/board/annotations/1?from=0&to=10000").text
    assert 'data-path="[&#34;annotations&#34;, &#34;list&#34;, 1, &#34;tags&#34;]"' in flat
    assert "v2 is out" in flat
    assert "Its data source was not found" in editor.get("/edit/board/annotations/2").text
    assert editor.get("/edit/board/annotations/3").status_code == 404
    assert client.as_viewer().get("/edit/board/annotations").status_code == 403
