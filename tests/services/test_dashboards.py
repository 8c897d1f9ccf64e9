"""Dashboards through the API: kept as sent, conflicts told apart, organisations apart."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from models import Dashboard, DashboardVersion, db

ODD = '{"title":"Odd","uid":"odd","numbers":[1e3,0.10,1.0,-0,12345678901234567890,1E+2],"unknown":{"z":1,"a":null},"text":"\\u00e9 \\ud83d\\ude00","schemaVersion":36,"panels":[]}'


def test_a_dashboard_returns_exactly_as_it_was_sent(client: Any) -> None:
    reply = client.as_editor().post(
        "/api/dashboards/db", data='{"dashboard": ' + ODD + "}", content_type="application/json"
    )
    number = reply.get_json()["id"]
    answer = client.as_viewer().get("/api/dashboards/uid/odd").get_data(as_text=True)
    sent = ODD[:-1] + f',"id":{number},"version":1}}'
    assert answer.endswith('"dashboard":' + sent + "}")


def test_every_save_keeps_a_version(client: Any, app: Any, make_dashboard: Any) -> None:
    make_dashboard()
    for n in (1, 2):
        reply = client.as_editor().post(
            "/api/dashboards/db",
            {"dashboard": {"title": f"Board {n}", "uid": "board", "version": n}, "message": f"change {n}"},
        )
        assert reply.get_json()["version"] == n + 1
    with app.app_context():
        rows = db.session.execute(
            select(
                DashboardVersion.version, DashboardVersion.parent_version, DashboardVersion.message
            ).order_by(DashboardVersion.version)
        ).all()
    assert [tuple(row) for row in rows] == [(1, 0, ""), (2, 1, "change 1"), (3, 2, "change 2")]


def test_no_more_versions_are_kept_than_asked(make_app: Any) -> None:
    app = make_app(GF_DASHBOARDS_VERSIONS_TO_KEEP="3")
    browser = app.test_client()
    for n in range(6):
        assert (
            browser.post(
                "/api/dashboards/db",
                json={"dashboard": {"title": "B", "uid": "b", "n": n}, "overwrite": True},
                auth=("editor", "secret"),
            ).status_code
            == 200
        )
    with app.app_context():
        assert list(
            db.session.scalars(select(DashboardVersion.version).order_by(DashboardVersion.version))
        ) == [4, 5, 6]
    make_app()  # sets the default again


def test_two_people_saving_at_once_lose_nothing(app: Any, client: Any, make_dashboard: Any) -> None:
    make_dashboard()

    def save(n: int) -> int:
        body = {"dashboard": {"title": "Board", "uid": "board", "version": 1, "by": n}}
        return app.test_client().post("/api/dashboards/db", json=body, auth=("editor", "secret")).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(save, range(8)))
    assert statuses == [200] + [412] * 7
    assert client.as_viewer().get("/api/dashboards/uid/board").get_json()["dashboard"]["version"] == 2


def test_many_writers_of_different_dashboards(app: Any) -> None:
    def save(n: int) -> int:
        return (
            app.test_client()
            .post(
                "/api/dashboards/db",
                json={"dashboard": {"title": f"Board {n}", "uid": f"b{n}"}},
                auth=("editor", "secret"),
            )
            .status_code
        )

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(save, range(24))) == {200}
    with app.app_context():
        assert len(db.session.scalars(select(Dashboard.uid)).all()) == 24


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({}, 400, "bad request data"),
        ({"dashboard": []}, 400, "bad request data"),
        ({"dashboard": {"title": ""}}, 400, "Dashboard title cannot be empty"),
        ({"dashboard": {"title": 5}}, 400, "Dashboard title cannot be empty"),
        ({"dashboard": {"title": "x" * 190}}, 400, "cannot be longer"),
        ({"dashboard": {"title": "x", "uid": "a b"}}, 400, "illegal characters"),
        ({"dashboard": {"title": "x", "uid": "u" * 41}}, 400, "uid too long"),
        ({"dashboard": {"title": "x"}, "folderId": "1"}, 400, "bad request data"),
        ({"dashboard": {"title": "x"}, "folderUid": "nope"}, 400, "folder not found"),
        ({"dashboard": {"title": "x", "id": 999}}, 404, "Dashboard not found"),
    ],
)
def test_bad_saves_are_refused_in_words_and_change_nothing(
    client: Any, body: Any, status: int, words: str
) -> None:
    reply = client.as_editor().post("/api/dashboards/db", body)
    assert reply.status_code == status
    assert words in reply.get_json()["message"]
    assert client.as_editor().get("/api/search").get_json() == []


def test_a_dashboard_of_another_org_is_not_found(
    client: Any, make_dashboard: Any, count_queries: Any
) -> None:
    theirs = make_dashboard(org="other", title="Theirs", uid="theirs")
    make_dashboard(title="Ours", uid="ours")
    client.as_viewer().get("/api/org")  # what roles allow is read once
    with count_queries(at_most=4):
        assert client.as_viewer().get("/api/dashboards/uid/theirs").status_code == 404
    editor = client.as_editor()
    assert editor.delete("/api/dashboards/uid/theirs").status_code == 404
    assert (
        editor.post("/api/dashboards/db", {"dashboard": {"id": theirs["id"], "title": "Mine"}}).status_code
        == 404
    )
    assert editor.post(f"/api/user/stars/dashboard/{theirs['id']}").status_code == 404
    assert editor.get(f"/api/dashboards/ids/{theirs['id']}").get_json() == []
    assert client.as_viewer().get("/d/theirs/x").status_code == 404
    assert client.as_viewer().get("/api/search?query=Theirs").get_json() == []
    header = {"X-Grafana-Org-Id": "2"}
    assert client.as_viewer().get("/api/dashboards/uid/theirs", headers=header).status_code == 403
    assert client.as_stranger().get("/api/dashboards/uid/theirs").status_code == 200


def test_search_costs_one_query_however_many_it_finds(
    client: Any, make_dashboard: Any, count_queries: Any
) -> None:
    for n in range(20):
        make_dashboard(title=f"Board {n}", uid=f"b{n}", tags=["x", "y"])
    client.as_viewer().get("/api/org")  # what roles allow is read once
    with count_queries(at_most=4):  # who asks (2), the page, its stars
        hits = client.as_viewer().get("/api/search?limit=15").get_json()
    assert len(hits) == 15
    assert hits[0]["tags"] == ["x", "y"]


def test_files_are_read_from_one_folder_and_nothing_above_it(make_app: Any, tmp_path: Any) -> None:
    folder = tmp_path / "boards"
    folder.mkdir()
    (folder / "a.json").write_text('{"title":"From a file"}')
    (tmp_path / "secret.json").write_text('{"title":"Secret"}')
    browser = make_app(GF_BELVEDERE_DASHBOARD_FILES=str(folder)).test_client()
    auth = ("viewer", "secret")
    for path in ("/api/dashboards/file/a.json", "/file/a.json", "/api/dashboards/file/a"):
        assert browser.get(path, auth=auth).get_json()["dashboard"] == {"title": "From a file"}
    for path in (
        "/file/../secret.json",
        "/file/..%2fsecret.json",
        "/file//etc/passwd",
        "/file/nope.json",
        f"/file/{tmp_path}/secret.json",
    ):
        assert browser.get(path, auth=auth).status_code == 404, path


def test_import_fills_its_inputs(client: Any) -> None:
    exported = {
        "title": "I",
        "__inputs": [{"name": "DS", "type": "datasource"}],
        "__requires": [],
        "panels": [{"datasource": "${DS}"}],
    }
    refused = client.as_editor().post("/api/dashboards/import", {"dashboard": exported, "inputs": []})
    assert (refused.status_code, refused.get_json()["message"]) == (400, "The input DS needs a value")
    taken = client.as_editor().post(
        "/api/dashboards/import", {"dashboard": exported, "inputs": [{"name": "DS", "value": 'a"b'}]}
    )
    board = client.as_editor().get(f"/api/dashboards/uid/{taken.get_json()['uid']}").get_json()["dashboard"]
    assert board["panels"] == [{"datasource": 'a"b'}]
    assert "__inputs" not in board


def test_a_dashboard_of_a_plugin_is_changed_only_by_who_overwrites(client: Any) -> None:
    editor = client.as_editor()
    board = {"title": "Of a plugin", "uid": "p"}
    made = editor.post(
        "/api/dashboards/import", {"dashboard": board, "pluginId": "an-app", "overwrite": True}
    )
    assert made.get_json()["pluginId"] == "an-app"
    refused = editor.post("/api/dashboards/db", {"dashboard": {**board, "version": 1}})
    assert (refused.status_code, refused.get_json()["status"]) == (412, "plugin-dashboard")
    assert refused.get_json()["message"] == "The dashboard belongs to plugin an-app."
    forced = {"dashboard": {**board, "version": 1}, "overwrite": True}
    assert editor.post("/api/dashboards/db", forced).status_code == 200
    free = editor.post("/api/dashboards/db", {"dashboard": {**board, "version": 2}})
    assert free.status_code == 200
