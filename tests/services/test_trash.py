"""The trash: what was deleted comes back with all that was kept with it."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from models import TrashEntry, db
from models.session import transaction
from services import housekeeping

BOARD = {"title": "B", "uid": "b", "tags": ["t"], "odd": 1.50, "panels": [{"id": 1, "type": "text"}]}


def save(caller: Any, **more: Any) -> dict[str, Any]:
    reply = caller.post(
        "/api/dashboards/db", {"dashboard": {**BOARD, **more}, "folderUid": more.get("folder", "")}
    )
    assert reply.status_code == 200, reply.text
    return dict(reply.get_json())


def entries(caller: Any) -> list[dict[str, Any]]:
    return list(caller.get("/api/trash").get_json())


def restore(caller: Any, number: int = 0) -> Any:
    return caller.post(f"/api/trash/{number or entries(caller)[0]['id']}/restore")


def test_a_dashboard_comes_back_with_versions_rights_tags_stars_and_annotations(client: Any) -> None:
    editor = client.as_editor()
    made = save(editor)
    save(editor, version=1, title="B2")
    editor.post(
        f"/api/dashboards/uid/{made['uid']}/permissions", {"items": [{"role": "Editor", "permission": 2}]}
    )
    client.as_orgadmin().post("/api/user/stars/dashboard/uid/b")
    editor.post("/api/annotations", {"text": "note", "dashboardUID": "b", "tags": ["deploy"], "time": 5})
    before = editor.get("/api/dashboards/uid/b").get_json()
    assert client.as_viewer().get("/api/dashboards/uid/b").status_code == 403
    editor.delete("/api/dashboards/uid/b")
    assert editor.get("/api/dashboards/uid/b").status_code == 404
    assert client.as_viewer().get("/api/annotations/tags").get_json()["result"]["tags"] == []
    assert restore(editor).get_json()["uid"] == "b"
    assert editor.get("/api/dashboards/uid/b").get_json() == before
    assert [one["version"] for one in editor.get("/api/dashboards/uid/b/versions").get_json()] == [2, 1]
    assert client.as_viewer().get("/api/dashboards/uid/b").status_code == 403
    assert client.as_orgadmin().get("/api/search?starred=true").get_json()[0]["tags"] == ["t"]
    assert editor.get("/api/annotations?tags=deploy").get_json()[0]["text"] == "note"
    assert entries(editor) == []


def test_a_folder_comes_back_with_what_was_in_it(client: Any) -> None:
    admin = client.as_orgadmin()
    admin.post("/api/folders", {"title": "F", "uid": "f"})
    save(admin, folder="f")
    admin.post(
        "/api/library-elements",
        {"name": "L", "kind": 1, "uid": "l", "folderUid": "f", "model": {"type": "text"}},
    )
    admin.delete("/api/folders/f")
    (entry,) = entries(admin)
    assert (entry["title"], entry["isFolder"], entry["deletedBy"]) == ("F", True, "orgadmin")
    assert admin.get("/api/library-elements/l").status_code == 404
    assert restore(admin).status_code == 200
    assert admin.get("/api/dashboards/uid/b").get_json()["meta"]["folderUid"] == "f"
    assert admin.get("/api/library-elements/l").get_json()["result"]["folderUid"] == "f"


def test_names_and_uids_are_free_at_once_and_a_taken_uid_gives_way(client: Any) -> None:
    editor = client.as_editor()
    save(editor)
    editor.delete("/api/dashboards/uid/b")
    save(editor)
    assert restore(editor).status_code == 412
    save(editor, title="Other", version=1)
    back = restore(editor).get_json()
    assert back["uid"] != "b"
    shown = editor.get(f"/api/dashboards/uid/{back['uid']}").get_json()["dashboard"]
    assert (shown["title"], shown["uid"], shown["id"]) == ("B", back["uid"], back["id"])
    assert editor.get("/api/dashboards/uid/b").get_json()["dashboard"]["title"] == "Other"


def test_what_was_in_a_folder_that_is_gone_comes_back_in_general(client: Any) -> None:
    admin = client.as_orgadmin()
    admin.post("/api/folders", {"title": "F", "uid": "f"})
    save(admin, folder="f")
    admin.delete("/api/dashboards/uid/b")
    admin.delete("/api/folders/f")
    number = next(one["id"] for one in entries(admin) if not one["isFolder"])
    assert restore(admin, number).status_code == 200
    assert admin.get("/api/dashboards/uid/b").get_json()["meta"]["folderId"] == 0


def test_others_see_nothing_of_it(client: Any) -> None:
    save(client.as_editor())
    client.as_editor().delete("/api/dashboards/uid/b")
    number = entries(client.as_orgadmin())[0]["id"]
    for caller in (client.as_viewer(), client.as_stranger()):
        assert entries(caller) == []
        assert restore(caller, number).status_code == 404
        assert caller.delete(f"/api/trash/{number}").status_code == 404
    assert client.get("/api/trash").status_code == 401


def test_an_entry_is_deleted_for_good(client: Any) -> None:
    save(client.as_editor())
    client.as_editor().delete("/api/dashboards/uid/b")
    number = entries(client.as_editor())[0]["id"]
    assert client.as_editor().delete(f"/api/trash/{number}").status_code == 200
    assert restore(client.as_editor(), number).status_code == 404


def test_after_its_days_it_is_gone(client: Any, app: Any) -> None:
    save(client.as_editor())
    client.as_editor().delete("/api/dashboards/uid/b")
    with app.app_context():
        with transaction():
            db.session.query(TrashEntry).update({"deleted": clock.now() - timedelta(days=31)})
        assert entries(client.as_editor()) == []
        housekeeping.clear(app.config["SETTINGS"])
        assert db.session.query(TrashEntry).count() == 0


def test_nothing_is_kept_where_the_setting_says_so(make_app: Any) -> None:
    caller, auth = make_app(GF_BELVEDERE_TRASH_DAYS="0").test_client(), ("editor", "secret")
    caller.post("/api/dashboards/db", json={"dashboard": BOARD}, auth=auth)
    caller.delete("/api/dashboards/uid/b", auth=auth)
    assert caller.get("/api/trash", auth=auth).get_json() == []


@pytest.mark.parametrize("gone", ["person", "team"])
def test_rights_of_who_has_gone_since_stay_away(client: Any, gone: str) -> None:
    admin = client.as_orgadmin()
    save(admin)
    team = admin.post("/api/teams", {"name": "T"}).get_json()["teamId"]
    person = client.as_admin().post("/api/admin/users", {"login": "x", "password": "secret"}).get_json()["id"]
    items = [{"teamId": team, "permission": 1}] if gone == "team" else [{"userId": person, "permission": 1}]
    assert admin.post("/api/dashboards/uid/b/permissions", {"items": items}).status_code == 200
    admin.delete("/api/dashboards/uid/b")
    if gone == "team":
        admin.delete(f"/api/teams/{team}")
    else:
        client.as_admin().delete(f"/api/admin/users/{person}")
    assert restore(admin).status_code == 200
    assert admin.get("/api/dashboards/uid/b").status_code == 200
