"""Pages as a browser without script sees them."""

import json
import re
from typing import Any

import pytest

from tests.pages.steps import lines, panel, token

EVIL = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/dashboards",
        "/dashboards?query=x&tag=a&starred=true",
        "/datasources",
        "/datasources/new",
        "/datasources/new?type=prometheus",
        "/dashboard/import",
        "/profile",
        "/profile/password",
        "/profile/queries",
        "/edit/made-up/annotations",
        "/dashboards/folder/new",
        "/org",
        "/org/users?page=1&query=e",
        "/org/apikeys",
        "/edit/made-up",
        "/edit/made-up/settings",
        "/edit/made-up/variables",
        "/edit/made-up/links",
        "/edit/made-up/json",
        "/swagger-ui",
    ],
)
def test_pages_answer_with_one_heading_and_no_inline_script(client: Any, path: str) -> None:
    reply = client.as_orgadmin().get(path)
    assert reply.status_code == 200
    assert reply.text.count("<h1") == 1
    assert "&amp;amp;" not in reply.text
    assert not re.search(r"<script(?![^>]*(src=|application/json))", reply.text)
    assert "script-src 'self'" in reply.headers.get("Content-Security-Policy", "script-src 'self'")


def test_refusals_are_pages(client: Any) -> None:
    reply = client.as_viewer().get("/datasources/new")
    assert reply.status_code == 403
    assert "Not allowed" in reply.text
    assert client.as_viewer().get("/d/nope/x").status_code == 404


def test_a_dashboard_answers_before_its_data_and_streams_it_after(
    client: Any, testdata: str, make_dashboard: Any
) -> None:
    make_dashboard(
        panels=[panel(), panel(id=2, type="stat", title="S", gridPos={"x": 12, "y": 0, "w": 6, "h": 4})]
    )
    page = client.as_viewer().get("/d/board/any-slug")
    assert 'data-dashboard-uid="board"' in page.text
    assert re.findall(r'data-panel-id="(\d+)" data-state="(\w+)"', page.text) == [
        ("1", "loading"),
        ("2", "loading"),
    ]
    reply = client.as_viewer().get("/d/board/panels?ids=1,2&w=1000")
    assert reply.content_type == "application/x-ndjson"
    found = {line["panelId"]: line for line in lines(reply)}
    assert {key: line["state"] for key, line in found.items()} == {"1": "done", "2": "done"}
    assert "<svg" in found["1"]["html"]
    assert ">90<" in found["2"]["html"]


def test_without_script_the_panels_stand_in_the_page(client: Any, testdata: str, make_dashboard: Any) -> None:
    make_dashboard(panels=[panel()])
    page = client.as_viewer().get("/d/board/x?inline=1").text
    assert 'data-state="done"' in page
    assert "<caption>Values of the chart</caption>" in page


def test_a_panel_has_its_own_fault(client: Any, testdata: str, make_dashboard: Any) -> None:
    broken = [{"refId": "A", "scenarioId": "server_error_500", "datasource": {"uid": "td"}}]
    make_dashboard(
        panels=[
            panel(),
            panel(id=2, targets=broken),
            panel(id=3, targets=[{"refId": "A", "datasource": {"uid": "gone"}}]),
        ]
    )
    found = {line["panelId"]: line for line in lines(client.as_viewer().get("/d/board/panels?ids=1,2,3"))}
    assert {key: line["state"] for key, line in found.items()} == {"1": "done", "2": "error", "3": "error"}
    assert "Server Error" in found["2"]["html"]
    assert "Data source not found" in found["3"]["html"]


def test_scripts_in_every_name_stay_text(client: Any, testdata: str, make_dashboard: Any) -> None:
    variable = {
        "name": "v",
        "label": EVIL,
        "type": "custom",
        "query": EVIL,
        "current": {"value": EVIL, "text": EVIL},
    }
    evil = panel(
        title=EVIL,
        description=EVIL,
        type="table",
        fieldConfig={"defaults": {"displayName": EVIL}, "overrides": []},
    )
    link = {"type": "link", "title": EVIL, "url": "javascript:alert(1)"}
    make_dashboard(
        title=EVIL,
        tags=[EVIL],
        panels=[evil, panel(id=2, type=EVIL), {"type": "row", "id": 3, "title": EVIL}],
        templating={"list": [variable]},
        links=[link],
    )
    for path in (
        "/d/board/x",
        "/d/board/x?inline=1",
        "/dashboards",
        "/",
        "/edit/board",
        "/edit/board/panel/1",
        "/edit/board/settings",
        "/edit/board/variables",
        "/edit/board/variables/0",
        "/edit/board/links",
        "/edit/board/json",
        "/edit/board/save",
        "/inspect/board?panel=1",
        "/d-solo/board/x?panelId=1",
    ):
        reply = client.as_editor().get(path)
        assert reply.status_code == 200, path
        assert "<script>alert" not in reply.text, path
        assert 'href="javascript' not in reply.text, path
    assert "<script>alert" not in client.as_viewer().get("/d/board/x?editview=dashboard_json").text
    for line in lines(client.as_editor().get("/d/board/panels?ids=1,2")):
        assert "<script>alert" not in line.get("html", "") + line.get("grid", "")


def test_variables_fill_titles_and_repeat_panels(client: Any, testdata: str, make_dashboard: Any) -> None:
    variable = {
        "name": "host",
        "type": "custom",
        "query": "a,b,c",
        "multi": True,
        "includeAll": True,
        "current": {"value": ["a"]},
    }
    make_dashboard(
        panels=[panel(title="on $host", repeat="host", repeatDirection="h")], templating={"list": [variable]}
    )
    page = client.as_viewer().get("/d/board/x?var-host=a&var-host=c").text
    assert re.findall(r'<h2 title="([^"]+)">', page) == ["on a", "on c"]
    assert re.findall(r'data-panel-id="([^"]+)"', page) == ["1", "1-c1"]
    everything = client.as_viewer().get("/d/board/x?var-host=$__all").text
    assert len(re.findall(r"data-panel-id=", everything)) == 3


def test_one_panel_alone_for_embedding(client: Any, testdata: str, make_dashboard: Any) -> None:
    make_dashboard(panels=[panel()])
    page = client.as_viewer().get("/d-solo/board/x?panelId=1&width=400&height=200").text
    assert 'data-state="done"' in page
    assert 'class="rail"' not in page
    assert client.as_viewer().get("/d-solo/board/x?panelId=9").status_code == 404


def test_embedding_is_refused_unless_it_is_allowed(client: Any, make_app: Any) -> None:
    assert client.get("/login").headers["X-Frame-Options"] == "deny"
    open_ = make_app(GF_SECURITY_ALLOW_EMBEDDING="true").test_client().get("/login")
    assert "X-Frame-Options" not in open_.headers
    assert "frame-ancestors *" in open_.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "query",
    [
        "from=yesterday",
        "from=now&to=now-6h",
        "from=99999999999999999999",
        "w=abc",
        "w=nan",
        "from=now-1h&to=now-1h",
    ],
)
def test_bad_ranges_and_widths_are_refused_or_read_as_defaults(
    client: Any, make_dashboard: Any, query: str
) -> None:
    make_dashboard()
    assert client.as_viewer().get(f"/d/board/x?{query}").status_code in (
        {200} if query.startswith("w=") else {400}
    )


def test_a_data_source_is_added_tested_edited_and_deleted(client: Any) -> None:
    browser = client.sign_in("orgadmin")
    its_token = token(browser.get("/datasources/new?type=prometheus").text)
    form = {
        "name": "Prom",
        "url": "",
        "csrf_token": its_token,
        "option-timeInterval": "5s",
        "option-httpMethod": "GET",
        "option-basicAuthPassword": "pw",
    }
    reply = browser.post("/datasources/new?type=prometheus", data={**form, "url": "nonsense"})
    assert reply.status_code == 400
    assert "Enter the address" in reply.text
    reply = browser.post("/datasources/new?type=prometheus", data={**form, "url": "http://127.0.0.1:9"})
    page = browser.get(reply.headers["Location"])
    assert 'data-health="error"' in page.text
    assert "nothing listens on 127.0.0.1:9" in page.text
    (row,) = browser.get("/api/datasources").get_json()
    assert row["jsonData"] == {"httpMethod": "GET", "timeInterval": "5s"}
    browser.put(
        f"/api/datasources/uid/{row['uid']}",
        json={**row, "jsonData": {**row["jsonData"], "custom": {"kept": True}}},
    )
    browser.post(
        f"/datasources/edit/{row['uid']}",
        data={**form, "url": "http://127.0.0.1:9", "option-httpMethod": "POST"},
    )
    after = browser.get(f"/api/datasources/uid/{row['uid']}").get_json()
    assert after["jsonData"] == {"timeInterval": "5s", "custom": {"kept": True}, "httpMethod": "POST"}
    assert after["secureJsonFields"] == {"basicAuthPassword": True}
    assert (
        browser.post(f"/datasources/edit/{row['uid']}/delete", data={"csrf_token": its_token}).status_code
        == 302
    )
    assert browser.get("/api/datasources").get_json() == []


def test_a_dashboard_is_imported_with_its_inputs(client: Any, testdata: str) -> None:
    browser = client.sign_in("editor")
    its_token = token(browser.get("/dashboard/import").text)
    exported = {
        "title": "Exported",
        "uid": "exp",
        "__inputs": [{"name": "DS_T", "label": "Source", "type": "datasource", "pluginId": "testdata"}],
        "panels": [{"id": 1, "type": "stat", "datasource": "${DS_T}"}],
    }
    second = browser.post("/dashboard/import", data={"text": json.dumps(exported), "csrf_token": its_token})
    assert '<option value="td">TestData</option>' in second.text
    assert 'value="Exported"' in second.text
    form = {
        "text": json.dumps(exported),
        "csrf_token": its_token,
        "step": "2",
        "name": "Mine",
        "uid": "exp",
        "folder": "",
        "input-DS_T": "td",
    }
    assert browser.post("/dashboard/import", data=form).headers["Location"] == "/d/exp/mine"
    again = browser.post("/dashboard/import", data=form)
    assert again.status_code == 412
    assert "A dashboard with this UID exists" in again.text
    assert browser.get("/api/dashboards/uid/exp").get_json()["dashboard"]["panels"][0]["datasource"] == "td"
    assert (
        browser.post("/dashboard/import", data={"text": "nope", "csrf_token": its_token}).status_code == 400
    )


def test_stars(client: Any, make_dashboard: Any) -> None:
    make_dashboard()
    browser = client.sign_in("viewer")
    token = re.search(r'data-token="(\w+)"', browser.get("/d/board/x").text)
    assert token
    header = {"X-CSRF-Token": token[1]}
    assert 'aria-pressed="true"' in browser.post("/d/board/star", headers=header).text
    assert browser.get("/api/user/stars").get_json() == ["board"]
    assert 'aria-pressed="false"' in browser.post("/d/board/star", headers=header).text
    assert browser.post("/d/board/star").status_code == 403


def test_samples_are_made_once_where_they_are_asked_for(tmp_path: Any) -> None:
    from app import create_app
    from core import settings as configuration
    from models import db

    environment = {"GF_PATHS_DATA": str(tmp_path), "GF_BELVEDERE_SAMPLE_CONTENT": "true"}
    for _ in range(2):
        app = create_app(configuration.load(environment=environment))
        found = app.test_client().get("/api/search", auth=("admin", "admin")).get_json()
        assert [one["title"] for one in found] == ["Sample: charts and variables", "Sample: overview"]
        drawn = lines(
            app.test_client().get(
                "/d/sample-overview/panels?ids=1,2,3,4,5,6,7,8,9,10,11", auth=("admin", "admin")
            )
        )
        assert {one["state"] for one in drawn} == {"done"}
        with app.app_context():
            db.engine.dispose()


def test_links_take_time_and_variables_along_and_find_dashboards_by_tags(
    client: Any, testdata: str, make_dashboard: Any
) -> None:
    make_dashboard(uid="near", title="Near & far", tags=["ops", "web"])
    make_dashboard(uid="other", title="Other", tags=["web"])
    variable = {
        "name": "host",
        "type": "custom",
        "query": "a b,c",
        "current": {"text": "a b", "value": "a b"},
    }
    links = [
        {"type": "dashboards", "title": "More", "tags": ["ops", "web"], "asDropdown": True, "keepTime": True},
        {"type": "dashboards", "tags": ["web"], "includeVars": True},
        {"type": "link", "title": "Runbook $host", "url": "https://wiki.example/$host?a=1", "keepTime": True},
        {"type": "link", "title": "Evil", "url": " javascript:alert(1)"},
    ]
    in_panel = [{"title": "Logs of $host", "url": "/explore?q=$host", "targetBlank": True}]
    make_dashboard(
        tags=["ops", "web"],
        links=links,
        panels=[panel(links=in_panel)],
        templating={"list": [variable]},
        time={"from": "now-1h", "to": "now"},
    )
    page = client.as_viewer().get("/d/board/x").text
    hrefs = re.findall(r'<a href="([^"]+)"[^>]*>([^<]+?) ?<', page)
    assert ("/d/near/near-far?from=now-1h&amp;to=now", "Near &amp; far") in hrefs
    assert ("/d/other/other?var-host=a%20b", "Other") in hrefs
    assert ("https://wiki.example/a%20b?a=1&amp;from=now-1h&amp;to=now", "Runbook a b") in hrefs
    assert ("/explore?q=a%20b", "Logs of a b") in hrefs
    assert not [one for one in hrefs if "board" in one[0].split("?")[0] and one[1] == "Board"]
    assert "javascript:" not in page


def test_secrets_that_do_not_open_are_a_fault_of_their_panels_alone(
    make_app: Any, client: Any, testdata: str, make_dashboard: Any
) -> None:
    source = {
        "name": "Sealed",
        "uid": "sealed",
        "type": "prometheus",
        "url": "http://127.0.0.1:1",
        "access": "proxy",
        "basicAuth": True,
        "secureJsonData": {"basicAuthPassword": "x"},
    }
    assert client.as_orgadmin().post("/api/datasources", source).status_code == 200
    asks = [{"refId": "A", "expr": "up", "datasource": {"uid": "sealed"}}]
    make_dashboard(panels=[panel(), panel(id=2, targets=asks)])
    other = type(client)(make_app(GF_SECURITY_SECRET_KEY="another key").test_client())
    found = {line["panelId"]: line for line in lines(other.as_viewer().get("/d/board/panels?ids=1,2"))}
    assert {key: line["state"] for key, line in found.items()} == {"1": "done", "2": "error"}
    assert "enter its secrets again" in found["2"]["html"]
    again = {**source, "secureJsonData": {"basicAuthPassword": "y"}}
    assert other.as_orgadmin().put("/api/datasources/uid/sealed", again).status_code == 200


def test_folded_rows_wait_in_a_template(client: Any, testdata: str, make_dashboard: Any) -> None:
    row = {"id": 9, "type": "row", "collapsed": True, "title": "R", "panels": [panel(id=2)]}
    make_dashboard(panels=[panel(), row])
    page = client.as_viewer().get("/d/board/x").text
    outside = re.sub(r"<template>.*?</template>", "", page, flags=re.DOTALL)
    assert 'data-panel-id="2"' in page
    assert 'data-panel-id="2"' not in outside
    inline = client.as_viewer().get("/d/board/x?inline=1").text
    assert inline.count('data-state="done"') == 2
    assert "<template>" not in inline


def test_empty_queries_are_no_fault(client: Any, make_dashboard: Any) -> None:
    source = {"name": "P", "uid": "p", "type": "prometheus", "url": "http://127.0.0.1:1", "access": "proxy"}
    client.as_orgadmin().post("/api/datasources", source)
    make_dashboard(panels=[panel(targets=[{"refId": "A", "expr": " ", "datasource": {"uid": "p"}}])])
    (line,) = lines(client.as_viewer().get("/d/board/panels?ids=1"))
    assert (line["state"], "No data" in line["html"]) == ("done", True)


def test_tags_are_counted_when_their_menu_is_opened(client: Any, make_dashboard: Any) -> None:
    make_dashboard(title="One", uid="one", tags=["a & b", "c"])
    assert "a &amp; b" not in client.as_viewer().get("/dashboards").text.partition("<tbody")[0]
    menu = client.as_viewer().get("/dashboards/tags?query=x&page=3&tag=c").text
    assert 'href="?query=x&amp;tag=c&amp;tag=a+%26+b"' in menu
