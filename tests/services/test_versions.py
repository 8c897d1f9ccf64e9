"""Versions of dashboards through the API: read as they were, brought back, held against each other."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from models import DashboardVersion, LibraryVersion, db
from models.session import transaction

FIRST = '{"title":"Board","uid":"board","n":[1e3,0.10],"panels":[{"id":1,"type":"text","title":"<b>"}]}'


@pytest.fixture
def number(client: Any) -> int:
    """A dashboard with three versions; its id."""
    made = client.as_editor().post(
        "/api/dashboards/db", data='{"dashboard": ' + FIRST + "}", content_type="application/json"
    )
    for n in (1, 2):
        body = {"title": f"Board {n}", "uid": "board", "version": n, "panels": []}
        client.as_editor().post("/api/dashboards/db", {"dashboard": body, "message": f"change {n}"})
    return int(made.get_json()["id"])


def test_versions_are_listed_newest_first_by_uid_and_by_id(client: Any, number: int) -> None:
    for path in ("/api/dashboards/uid/board/versions", f"/api/dashboards/id/{number}/versions"):
        rows = client.as_editor().get(path).get_json()
        assert [(one["version"], one["parentVersion"], one["message"]) for one in rows] == [
            (3, 2, "change 2"),
            (2, 1, "change 1"),
            (1, 0, "Initial save"),
        ]
        assert {one["createdBy"] for one in rows} == {"editor"}
        rows = client.as_editor().get(path + "?limit=1&start=1").get_json()
        assert [one["version"] for one in rows] == [2]
        assert client.as_editor().get(path + "?start=9").status_code == 404


def test_a_version_reads_exactly_as_it_was_saved(client: Any, number: int) -> None:
    for path in ("/api/dashboards/uid/board/versions/1", f"/api/dashboards/id/{number}/versions/1"):
        text = client.as_editor().get(path).get_data(as_text=True)
        assert text.endswith(',"data":' + FIRST[:-1] + f',"id":{number},"version":1}}}}')


def test_restoring_adds_a_version_and_keeps_numbers_as_spelled(client: Any, number: int) -> None:
    reply = client.as_editor().post("/api/dashboards/uid/board/restore", {"version": 1})
    assert (reply.status_code, reply.get_json()["version"], reply.get_json()["uid"]) == (200, 4, "board")
    text = client.as_editor().get("/api/dashboards/uid/board").get_data(as_text=True)
    assert '"n":[1e3,0.10]' in text
    newest = client.as_editor().get("/api/dashboards/uid/board/versions?limit=1").get_json()[0]
    assert newest["message"] == "Restored from version 1"
    assert (
        client.as_editor().post(f"/api/dashboards/id/{number}/restore", {"version": 3}).get_json()["version"]
        == 5
    )


def test_restoring_stays_in_the_folder_and_refuses_a_taken_title(client: Any, number: int) -> None:
    client.as_editor().post("/api/folders", {"title": "F", "uid": "f"})
    moved = {"title": "Board 3", "uid": "board", "version": 3}
    client.as_editor().post("/api/dashboards/db", {"dashboard": moved, "folderUid": "f"})
    client.as_editor().post("/api/dashboards/uid/board/restore", {"version": 2})
    meta = client.as_editor().get("/api/dashboards/uid/board").get_json()["meta"]
    assert (meta["folderUid"], meta["version"]) == ("f", 5)
    client.as_editor().post("/api/dashboards/db", {"dashboard": {"title": "Board"}, "folderUid": "f"})
    assert client.as_editor().post("/api/dashboards/uid/board/restore", {"version": 1}).status_code == 412
    assert client.as_editor().get("/api/dashboards/uid/board").get_json()["meta"]["version"] == 5


@pytest.mark.parametrize(
    ("body", "status"), [({}, 400), ({"version": "1"}, 400), ({"version": 44}, 404), ({"version": -1}, 404)]
)
def test_what_cannot_be_restored_changes_nothing(client: Any, number: int, body: Any, status: int) -> None:
    assert client.as_editor().post("/api/dashboards/uid/board/restore", body).status_code == status
    assert client.as_editor().get("/api/dashboards/uid/board").get_json()["meta"]["version"] == 3


def test_versions_are_for_who_may_save(client: Any, number: int) -> None:
    caller = client.as_viewer()
    for path in ("uid/board", f"id/{number}"):
        assert caller.get(f"/api/dashboards/{path}/versions").status_code == 403
        assert caller.get(f"/api/dashboards/{path}/versions/1").status_code == 403
        assert caller.post(f"/api/dashboards/{path}/restore", {"version": 1}).status_code == 403
    stranger = client.as_stranger()
    assert stranger.get(f"/api/dashboards/id/{number}/versions").status_code == 404
    assert stranger.get("/api/dashboards/uid/board/versions").status_code == 400
    assert stranger.post(f"/api/dashboards/id/{number}/restore", {"version": 1}).status_code == 404


def _diff(number: int, kind: str, base: int = 1, new: int = 3) -> dict[str, Any]:
    sides = {name: {"dashboardId": number, "version": n} for name, n in (("base", base), ("new", new))}
    return {**sides, "diffType": kind}


def test_two_versions_are_compared_in_words_and_line_by_line(client: Any, number: int) -> None:
    words = client.as_editor().post("/api/dashboards/calculate-diff", _diff(number, "basic"))
    assert words.content_type == "text/html"
    assert "<strong>Panel &lt;b&gt;</strong> · Removed" in words.text
    assert "<del>Board</del> <ins>Board 2</ins>" in words.text
    by_line = client.as_editor().post("/api/dashboards/calculate-diff", _diff(number, "json")).text
    assert 'diff-removed">-   &#34;title&#34;: &#34;Board&#34;,' in by_line
    assert 'diff-added">+   &#34;title&#34;: &#34;Board 2&#34;,' in by_line
    same = client.as_editor().post("/api/dashboards/calculate-diff", _diff(number, "basic", 1, 1)).text
    assert "Nothing differs" in same


def test_what_may_not_be_read_is_not_compared(client: Any, number: int) -> None:
    path = "/api/dashboards/calculate-diff"
    assert client.as_viewer().post(path, _diff(number, "json")).status_code == 403
    assert client.as_stranger().post(path, _diff(number, "json")).status_code == 404
    assert client.as_editor().post(path, _diff(number, "json", 1, 9)).status_code == 404
    assert client.as_editor().post(path, {"base": 1}).status_code == 400


def _moments(app: Any, number: int) -> None:
    """Put the versions a day apart from each other, the third one now."""
    with app.app_context(), transaction():
        for version, days in ((1, 2), (2, 1)):
            of_board = db.session.query(DashboardVersion).filter_by(dashboard_id=number, version=version)
            of_board.update({"created": clock.now() - timedelta(days=days, minutes=1)})


def test_a_dashboard_is_shown_as_it_was_at_a_time(client: Any, app: Any, number: int) -> None:
    _moments(app, number)
    for moment, title in (
        ("now", "Board 2"),
        ("now-1d", "Board 1"),
        ("now-36h", "Board"),
        ("now-2d", "Board"),
    ):
        reply = client.as_viewer().get(f"/api/dashboards/uid/board?asOf={moment}")
        assert reply.get_json()["dashboard"]["title"] == title
    page = client.as_editor().get("/d/board/x?asOf=now-1d").text
    assert "Version 2, as it was at" in page
    assert 'href="/edit/board"' not in page
    assert client.as_editor().get("/d/board/panels?ids=1&asOf=now-2d").status_code == 200
    assert client.as_viewer().get("/api/dashboards/uid/board?asOf=now-9d").status_code == 404
    assert client.as_viewer().get("/api/dashboards/uid/board?asOf=whenever").status_code == 400
    assert client.as_stranger().get("/api/dashboards/uid/board?asOf=now").status_code == 404


def test_library_panels_come_as_they_were_too(client: Any, app: Any) -> None:
    admin = client.as_orgadmin()
    admin.post(
        "/api/library-elements",
        {"name": "L", "kind": 1, "uid": "l", "model": {"type": "text", "title": "old"}},
    )
    panel = {"id": 1, "gridPos": {}, "libraryPanel": {"uid": "l"}}
    number = admin.post(
        "/api/dashboards/db", {"dashboard": {"uid": "b", "title": "B", "panels": [panel]}}
    ).get_json()["id"]
    _moments(app, number)
    with app.app_context(), transaction():
        db.session.query(LibraryVersion).update({"created": clock.now() - timedelta(days=3)})
    admin.patch(
        "/api/library-elements/l", {"kind": 1, "version": 1, "model": {"type": "text", "title": "new"}}
    )
    for query, title in (("", "new"), ("?asOf=now-1d", "old")):
        shown = client.as_viewer().get(f"/api/dashboards/uid/b{query}").get_json()["dashboard"]
        assert shown["panels"][0]["title"] == title
