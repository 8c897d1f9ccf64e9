"""Who may do what: by roles, teams, folders and objects; the same on routes, in lists and on every worker."""

from typing import Any

import pytest
from flask import Flask

from core.access import Actor
from core.roles import BASIC, FIXED, OPEN_SOURCES
from services import reach

ADMIN_ONLY: dict[str, Any] = {"items": []}


def _id(client: Any, login: str) -> int:
    number: int = client.as_admin().get(f"/api/users/lookup?loginOrEmail={login}").get_json()["id"]
    return number


def _team(client: Any, *logins: str) -> int:
    number: int = client.as_orgadmin().post("/api/teams", {"name": "T"}).get_json()["teamId"]
    for login in logins:
        assert (
            client.as_orgadmin()
            .post(f"/api/teams/{number}/members", {"userId": _id(client, login)})
            .status_code
            == 200
        )
    return number


@pytest.fixture
def vault(client: Any) -> str:
    """A folder with a dashboard, which only administrators may see."""
    orgadmin = client.as_orgadmin()
    orgadmin.post("/api/folders", {"title": "Vault", "uid": "vault"})
    board = {"title": "Secret", "uid": "secret", "tags": ["hidden"]}
    assert orgadmin.post("/api/dashboards/db", {"dashboard": board, "folderUid": "vault"}).status_code == 200
    assert orgadmin.post("/api/folders/vault/permissions", ADMIN_ONLY).status_code == 200
    orgadmin.post("/api/dashboards/db", {"dashboard": {"title": "Open", "uid": "open"}})
    return "vault"


def _drawn(caller: Any) -> int:
    """Ask for panels, and let the stream go: only so many are open at once."""
    with caller.get("/d/secret/panels?ids=1") as reply:
        return int(reply.status_code)


def _sees(caller: Any) -> dict[str, Any]:
    """What a caller sees of the vault, on every way there is."""
    return {
        "read": caller.get("/api/dashboards/uid/secret").status_code,
        "page": caller.get("/d/secret/x").status_code,
        "panels": _drawn(caller),
        "folder": caller.get("/api/folders/vault").status_code,
        "search": {one["uid"] for one in caller.get("/api/search").get_json()},
        "tags": [one["term"] for one in caller.get("/api/dashboards/tags").get_json()],
        "star": caller.post("/api/user/stars/dashboard/uid/secret").status_code,
        "list": "Secret" in caller.get("/dashboards").text,
        "write": caller.post("/api/dashboards/db", {"dashboard": {"title": "Secret", "uid": "secret"}, "folderUid": "vault", "overwrite": True}).status_code,
        "draft": caller.post("/edit/secret", [{"do": "set", "path": ["title"], "value": "x"}]).status_code,
    }  # fmt: skip


NOTHING = {
    "read": 403,
    "page": 403,
    "panels": 403,
    "folder": 403,
    "search": {"open"},
    "tags": [],
    "star": 403,
    "list": False,
}


def test_what_is_shut_is_shut_on_every_way(client: Any, vault: str) -> None:
    for caller in (client.as_viewer(), client.as_editor()):
        seen = _sees(caller)
        assert {name: seen[name] for name in NOTHING} == NOTHING
        assert seen["write"] == 403
        assert seen["draft"] in {403, 404}
    assert _sees(client.as_orgadmin())["search"] == {"vault", "secret", "open"}


@pytest.mark.parametrize("whom", ["user", "team", "role", "dashboard alone", "role by name", "role by id"])
def test_a_right_opens_every_way_and_taking_it_shuts_them(client: Any, vault: str, whom: str) -> None:
    orgadmin, viewer, admin = client.as_orgadmin(), client.as_viewer(), client.as_admin()
    number, team = _id(client, "viewer"), _team(client, "viewer")
    board = orgadmin.get("/api/dashboards/uid/secret").get_json()["dashboard"]["id"]
    give = {
        "user": ("/api/access-control/folders/vault", {"userId": number}),
        "team": ("/api/access-control/folders/vault", {"teamId": team}),
        "role": ("/api/access-control/folders/vault", {"builtInRole": "Viewer"}),
        "dashboard alone": ("/api/access-control/dashboards/secret", {"userId": number}),
    }
    if whom in give:
        path, target = give[whom]
        for level in ("View", ""):
            reply = orgadmin.post(path, {"permissions": [{**target, "permission": level}]})
            assert reply.status_code == 200, reply.text
            self_sees = _sees(viewer)
            assert (self_sees["read"], "secret" in self_sees["search"], self_sees["list"]) == (
                (200, True, True) if level else (403, False, False)
            )
            assert (self_sees["folder"] == 200) == (bool(level) and whom != "dashboard alone")
            assert self_sees["write"] == 403
        return
    scope = "folders:uid:vault" if whom == "role by name" else f"dashboards:id:{board}"
    role = admin.post(
        "/api/access-control/roles",
        {"name": "x", "uid": "x", "permissions": [{"action": "dashboards:read", "scope": scope}]},
    )
    assert role.status_code == 201
    assert admin.post(f"/api/access-control/users/{number}/roles", {"roleUid": "x"}).status_code == 200
    assert (_sees(viewer)["read"], "secret" in _sees(viewer)["search"]) == (200, True)
    assert admin.delete(f"/api/access-control/users/{number}/roles/x").status_code == 200
    assert _sees(viewer)["read"] == 403


def test_editing_comes_with_edit_and_giving_with_admin(client: Any, vault: str) -> None:
    orgadmin, viewer = client.as_orgadmin(), client.as_viewer()
    path = f"/api/access-control/folders/vault/users/{_id(client, 'viewer')}"
    rules = "/api/access-control/folders/vault"
    for level, write, give in (("View", 403, 403), ("Edit", 200, 403), ("Admin", 200, 200)):
        assert orgadmin.post(path, {"permission": level}).status_code == 200
        board = {"title": f"By {level}", "uid": f"by-{level.lower()}"}
        assert (
            viewer.post("/api/dashboards/db", {"dashboard": board, "folderUid": "vault"}).status_code == write
        ), level
        assert viewer.get(rules).status_code == give, level
    assert viewer.post("/api/dashboards/db", {"dashboard": {"title": "Elsewhere"}}).status_code == 403


def test_a_change_of_role_holds_on_the_next_request_of_every_worker(
    make_app: Any, client: Any, vault: str
) -> None:
    """Two applications on one database stand for two workers."""
    other = make_app().test_client()

    def reads() -> tuple[int, int]:
        return client.as_viewer().get("/api/dashboards/uid/secret").status_code, other.get(
            "/api/dashboards/uid/secret", auth=("viewer", "secret")
        ).status_code

    admin, team = client.as_admin(), _team(client, "viewer")
    assert reads() == (403, 403)
    everything = {
        "name": "all",
        "uid": "all",
        "permissions": [{"action": "dashboards:read", "scope": "dashboards:*"}],
    }
    admin.post("/api/access-control/roles", everything)
    admin.post(f"/api/access-control/teams/{team}/roles", {"roleUid": "all"})
    assert reads() == (200, 200)
    assert (
        client.as_orgadmin().delete(f"/api/teams/{team}/members/{_id(client, 'viewer')}").status_code == 200
    )
    assert reads() == (403, 403)
    client.as_orgadmin().post(f"/api/teams/{team}/members", {"userId": _id(client, "viewer")})
    assert reads() == (200, 200)
    admin.put("/api/access-control/roles/all", {"name": "all", "permissions": []})
    assert reads() == (403, 403)


def test_basic_roles_can_be_changed_and_put_back(client: Any, vault: str) -> None:
    admin, editor = client.as_admin(), client.as_editor()
    role = admin.get("/api/access-control/roles/basic_editor").get_json()
    less = [one for one in role["permissions"] if one["action"] != "folders:create"]
    assert editor.post("/api/folders", {"title": "One"}).status_code == 200
    changed = admin.put(
        "/api/access-control/roles/basic_editor",
        {"name": role["name"], "version": role["version"] + 1, "permissions": less},
    )
    assert changed.status_code == 200, changed.text
    assert editor.post("/api/folders", {"title": "Two"}).status_code == 403
    assert editor.get("/api/datasources").status_code == 200
    stale = admin.put(
        "/api/access-control/roles/basic_editor",
        {"name": role["name"], "version": role["version"], "permissions": less},
    )
    assert stale.status_code == 409
    admin.post("/api/access-control/roles/hard-reset", {"BasicRoles": True})
    assert editor.post("/api/folders", {"title": "Two"}).status_code == 200


def test_a_restricted_data_source_answers_only_those_who_are_named(client: Any, testdata: str) -> None:
    orgadmin, viewer, editor = client.as_orgadmin(), client.as_viewer(), client.as_editor()
    number = orgadmin.get("/api/datasources/uid/td").get_json()["id"]
    query = {
        "queries": [
            {"refId": "A", "datasource": {"uid": "td"}, "scenarioId": "csv_metric_values", "stringInput": "1"}
        ],
        "from": "1600000000000",
        "to": "1600000060000",
    }

    def may(caller: Any) -> tuple[int, bool]:
        return caller.post("/api/ds/query", query).status_code, "td" in {
            one["uid"] for one in caller.get("/api/datasources").get_json()
        }

    assert may(viewer) == (200, True)
    assert orgadmin.post(f"/api/datasources/{number}/enable-permissions").status_code == 200
    assert may(viewer)[0] in {400, 403}
    assert may(viewer)[1] is False
    assert may(orgadmin) == (200, True)
    assert (
        orgadmin.post(
            f"/api/access-control/datasources/td/users/{_id(client, 'viewer')}", {"permission": "Query"}
        ).status_code
        == 200
    )
    assert (may(viewer), may(editor)[1]) == ((200, True), False)
    listed = orgadmin.get(f"/api/datasources/{number}/permissions").get_json()
    assert (listed["enabled"], [one["permissionName"] for one in listed["permissions"]]) == (True, ["Query"])
    assert orgadmin.post(f"/api/datasources/{number}/disable-permissions").status_code == 200
    assert may(editor) == (200, True)


def test_an_open_data_source_is_shut_by_taking_a_role_away(client: Any, testdata: str) -> None:
    orgadmin = client.as_orgadmin()
    assert (
        orgadmin.post(
            "/api/access-control/datasources/td/builtInRoles/Viewer", {"permission": ""}
        ).status_code
        == 200
    )
    assert client.as_viewer().get("/api/datasources/uid/td").status_code == 403
    assert client.as_editor().get("/api/datasources/uid/td").status_code == 200


def test_why_names_role_team_folder_and_object(client: Any, vault: str) -> None:
    admin, orgadmin, number = client.as_admin(), client.as_orgadmin(), _id(client, "viewer")
    ask = f"/api/access-control/explain?userId={number}&action=dashboards:read&scope=dashboards:uid:secret"
    assert admin.get(ask).get_json()["allowed"] is False
    team = _team(client, "viewer")
    orgadmin.post(f"/api/access-control/folders/vault/teams/{team}", {"permission": "Edit"})
    orgadmin.post("/api/access-control/dashboards/secret/builtInRoles/Viewer", {"permission": "View"})
    admin.post(f"/api/access-control/teams/{team}/roles", {"roleUid": "fixed_folders_reader"})
    found = admin.get(ask).get_json()
    assert found["allowed"] is True
    assert [(one["via"], one["explanation"]) for one in found["ways"]] == [
        ("team", "is in the team T, which has the role Folders reader"),
        ("object", "everybody with the basic role Viewer has View on the dashboard Secret"),
        ("team", "is in the team T, which has Edit on its folder Vault"),
    ]
    assert client.as_orgadmin().get(ask).status_code == 403
    page = admin.get("/admin/why?login=viewer&action=dashboards:read&scope=dashboards:uid:secret").text
    assert "is in the team T, which has Edit on its folder Vault" in page


def test_permissions_of_somebody_tell_what_they_hold(client: Any, vault: str) -> None:
    admin, number = client.as_admin(), _id(client, "viewer")
    client.as_orgadmin().post(f"/api/access-control/folders/vault/users/{number}", {"permission": "View"})
    own = client.as_viewer().get("/api/access-control/user/permissions").get_json()
    assert own == admin.get(f"/api/access-control/users/{number}/permissions").get_json()
    assert "folders:uid:vault" in own["folders:read"]
    assert OPEN_SOURCES not in str(own)
    assert admin.get("/api/access-control/users/999999/permissions").status_code == 404


def test_roles_are_checked_before_they_are_kept(client: Any) -> None:
    admin = client.as_admin()
    bad: list[dict[str, Any]] = [
        {"name": ""},
        {"name": "fixed:mine"},
        {"name": "x", "uid": "no good"},
        {"name": "x", "permissions": [{"action": "nonsense"}]},
        {"name": "x", "permissions": [{"action": "dashboards:read", "scope": "every where"}]},
        {"name": "x", "permissions": [{"scope": "dashboards:*"}]},
        {"name": "x", "permissions": "dashboards:read"},
    ]
    before = admin.get("/api/access-control/roles").get_json()
    for body in bad:
        assert admin.post("/api/access-control/roles", body).status_code == 400, body
    assert admin.get("/api/access-control/roles").get_json() == before
    assert admin.post("/api/access-control/roles", {"name": "x", "uid": "x"}).status_code == 201
    assert admin.post("/api/access-control/roles", {"name": "y", "uid": "x"}).status_code == 409
    assert admin.put("/api/access-control/roles/fixed_dashboards_reader", {"name": "x"}).status_code == 400
    assert admin.delete("/api/access-control/roles/basic_admin").status_code == 400
    assert admin.get("/api/access-control/roles/nope").status_code == 404


def test_a_role_in_use_is_deleted_only_by_force(client: Any) -> None:
    admin, number = client.as_admin(), _id(client, "viewer")
    admin.post("/api/access-control/roles", {"name": "x", "uid": "x"})
    admin.put("/api/access-control/roles/x/assignments", {"users": [number]})
    assert admin.get("/api/access-control/roles/x/assignments").get_json()["users"] == [number]
    assert admin.delete("/api/access-control/roles/x").status_code == 400
    assert admin.delete("/api/access-control/roles/x?force=true").status_code == 200
    assert admin.get(f"/api/access-control/users/{number}/roles").get_json() == []


def test_who_is_gone_leaves_no_rights_behind(client: Any, vault: str) -> None:
    orgadmin, admin, number = client.as_orgadmin(), client.as_admin(), _id(client, "viewer")
    orgadmin.post(f"/api/access-control/folders/vault/users/{number}", {"permission": "Edit"})
    assert orgadmin.delete(f"/api/org/users/{number}").status_code == 200
    assert admin.post("/api/orgs/1/users", {"loginOrEmail": "viewer", "role": "Viewer"}).status_code == 200
    assert client.as_viewer().get("/api/folders/vault").status_code == 403
    orgadmin.post("/api/access-control/dashboards/secret/builtInRoles/Viewer", {"permission": "View"})
    orgadmin.delete("/api/dashboards/uid/secret")
    orgadmin.post(
        "/api/dashboards/db", {"dashboard": {"title": "Secret", "uid": "secret"}, "folderUid": "vault"}
    )
    assert client.as_viewer().get("/api/dashboards/uid/secret").status_code == 403


def test_scopes_name_one_object_by_id_uid_and_name(app: Flask) -> None:
    actor = Actor(
        grants={"datasources:query": ("datasources:name:Main", "datasources:id:7", "datasources:uid:x")}
    )
    found = reach.reach(actor, "datasources:query", "datasources")
    assert (found.ids, found.uids, found.names, found.everything) == ({7}, {"x"}, {"Main"}, False)
    assert reach.reach(Actor(grants={"a:b": ("*",)}), "a:b", "datasources").everything


def test_an_empty_scope_is_no_scope_of_everything() -> None:
    actor = Actor(grants={"dashboards:write": ("",)})
    assert not actor.may("dashboards:write", "dashboards:uid:x")
    assert actor.may("dashboards:write")


def test_basic_roles_hold_what_the_reference_says() -> None:
    assert len(BASIC["Viewer"]) < len(BASIC["Editor"]) < len(BASIC["Admin"])
    for role in ("Viewer", "Editor"):
        assert "dashboards:read" not in BASIC[role], "folders and dashboards say who reads them"
    assert all(":" in action for grants in FIXED.values() for action in grants)


def test_who_may_edit_one_folder_makes_and_imports_dashboards_there(client: Any, vault: str) -> None:
    viewer = client.as_viewer()
    new, imported = (
        {"dashboard": {"title": "New"}, "folderUid": "vault"},
        {"dashboard": {"title": "In"}, "inputs": [], "folderUid": "vault"},
    )
    assert viewer.get("/dashboard/new").status_code == 403
    assert viewer.post("/api/dashboards/import", imported).status_code == 403
    client.as_orgadmin().post(
        f"/api/access-control/folders/vault/users/{_id(client, 'viewer')}", {"permission": "Edit"}
    )
    assert viewer.post("/api/dashboards/db", new).status_code == 200
    assert viewer.post("/api/dashboards/import", imported).status_code == 200
    assert viewer.get("/dashboard/import").status_code == 200
    assert viewer.get("/dashboard/new?folderUid=vault").status_code in {200, 302}
    assert "New dashboard" in viewer.get("/dashboards").text
