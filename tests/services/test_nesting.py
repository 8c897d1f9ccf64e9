"""Folders in folders: made, moved, counted, found, and rights that go down into them."""

from collections.abc import Callable
from typing import Any

import pytest

from services import nesting


@pytest.fixture
def tree(client: Any) -> Callable[[str], Any]:
    """Make a > b > c and x beside them, a dashboard in each, and return how to ask for a folder as an admin."""
    admin = client.as_orgadmin()
    for uid, parent in (("a", ""), ("b", "a"), ("c", "b"), ("x", "")):
        made = admin.post("/api/folders", {"title": uid.upper() + " folder", "uid": uid, "parentUid": parent})
        assert made.status_code == 200, made.text
        board = {"dashboard": {"title": f"in {uid}", "uid": f"in-{uid}"}, "folderUid": uid}
        assert admin.post("/api/dashboards/db", board).status_code == 200
    return lambda uid: admin.get(f"/api/folders/{uid}").get_json()


def test_a_folder_says_what_it_is_in(tree: Callable[[str], Any], client: Any) -> None:
    assert tree("a")["parentUid"] == ""
    assert "parents" not in tree("a")
    assert tree("c")["parentUid"] == "b"
    assert [(one["uid"], one["url"]) for one in tree("c")["parents"]] == [
        ("a", "/dashboards/f/a/a-folder"),
        ("b", "/dashboards/f/b/b-folder"),
    ]
    listed = client.as_viewer().get("/api/folders").get_json()
    assert [(one["uid"], one.get("parentUid")) for one in listed] == [
        ("a", None),
        ("b", "a"),
        ("c", "b"),
        ("x", None),
    ]


def test_folders_are_listed_by_the_one_that_they_are_in(tree: Callable[[str], Any], client: Any) -> None:
    del tree
    viewer = client.as_viewer()
    in_one = {
        parent: [one["uid"] for one in viewer.get(f"/api/folders?parentUid={parent}").get_json()]
        for parent in ("", "a", "c")
    }
    assert in_one == {"": ["a", "x"], "a": ["b"], "c": []}
    assert viewer.get("/api/folders?parentUid=nothing").status_code == 404


def test_everything_in_a_folder_is_counted(tree: Callable[[str], Any], client: Any) -> None:
    del tree
    counted = client.as_viewer().get("/api/folders/a/counts").get_json()
    assert counted == {"folder": 2, "dashboard": 3, "librarypanel": 0, "alertrule": 0}


def test_a_move_takes_along_what_is_inside(tree: Callable[[str], Any], client: Any) -> None:
    editor = client.as_editor()
    moved = editor.post("/api/folders/b/move", {"parentUid": "x"})
    assert (moved.status_code, moved.get_json()["parentUid"]) == (200, "x")
    assert [one["uid"] for one in tree("c")["parents"]] == ["x", "b"]
    assert client.as_viewer().get("/api/folders/a/counts").get_json()["folder"] == 0
    out = editor.post("/api/folders/b/move", {"parentUid": ""}).get_json()
    assert out["parentUid"] == ""
    assert [one["uid"] for one in tree("c")["parents"]] == ["b"]


@pytest.mark.parametrize(
    ("folder", "into", "status"), [("a", "c", 400), ("a", "a", 400), ("a", "no", 404), ("no", "a", 404)]
)
def test_a_move_that_makes_no_sense_changes_nothing(
    tree: Callable[[str], Any], client: Any, folder: str, into: str, status: int
) -> None:
    before = [tree(uid) for uid in "abcx"]
    assert client.as_editor().post(f"/api/folders/{folder}/move", {"parentUid": into}).status_code == status
    assert [tree(uid) for uid in "abcx"] == before


def test_folders_go_only_so_deep(client: Any) -> None:
    editor = client.as_editor()
    parent = ""
    for depth in range(nesting.DEPTH_MAX):
        made = editor.post("/api/folders", {"title": f"F{depth}", "uid": f"f{depth}", "parentUid": parent})
        assert made.status_code == 200
        parent = f"f{depth}"
    deeper = editor.post("/api/folders", {"title": "too deep", "uid": "deep", "parentUid": parent})
    assert deeper.status_code == 400
    assert editor.get("/api/folders/deep").status_code == 404
    editor.post("/api/folders", {"title": "top", "uid": "top"})
    assert editor.post("/api/folders/f0/move", {"parentUid": "top"}).status_code == 400


def test_a_title_is_taken_among_its_neighbours_alone(tree: Callable[[str], Any], client: Any) -> None:
    del tree
    editor = client.as_editor()
    same = {"title": "B folder", "uid": "b2"}
    assert editor.post("/api/folders", {**same, "parentUid": "a"}).status_code == 409
    assert editor.post("/api/folders", {**same, "parentUid": "x"}).status_code == 200
    assert editor.post("/api/folders/b2/move", {"parentUid": "a"}).status_code == 409


def test_renaming_leaves_a_folder_where_it_is(tree: Callable[[str], Any], client: Any) -> None:
    named = client.as_editor().put("/api/folders/b", {"title": "Named", "version": 1}).get_json()
    assert (named["title"], named["parentUid"]) == ("Named", "a")
    assert [one["title"] for one in tree("c")["parents"]] == ["A folder", "Named"]


def private(client: Any, uid: str, *levels: dict[str, Any]) -> None:
    reply = client.as_orgadmin().post(f"/api/folders/{uid}/permissions", {"items": list(levels)})
    assert reply.status_code == 200


def statuses(caller: Any, *uids: str) -> list[int]:
    return [caller.get(f"/api/dashboards/uid/in-{uid}").status_code for uid in uids]


def test_rights_go_down_into_folders(tree: Callable[[str], Any], client: Any) -> None:
    del tree
    viewer = client.as_viewer()
    assert statuses(viewer, "a", "b", "c", "x") == [200, 200, 200, 200]
    private(client, "a")
    assert statuses(viewer, "a", "b", "c", "x") == [403, 403, 403, 200]
    found = viewer.get("/api/search").get_json()
    assert sorted(one["uid"] for one in found) == ["in-x", "x"]
    assert [one["uid"] for one in viewer.get("/api/folders").get_json()] == ["x"]
    private(client, "a", {"role": "Viewer", "permission": 2})
    assert statuses(viewer, "a", "b", "c") == [200, 200, 200]
    found = viewer.get("/api/search?permission=Edit").get_json()
    assert sorted(one["uid"] for one in found) == ["a", "b", "c", "in-a", "in-b", "in-c"]
    change = {"dashboard": {"title": "changed", "uid": "in-c", "version": 1}, "folderUid": "c"}
    assert viewer.post("/api/dashboards/db", change).status_code == 200


def test_rights_of_an_inner_folder_say_nothing_of_the_outer(tree: Callable[[str], Any], client: Any) -> None:
    del tree
    private(client, "a")
    private(client, "b", {"role": "Viewer", "permission": 1})
    viewer = client.as_viewer()
    assert statuses(viewer, "a", "b", "c") == [403, 200, 200]
    rules = client.as_orgadmin().get("/api/access-control/dashboards/in-c").get_json()
    assert [
        (one["builtInRole"], one["isInherited"]) for one in rules if one.get("builtInRole") == "Viewer"
    ] == [("Viewer", True)]


def test_who_may_not_write_there_puts_no_folder_there(tree: Callable[[str], Any], client: Any) -> None:
    del tree
    private(client, "x", {"role": "Editor", "permission": 1})
    editor = client.as_editor()
    assert editor.post("/api/folders", {"title": "N", "uid": "n", "parentUid": "x"}).status_code == 403
    assert editor.post("/api/folders/b/move", {"parentUid": "x"}).status_code == 403
    assert client.as_viewer().post("/api/folders/b/move", {"parentUid": ""}).status_code == 403


def test_a_role_for_a_folder_covers_what_is_inside(tree: Callable[[str], Any], client: Any) -> None:
    del tree
    private(client, "a")
    admin = client.as_orgadmin()
    role = {
        "name": "custom:a", "uid": "custom_a", "version": 1,
        "permissions": [
            {"action": action, "scope": "folders:uid:a"} for action in ("dashboards:read", "folders:read")
        ],
    }  # fmt: skip
    assert client.as_admin().post("/api/access-control/roles", role).status_code == 201
    number = next(one["userId"] for one in admin.get("/api/org/users").get_json() if one["login"] == "viewer")
    given = client.as_admin().post(f"/api/access-control/users/{number}/roles", {"roleUid": "custom_a"})
    assert given.status_code == 200
    assert statuses(client.as_viewer(), "a", "c") == [200, 200]
    found = client.as_viewer().get("/api/search").get_json()
    assert {"a", "b", "c", "in-a", "in-c"} <= {one["uid"] for one in found}


def test_a_deleted_folder_comes_back_with_its_folders(tree: Callable[[str], Any], client: Any) -> None:
    admin = client.as_orgadmin()
    before = [tree(uid) for uid in "abc"]
    assert admin.delete("/api/folders/a").status_code == 200
    assert [admin.get(f"/api/folders/{uid}").status_code for uid in "abc"] == [404, 404, 404]
    assert statuses(admin, "a", "c", "x") == [404, 404, 200]
    (entry,) = admin.get("/api/trash").get_json()
    assert admin.post(f"/api/trash/{entry['id']}/restore").status_code == 200
    assert [tree(uid) for uid in "abc"] == before
    assert statuses(admin, "a", "b", "c") == [200, 200, 200]
    assert admin.get("/api/dashboards/uid/in-c").get_json()["meta"]["folderUid"] == "c"


def test_a_folder_inside_comes_back_where_it_was(tree: Callable[[str], Any], client: Any) -> None:
    admin = client.as_orgadmin()
    admin.delete("/api/folders/b")
    (entry,) = admin.get("/api/trash").get_json()
    admin.post(f"/api/trash/{entry['id']}/restore")
    assert [one["uid"] for one in tree("c")["parents"]] == ["a", "b"]
