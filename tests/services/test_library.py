"""Library elements: shown in dashboards as they are now, kept while they are shown, and read by who may read the folder."""

from typing import Any

import pytest

PATH = "/api/library-elements"
MODEL = {"type": "text", "title": "T", "options": {"content": "one"}, "odd": 1.5}


@pytest.fixture
def uid(client: Any) -> str:
    """A panel that a dashboard shows beside one that has gone."""
    admin = client.as_orgadmin()
    admin.post(PATH, {"name": "L", "kind": 1, "uid": "l", "model": MODEL})
    place = {"x": 1, "y": 2, "w": 3, "h": 4}
    panels = [
        {
            "id": 7,
            "gridPos": place,
            "libraryPanel": {"uid": "l", "name": "L"},
            "type": "text",
            "title": "stale",
        },
        {"id": 8, "gridPos": place, "libraryPanel": {"uid": "gone"}, "title": "as saved"},
    ]
    row = {"type": "row", "id": 9, "panels": [{**panels[0], "id": 10}]}
    board = {"title": "B", "uid": "b", "panels": [*panels, row]}
    assert admin.post("/api/dashboards/db", {"dashboard": board}).status_code == 200
    return "l"


def panels(client: Any) -> list[dict[str, Any]]:
    return list(client.as_viewer().get("/api/dashboards/uid/b").get_json()["dashboard"]["panels"])


def test_a_dashboard_shows_the_newest_model_in_the_panels_own_place(client: Any, uid: str) -> None:
    newer = {**MODEL, "options": {"content": "two"}}
    client.as_editor().patch(f"{PATH}/{uid}", {"kind": 1, "version": 1, "model": newer})
    first, gone, row = panels(client)
    assert (first["id"], first["gridPos"]["w"], first["title"], first["odd"]) == (7, 3, "T", 1.5)
    assert (first["options"]["content"], first["libraryPanel"]["version"]) == ("two", 2)
    assert (gone["title"], gone["libraryPanel"]) == ("as saved", {"uid": "gone"})
    assert (row["panels"][0]["id"], row["panels"][0]["options"]["content"]) == (10, "two")
    assert ">two<" in client.as_viewer().get("/d/b/b?inline=1").text


def test_what_is_shown_cannot_be_deleted_and_says_where(client: Any, uid: str) -> None:
    (where,) = client.as_viewer().get(f"{PATH}/{uid}/connections").get_json()["result"]
    assert where["connectionUid"] == "b"
    assert client.as_editor().delete(f"{PATH}/{uid}").status_code == 403
    assert client.as_viewer().get(f"{PATH}/{uid}").get_json()["result"]["meta"]["connectedDashboards"] == 1
    client.as_orgadmin().post(
        "/api/dashboards/db", {"dashboard": {"title": "B", "uid": "b", "version": 1, "panels": []}}
    )
    assert client.as_editor().delete(f"{PATH}/{uid}").status_code == 200


def test_a_folder_whose_panels_are_shown_elsewhere_stays(client: Any, uid: str) -> None:
    admin = client.as_orgadmin()
    admin.post("/api/folders", {"title": "F", "uid": "f"})
    assert admin.patch(f"{PATH}/{uid}", {"kind": 1, "version": 1, "folderUid": "f"}).status_code == 200
    reply = admin.delete("/api/folders/f")
    assert (reply.status_code, reply.get_json()["message"]) == (
        403,
        "folder contains library elements in use",
    )
    assert admin.get("/api/folders/f").status_code == 200


def test_who_may_not_read_the_folder_does_not_see_it(client: Any) -> None:
    admin = client.as_orgadmin()
    admin.post("/api/folders", {"title": "F", "uid": "f"})
    admin.post("/api/folders/f/permissions", {"items": []})
    admin.post(PATH, {"name": "L", "kind": 1, "uid": "l", "folderUid": "f", "model": MODEL})
    for caller in (client.as_viewer(), client.as_stranger()):
        assert caller.get(f"{PATH}/l").status_code == 404
        assert caller.get(PATH).get_json()["result"]["elements"] == []
        assert caller.get(f"{PATH}/name/L").status_code == 404
    assert client.as_editor().delete(f"{PATH}/l").status_code == 404


def test_viewers_change_nothing(client: Any, uid: str) -> None:
    viewer = client.as_viewer()
    assert viewer.post(PATH, {"name": "X", "kind": 1, "model": {}}).status_code == 403
    assert viewer.patch(f"{PATH}/{uid}", {"kind": 1, "version": 1, "name": "X"}).status_code == 403
    assert viewer.delete(f"{PATH}/{uid}").status_code == 403


@pytest.mark.parametrize(
    "body",
    [{"name": "x" * 151}, {"uid": "a b"}, {"uid": "x" * 41}, {"name": 7}, {"model": []}, {"folderUid": "none"},
     {"model": {"type": "x" * 41}}, {"name": "L"}],
)  # fmt: skip
def test_what_is_no_element_is_refused(client: Any, uid: str, body: Any) -> None:
    reply = client.as_editor().post(PATH, {"name": "N", "kind": 1, "model": MODEL, **body})
    assert reply.status_code == 400
    assert len(client.as_viewer().get(PATH).get_json()["result"]["elements"]) == 1
