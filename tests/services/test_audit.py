"""The log of changes: complete, with before and after, and without a secret."""

from typing import Any

import pytest
from flask import Flask

from models import audit

SECRETS = ("secret-", "glsa_", "eyJ", "pw-of-source", "argon2")


def _changes(client: Any, **query: str) -> list[dict[str, Any]]:
    path = "/api/admin/audit?" + "&".join(f"{name}={value}" for name, value in query.items())
    found: list[dict[str, Any]] = client.as_admin().get(path).get_json()["changes"]
    return found


def test_a_change_tells_who_what_before_after_and_from_where(client: Any) -> None:
    number = client.as_admin().get("/api/users/lookup?loginOrEmail=viewer").get_json()["id"]
    reply = client.as_orgadmin().send(
        "PATCH", f"/api/org/users/{number}", json={"role": "Editor"}, headers={"X-Request-Id": "abc"}
    )
    assert reply.status_code == 200
    (entry,) = _changes(client, kind="org_user", query="orgadmin")[:1]
    assert {name: entry[name] for name in ("who", "credential", "address", "request", "did", "kind", "orgId")} == {
        "who": "orgadmin", "credential": "basic", "address": "127.0.0.1", "request": "abc", "did": "changed", "kind": "org_user", "orgId": 1,
    }  # fmt: skip
    assert (entry["before"], entry["after"]) == ({"role": "Viewer"}, {"role": "Editor"})


def test_every_sort_of_change_is_told_and_no_secret_is(client: Any, make_dashboard: Any) -> None:
    admin, orgadmin = client.as_admin(), client.as_orgadmin()
    number = admin.post(
        "/api/admin/users", {"login": "x", "email": "x@example.test", "password": "secret-1"}
    ).get_json()["id"]
    admin.put(f"/api/admin/users/{number}/password", {"password": "secret-2"})
    admin.delete(f"/api/admin/users/{number}")
    team = orgadmin.post("/api/teams", {"name": "T"}).get_json()["teamId"]
    orgadmin.put(f"/api/teams/{team}", {"name": "T2"})
    orgadmin.post(f"/api/teams/{team}/groups", {"groupId": "g"})
    orgadmin.delete(f"/api/teams/{team}")
    account = orgadmin.post("/api/serviceaccounts", {"name": "robot"}).get_json()["id"]
    orgadmin.post(f"/api/serviceaccounts/{account}/tokens", {"name": "tok"})
    orgadmin.post("/api/auth/keys", {"name": "key", "role": "Viewer"})
    source = {
        "name": "S",
        "type": "prometheus",
        "url": "http://localhost:1",
        "access": "proxy",
        "uid": "s",
        "secureJsonData": {"basicAuthPassword": "pw-of-source"},
    }
    orgadmin.post("/api/datasources", source)
    orgadmin.put(
        "/api/datasources/uid/s",
        {**source, "name": "S2", "secureJsonData": {"basicAuthPassword": "pw-of-source-2"}},
    )
    make_dashboard(title="Board", uid="board")
    make_dashboard(title="Board 2", uid="board", version=1)
    orgadmin.post("/api/access-control/dashboards/board/builtInRoles/Viewer", {"permission": "Edit"})
    orgadmin.delete("/api/dashboards/uid/board")
    orgadmin.post("/api/org/invites", {"loginOrEmail": "new@example.test", "role": "Viewer"})
    admin.post(
        "/api/access-control/roles",
        {"name": "r", "uid": "r", "permissions": [{"action": "teams:read", "scope": "teams:*"}]},
    )
    admin.put("/api/access-control/roles/r", {"name": "r", "permissions": []})
    orgadmin.put("/api/org/preferences", {"theme": "light"})
    orgadmin.put("/api/org", {"name": "Renamed"})
    client.inner.post("/login", json={"user": "viewer", "password": "secret"})
    client.inner.get("/api/user", auth=("viewer", "a wrong one"))
    changes = _changes(client, perpage="1000")
    told = {(one["did"], one["kind"]) for one in changes}
    assert told >= {
        ("made", "user"), ("changed", "user"), ("removed", "user"), ("signed in", "user"), ("refused", "user"), ("made", "team"), ("changed", "team"),
        ("removed", "team"), ("made", "team_group"), ("made", "team_member"), ("made", "api_key"), ("made", "data_source"), ("changed", "data_source"),
        ("made", "dashboard"), ("changed", "dashboard"), ("removed", "dashboard"), ("made", "object_permission"), ("changed", "object_permission"),
        ("made", "invitation"), ("made", "access_role"), ("changed", "access_role"), ("made", "preferences"), ("changed", "org"), ("made", "org_user"),
    }  # fmt: skip
    text = str(changes)
    assert [word for word in SECRETS if word in text] == []
    assert next(one for one in changes if one["kind"] == "org" and one["did"] == "changed")["after"] == {
        "name": "Renamed"
    }
    board = [one for one in changes if one["kind"] == "dashboard" and one["did"] == "changed"]
    assert [(one["before"], one["after"]) for one in board] == [
        ({"version": 1}, {"title": "Board 2", "folder_id": 0, "version": 2})
    ]


def test_what_was_refused_or_only_read_is_not_told(client: Any) -> None:
    before = _changes(client, perpage="1000")
    client.as_viewer().put("/api/org", {"name": "Mine"})
    client.as_orgadmin().put("/api/org", {"name": ""})
    client.as_admin().put("/api/orgs/1", {"name": "Other Org."})
    client.as_viewer().get("/api/search")
    assert _changes(client, perpage="1000") == before


def test_the_log_is_searched_and_paged(client: Any) -> None:
    for n in range(5):
        client.as_orgadmin().post("/api/teams", {"name": f"Team {n}"})
    found = client.as_admin().get("/api/admin/audit?kind=team&perpage=2&page=2").get_json()
    assert (found["totalCount"], [one["name"] for one in found["changes"]]) == (5, ["Team 2", "Team 1"])
    assert [one["name"] for one in _changes(client, query="team%203")] == ["Team 3"]
    number = client.as_admin().get("/api/users/lookup?loginOrEmail=orgadmin").get_json()["id"]
    assert {one["who"] for one in _changes(client, userId=str(number))} == {"orgadmin"}


def test_whoever_may_read_it_sees_their_organisation_alone(client: Any) -> None:
    client.as_stranger().post("/api/teams", {"name": "Theirs"})
    client.as_orgadmin().post("/api/teams", {"name": "Ours"})
    assert client.as_orgadmin().get("/api/admin/audit").status_code == 403
    number = client.as_admin().get("/api/users/lookup?loginOrEmail=orgadmin").get_json()["id"]
    client.as_admin().post(f"/api/access-control/users/{number}/roles", {"roleUid": "fixed_audit_reader"})
    names = {
        one["name"] for one in client.as_orgadmin().get("/api/admin/audit?kind=team").get_json()["changes"]
    }
    assert names == {"Ours"}


def test_the_page_shows_it(client: Any) -> None:
    client.as_orgadmin().put("/api/org", {"name": "Renamed"})
    page = client.as_admin().get("/admin/audit?kind=org").text
    assert "<del>Main Org.</del>" in page
    assert "<ins>Renamed</ins>" in page
    assert client.as_orgadmin().get("/admin/audit").status_code == 403


def test_each_change_is_a_line_of_the_log(client: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "belvedere.audit")
    client.as_orgadmin().post("/api/teams", {"name": "T"})
    assert "made team" in caplog.text
    assert "'T' by orgadmin from 127.0.0.1" in caplog.text


def test_every_table_of_the_log_has_a_word_for_people(app: Flask) -> None:
    from services.audit import KIND_WORDS

    assert set(KIND_WORDS) == audit.KINDS
