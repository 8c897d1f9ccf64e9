"""Playlists: who may change them, and which dashboards they lead to."""

from typing import Any

import pytest

ITEM = {"type": "dashboard_by_tag", "value": "show", "title": "show"}


@pytest.fixture
def uid(client: Any) -> str:
    made = client.as_editor().post("/api/playlists", {"name": "Loop", "interval": "5m", "items": [ITEM]})
    return str(made.get_json()["uid"])


def test_viewers_look_and_change_nothing(client: Any, uid: str) -> None:
    viewer = client.as_viewer()
    assert viewer.get(f"/api/playlists/{uid}").get_json()["items"] == [ITEM]
    assert viewer.post("/api/playlists", {"name": "x", "interval": "1m", "items": []}).status_code == 403
    assert (
        viewer.put(f"/api/playlists/{uid}", {"name": "x", "interval": "1m", "items": []}).status_code == 403
    )
    assert viewer.delete(f"/api/playlists/{uid}").status_code == 403
    assert client.as_stranger().get(f"/api/playlists/{uid}").status_code == 404
    assert viewer.get(f"/api/playlists/{uid}").get_json()["name"] == "Loop"


def test_a_dashboard_that_the_caller_may_not_read_is_left_out(client: Any, uid: str) -> None:
    admin = client.as_orgadmin()
    admin.post("/api/folders", {"title": "Closed", "uid": "closed"})
    admin.post("/api/folders/closed/permissions", {"items": []})
    for title, folder in (("Hidden", "closed"), ("Shown", "")):
        board = {"title": title, "uid": title, "tags": ["show"]}
        admin.post("/api/dashboards/db", {"dashboard": board, "folderUid": folder})

    def titles(caller: Any) -> list[str]:
        return [one["title"] for one in caller.get(f"/api/playlists/{uid}/dashboards").get_json()]

    assert titles(admin) == ["Hidden", "Shown"]
    assert titles(client.as_viewer()) == ["Shown"]


@pytest.mark.parametrize(
    "change",
    [{"interval": "soon"}, {"items": [{"type": "other", "value": "x"}]}, {"name": "x" * 256}, {"name": 7},
     {"items": [{**ITEM, "value": "x" * 256}]}, {"items": "x"}],
)  # fmt: skip
def test_what_is_no_playlist_is_refused_and_changes_nothing(client: Any, uid: str, change: Any) -> None:
    body = {"name": "New", "interval": "1m", "items": [], **change}
    assert client.as_editor().post("/api/playlists", body).status_code == 400
    assert client.as_editor().put(f"/api/playlists/{uid}", body).status_code == 400
    assert [one["name"] for one in client.as_viewer().get("/api/playlists").get_json()] == ["Loop"]
