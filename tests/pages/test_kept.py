"""Pages of what is kept with dashboards, and the boards that whoever has the address may look at."""

import re
from typing import Any

import pytest

from tests.pages.steps import token as token_in

T = 1_700_000_000_000
RANGE = f"from={T}&to={T + 300_000}"


@pytest.fixture
def board(client: Any, testdata: str) -> str:
    """A dashboard with a chart that a variable names, and annotations on it; its uid."""
    target = {"refId": "A", "scenarioId": "csv_metric_values", "stringInput": "1,2,4"}
    chart = {
        "id": 1,
        "type": "timeseries",
        "title": "Of $env",
        "datasource": {"uid": testdata},
        "targets": [target],
    }
    listed = [
        {"name": "env", "type": "custom", "query": "prod,test", "current": {"text": "prod", "value": "prod"}}
    ]
    notes = [
        {
            "name": "Deploys",
            "datasource": {"uid": "-- Grafana --"},
            "enable": False,
            "target": {"type": "tags", "tags": ["deploy"]},
        }
    ]
    body = {
        "uid": "b",
        "title": "Board",
        "panels": [chart],
        "templating": {"list": listed},
        "annotations": {"list": notes},
    }
    assert client.as_editor().post("/api/dashboards/db", {"dashboard": body}).status_code == 200
    for text, more in (
        ("On it", {"dashboardUID": "b"}),
        ("Release", {"tags": ["deploy"]}),
        ("Elsewhere", {"dashboardUID": "b", "panelId": 9}),
    ):
        client.as_editor().post("/api/annotations", {"text": text, "time": T + 60_000, **more})
    return "b"


def marks(html: str) -> list[str]:
    return re.findall(r'data-text="([^"]*)"', html)


def test_a_chart_shows_the_annotations_that_are_for_it_and_switched_on(client: Any, board: str) -> None:
    viewer = client.as_viewer()
    assert marks(viewer.get(f"/d/b/b?inline=1&{RANGE}").text) == ["On it"]
    switched = viewer.get(f"/d/b/b?inline=1&{RANGE}&annotations=Deploys").text
    assert sorted(marks(switched)) == ["On it", "Release"]
    assert 'aria-checked="true"' in switched
    assert marks(viewer.get(f"/d/b/b?inline=1&from={T + 120_000}&to={T + 300_000}").text) == []


def _snapshot(client: Any, board: str, query: str) -> str:
    browser = client.sign_in("editor")
    token = token_in(browser.get("/profile").text)
    reply = browser.post(
        f"/d/{board}/snapshot?{query}", data={"csrf_token": token, "name": "Frozen", "expires": "3600"}
    )
    assert reply.status_code == 302, reply.text
    browser.get("/logout")
    return str(reply.location.partition("made=")[2])


def test_a_snapshot_shows_its_data_to_anybody_and_asks_nothing(client: Any, board: str) -> None:
    key = _snapshot(client, board, f"{RANGE}&var-env=test")
    client.as_admin().delete("/api/dashboards/uid/b")
    kept = client.get(f"/api/snapshots/{key}").get_json()["dashboard"]
    assert not {"targets", "datasource"} & set(kept["panels"][0])
    shown = client.get(f"/dashboard/snapshot/{key}?inline=1").text
    assert "Of test" in shown
    assert marks(shown) == ["On it"]
    assert "<td>4</td>" in shown
    assert "data-inspect" not in shown
    assert client.get(f"/dashboard/snapshot/{key}/panels?ids=1").status_code == 200
    assert client.get("/dashboard/snapshot/none").status_code == 404


def test_a_public_dashboard_lets_visitors_choose_what_is_allowed(client: Any, board: str) -> None:
    admin = client.as_orgadmin()
    path = f"/api/dashboards/uid/{board}/public-dashboards"
    made = admin.post(path, {"isEnabled": True, "annotationsEnabled": False}).get_json()
    address = f"/public-dashboards/{made['accessToken']}?inline=1&{RANGE}&var-env=test"
    closed = client.get(address).text
    assert "Of prod" in closed
    assert "range-from" not in closed
    assert marks(closed) == []
    settings = {
        "isEnabled": True,
        "annotationsEnabled": True,
        "timeSelectionEnabled": True,
        "variables": ["env"],
    }
    admin.put(f"{path}/{made['uid']}", settings)
    opened = client.get(address).text
    assert "Of test" in opened
    assert "range-from" in opened
    assert marks(opened) == ["On it"]
    injected = address.replace("var-env=test", "var-env=%22%7D%20or%20up")
    assert client.get(injected).status_code == 400
    assert client.get(injected.replace("?", "/panels?ids=1&")).status_code == 400
    assert client.get("/public-dashboards/" + "0" * 32).status_code == 404
    assert client.get("/public-dashboards/none").status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/playlists",
        "/dashboard/snapshots",
        "/library-panels",
        "/dashboard/public",
        "/dashboard/trash",
        "/profile/queries",
    ],
)
def test_lists_open_for_everybody_of_the_organization_and_for_nobody_else(
    client: Any, board: str, path: str
) -> None:
    for caller in (client.as_viewer(), client.as_editor(), client.as_orgadmin()):
        assert 'class="empty"' in caller.get(path).text
    assert client.get(path).status_code == 302


def test_a_playlist_is_made_changed_played_and_deleted(client: Any, board: str) -> None:
    browser = client.sign_in("editor")
    token = token_in(browser.get("/profile").text)
    wanted = {"csrf_token": token, "name": "Wall", "interval": "5s", "dashboards": ["b"], "tags": ""}
    assert "Give the playlist a name" in browser.post("/playlists/new", data={**wanted, "name": ""}).text
    assert "no duration" in browser.post("/playlists/new", data={**wanted, "interval": "soon"}).text
    assert browser.post("/playlists/new", data=wanted).status_code == 302
    (made,) = client.as_viewer().get("/api/playlists").get_json()
    assert '<option selected value="b">' in browser.get(f"/playlists/edit/{made['uid']}").text
    first = browser.get(f"/playlists/play/{made['uid']}?var-env=test").location
    assert first == f"/d/b/board?var-env=test&playlist={made['uid']}&at=0&kiosk=tv"
    assert 'data-playing="5000"' in browser.get(first).text
    browser.post(
        f"/playlists/edit/{made['uid']}", data={**wanted, "name": "Hall", "dashboards": [], "tags": "none"}
    )
    assert "No dashboard of this playlist" in browser.get(f"/playlists/play/{made['uid']}").text
    assert browser.post(f"/playlists/{made['uid']}/delete", data={"csrf_token": token}).status_code == 302
    assert client.as_viewer().get("/api/playlists").get_json() == []


def test_a_library_panel_is_saved_where_nobody_else_did(client: Any) -> None:
    client.as_editor().post(
        "/api/library-elements", {"name": "L", "kind": 1, "uid": "l", "model": {"type": "text"}}
    )
    browser = client.sign_in("editor")
    sent = {
        "csrf_token": token_in(browser.get("/profile").text),
        "name": "M",
        "version": "1",
        "model": '{"type": "stat"}',
    }
    assert "no JSON" in browser.post("/library-panels/l", data={**sent, "model": "{"}).text
    assert browser.post("/library-panels/l", data=sent).status_code == 302
    assert browser.post("/library-panels/l", data=sent).status_code == 412
    assert client.as_viewer().get("/api/library-elements/l").get_json()["result"]["type"] == "stat"
    assert "readonly" in client.as_viewer().get("/library-panels/l").text
    assert browser.post("/library-panels/l/delete", data=sent).status_code == 302
    assert client.as_viewer().get("/library-panels/l").status_code == 404


def test_a_dashboard_is_brought_back_from_the_trash(client: Any, board: str) -> None:
    browser = client.sign_in("editor")
    token = token_in(browser.get("/profile").text)
    browser.post("/d/b/delete", data={"csrf_token": token})
    shown = browser.get("/dashboard/trash").text
    number = re.search(r"/dashboard/trash/(\d+)/restore", shown)
    assert number
    back = browser.post(f"/dashboard/trash/{number[1]}/restore", data={"csrf_token": token})
    assert "Board</a> is back" in browser.get(back.location).text
    assert browser.get("/d/b/b").status_code == 200


def test_sharing_publicly_is_a_form_for_admins(client: Any, board: str) -> None:
    assert client.as_editor().get("/dashboard/public/b").status_code == 403
    browser = client.sign_in("orgadmin")
    token = token_in(browser.get("/profile").text)
    sent = {"csrf_token": token, "enabled": "y", "variables": ["env"]}
    assert browser.post("/dashboard/public/b", data=sent).status_code == 302
    shown = browser.get("/dashboard/public/b").text
    address = re.search(r"/public-dashboards/[0-9a-f]{32}", shown)
    assert address
    assert client.get(address[0]).status_code == 200
    assert browser.post("/dashboard/public/b/withdraw", data={"csrf_token": token}).status_code == 302
    assert client.get(address[0]).status_code == 404


def test_the_history_of_queries_is_ones_own(client: Any, testdata: str) -> None:
    asked = {"datasourceUid": testdata, "queries": [{"refId": "A", "expr": "up == 0"}]}
    made = client.as_editor().post("/api/query-history", asked).get_json()["result"]["uid"]
    browser = client.sign_in("editor")
    page = browser.get("/profile/queries").text
    assert ("up == 0" in page, "TestData" in page) == (True, True)
    form = {"csrf_token": token_in(page)}
    path = f"/profile/queries/{made}"
    for rest, more, done in (
        ("/star", {"starred": "1"}, ""), ("/comment", {"comment": "which are down"}, "?done=saved"),
    ):  # fmt: skip
        reply = browser.post(path + rest, data={**form, **more})
        assert reply.headers["Location"] == "/profile/queries" + done
    starred = browser.get("/profile/queries?starred=true&query=DOWN").text
    assert 'value="which are down"' in starred
    assert "No query fits" in browser.get("/profile/queries?query=nothing").text
    client.sign_in("viewer")
    assert "up == 0" not in client.inner.get("/profile/queries").text
    other = {"csrf_token": token_in(client.inner.get("/profile").text)}
    assert client.inner.post(path + "/delete", data=other).status_code == 404
    browser = client.sign_in("editor")
    form = {"csrf_token": token_in(browser.get("/profile").text)}
    assert browser.post(path + "/delete", data=form).headers["Location"] == "/profile/queries?done=deleted"
    assert "up == 0" not in browser.get("/profile/queries").text
