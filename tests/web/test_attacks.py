"""Attacks that have been tried elsewhere, tried here: each is refused and changes nothing."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from core import crypto
from models import OutboxMessage, db

OTHER = {"X-Grafana-Org-Id": "2"}


def _id(client: Any, login: str) -> int:
    number: int = client.as_admin().get(f"/api/users/lookup?loginOrEmail={login}").get_json()["id"]
    return number


@pytest.fixture
def theirs(client: Any) -> dict[str, Any]:
    """One of each in the other organisation, by id and uid."""
    stranger = client.as_stranger()
    board = stranger.post(
        "/api/dashboards/db", {"dashboard": {"title": "Theirs", "uid": "theirs"}}
    ).get_json()
    folder = stranger.post("/api/folders", {"title": "Their folder", "uid": "their-folder"}).get_json()
    source = stranger.post(
        "/api/datasources",
        {"name": "Their source", "uid": "their-source", "type": "testdata", "access": "proxy"},
    ).get_json()
    return {
        "board": board["id"],
        "folder": folder["id"],
        "source": source["id"],
        "team": stranger.post("/api/teams", {"name": "Their team"}).get_json()["teamId"],
        "account": stranger.post("/api/serviceaccounts", {"name": "their robot"}).get_json()["id"],
        "key": stranger.post("/api/auth/keys", {"name": "their key", "role": "Viewer"}).get_json()["id"],
        "person": _id(client, "stranger"),
    }


def test_another_organisation_is_out_of_reach_by_every_name(client: Any, theirs: dict[str, Any]) -> None:
    """By id, uid, name, header and query parameter; for an administrator of this one."""
    admin, number = client.as_orgadmin(), theirs
    admin.post("/api/folders", {"title": "Ours", "uid": "ours"})
    paths = [
        "/api/dashboards/uid/theirs", f"/api/dashboards/id/{number['board']}/permissions", "/api/dashboards/uid/theirs/permissions",
        "/api/folders/their-folder", f"/api/folders/id/{number['folder']}", "/api/folders/their-folder/permissions",
        "/api/datasources/uid/their-source", f"/api/datasources/{number['source']}", "/api/datasources/name/Their%20source",
        f"/api/datasources/{number['source']}/permissions", f"/api/teams/{number['team']}", f"/api/teams/{number['team']}/members",
        f"/api/teams/{number['team']}/groups", f"/api/serviceaccounts/{number['account']}",
        f"/api/access-control/teams/{number['team']}", f"/api/access-control/serviceaccounts/{number['account']}",
        "/api/access-control/dashboards/theirs", "/api/access-control/datasources/their-source",
        "/d/theirs/x", "/permissions/dashboards/theirs", "/permissions/folders/their-folder", f"/org/teams/edit/{number['team']}",
        f"/org/serviceaccounts/{number['account']}", "/datasources/edit/their-source", "/datasources/edit/their-source/permissions",
    ]  # fmt: skip
    for path in paths:
        assert admin.get(path).status_code == 404, path
        assert admin.get(path, headers=OTHER).status_code in {403, 404}, path
        assert admin.get(f"{path}?targetOrgId=2").status_code in {403, 404}, path
        assert admin.get(f"{path}?orgId=2").status_code == 404, path
    for path in ("/api/orgs/2", "/api/orgs/2/users", "/api/orgs/2/quotas"):
        assert admin.get(path).status_code == 403, path
    for path in (
        "/api/search",
        "/api/datasources",
        "/api/teams/search",
        "/api/serviceaccounts/search",
        "/api/auth/keys",
        "/api/org/users",
    ):
        assert "heir" not in admin.get(path).text.replace("stranger", ""), path


def test_another_organisation_is_not_changed_by_any_name(client: Any, theirs: dict[str, Any]) -> None:
    admin, number = client.as_orgadmin(), theirs
    ours = _id(client, "viewer")
    tries: list[tuple[str, str, Any]] = [
        ("DELETE", "/api/dashboards/uid/theirs", None),
        (
            "POST",
            "/api/dashboards/db",
            {"dashboard": {"id": number["board"], "title": "Mine"}, "overwrite": True},
        ),
        ("POST", "/api/dashboards/db", {"dashboard": {"title": "Mine"}, "folderUid": "their-folder"}),
        ("POST", "/api/dashboards/db", {"dashboard": {"title": "Mine"}, "folderId": number["folder"]}),
        ("PUT", "/api/folders/their-folder", {"title": "Mine", "overwrite": True}),
        ("DELETE", "/api/folders/their-folder", None),
        ("DELETE", f"/api/datasources/{number['source']}", None),
        ("POST", f"/api/datasources/{number['source']}/enable-permissions", None),
        ("DELETE", f"/api/teams/{number['team']}", None),
        ("POST", f"/api/teams/{number['team']}/members", {"userId": ours}),
        ("POST", f"/api/access-control/teams/{number['team']}/users/{ours}", {"permission": "Admin"}),
        ("DELETE", f"/api/serviceaccounts/{number['account']}", None),
        ("POST", f"/api/serviceaccounts/{number['account']}/tokens", {"name": "mine"}),
        ("DELETE", f"/api/auth/keys/{number['key']}", None),
        ("PATCH", f"/api/org/users/{number['person']}", {"role": "Viewer"}),
        ("PUT", "/api/orgs/2", {"name": "Mine"}),
        ("POST", "/api/orgs/2/users", {"loginOrEmail": "viewer", "role": "Admin"}),
        ("DELETE", f"/api/orgs/2/users/{number['person']}", None),
        ("POST", "/api/user/using/2", None),
    ]
    stranger = client.as_stranger()
    paths = (
        "/api/search",
        "/api/datasources",
        "/api/teams/search",
        "/api/serviceaccounts/search",
        "/api/auth/keys",
        "/api/org/users",
        "/api/org",
    )
    before = [re.sub(r'"lastSeen[^,]*,', "", stranger.get(path).text) for path in paths]
    for method, path, body in tries:
        reply = admin.send(method, path, **({"json": body} if body is not None else {}))
        assert reply.status_code in {400, 401, 403, 404}, (method, path, reply.text)
        reply = admin.send(method, path, headers=OTHER, **({"json": body} if body is not None else {}))
        assert reply.status_code in {400, 401, 403, 404}, (method, path, reply.text)
    assert [re.sub(r'"lastSeen[^,]*,', "", stranger.get(path).text) for path in paths] == before


def test_rights_are_not_given_across_organisations(client: Any, theirs: dict[str, Any]) -> None:
    """A person, team or service account of another organisation gets no level here."""
    admin = client.as_orgadmin()
    admin.post("/api/folders", {"title": "Ours", "uid": "ours"})
    for target in (f"users/{theirs['person']}", f"teams/{theirs['team']}", f"users/{theirs['account']}"):
        assert (
            admin.post(f"/api/access-control/folders/ours/{target}", {"permission": "View"}).status_code
            == 400
        )
    items = {"items": [{"userId": theirs["person"], "permission": 4}]}
    assert admin.post("/api/folders/ours/permissions", items).status_code == 400
    assert len(admin.get("/api/folders/ours/permissions").get_json()) == 3
    assert (
        client.as_admin()
        .post(f"/api/access-control/users/{theirs['person']}/roles", {"roleUid": "fixed_teams_writer"})
        .status_code
        == 404
    )


def test_nobody_gives_a_role_above_their_own(client: Any) -> None:
    """By membership, invitation, service account, API key, and by a role that lets them give roles."""
    admin, viewer = client.as_admin(), client.as_viewer()
    number = _id(client, "viewer")
    rights = [
        ("org.users:write", "users:*"), ("org.users:add", "users:*"), ("org.users:read", "users:*"), ("serviceaccounts:create", ""),
        ("serviceaccounts:write", "serviceaccounts:*"), ("serviceaccounts:read", "serviceaccounts:*"), ("apikeys:create", ""),
        ("roles:write", "permissions:type:delegate"), ("roles:read", "roles:*"), ("users.roles:add", "permissions:type:delegate"),
        ("teams.roles:add", "permissions:type:delegate"), ("users.roles:read", "users:*"),
    ]  # fmt: skip
    role = {
        "name": "helper",
        "uid": "helper",
        "permissions": [{"action": action, "scope": scope} for action, scope in rights],
    }
    assert admin.post("/api/access-control/roles", role).status_code == 201
    assert admin.post(f"/api/access-control/users/{number}/roles", {"roleUid": "helper"}).status_code == 200
    account = viewer.post("/api/serviceaccounts", {"name": "mine", "role": "Viewer"})
    assert account.status_code == 201
    tries: list[tuple[str, str, Any]] = [
        ("PATCH", f"/api/org/users/{number}", {"role": "Admin"}),
        ("PATCH", f"/api/orgs/1/users/{number}", {"role": "Admin"}),
        ("POST", "/api/org/users", {"loginOrEmail": "stranger", "role": "Editor"}),
        ("POST", "/api/org/invites", {"loginOrEmail": "me@example.test", "role": "Admin"}),
        ("POST", "/api/serviceaccounts", {"name": "root", "role": "Admin"}),
        ("PATCH", f"/api/serviceaccounts/{account.get_json()['id']}", {"role": "Admin"}),
        ("POST", "/api/auth/keys", {"name": "root", "role": "Editor"}),
        (
            "POST",
            "/api/access-control/roles",
            {"name": "root", "permissions": [{"action": "teams:write", "scope": "teams:*"}]},
        ),
        (
            "PUT",
            "/api/access-control/roles/helper",
            {"name": "helper", "permissions": [{"action": "teams:write", "scope": "teams:*"}]},
        ),
        (
            "PUT",
            "/api/access-control/roles/basic_viewer",
            {"name": "x", "permissions": [{"action": "orgs:read"}]},
        ),
        ("POST", "/api/access-control/roles/hard-reset", {"BasicRoles": True}),
        ("POST", f"/api/access-control/users/{number}/roles", {"roleUid": "fixed_teams_writer"}),
        ("POST", f"/api/access-control/users/{number}/roles", {"roleUid": "basic_admin"}),
        ("PUT", f"/api/access-control/users/{number}/roles", {"roleUids": ["fixed_users_writer"]}),
        ("POST", f"/api/access-control/users/{number}/roles", {"roleUid": "helper", "global": True}),
        (
            "POST",
            f"/api/access-control/users/{account.get_json()['id']}/roles",
            {"roleUid": "fixed_settings_reader"},
        ),
        ("PUT", f"/api/admin/users/{number}/permissions", {"isGrafanaAdmin": True}),
    ]
    before = viewer.get("/api/access-control/user/permissions").get_json()
    for method, path, body in tries:
        reply = viewer.send(method, path, json=body)
        assert reply.status_code in {400, 403, 409}, (method, path, reply.status_code, reply.text)
    assert viewer.get("/api/access-control/user/permissions").get_json() == before


def test_no_body_sets_what_it_is_not_meant_to(client: Any) -> None:
    """Mass assignment: members that a form does not have are not taken over."""
    more = {
        "isGrafanaAdmin": True,
        "is_admin": True,
        "isAdmin": True,
        "role": "Admin",
        "orgId": 2,
        "org_id": 2,
        "isDisabled": False,
        "id": 1,
        "is_service_account": True,
    }
    viewer = client.as_viewer()
    me = viewer.get("/api/user").get_json()
    assert (
        viewer.put(
            "/api/user", {"login": "viewer", "email": "viewer@example.test", "name": "V", **more}
        ).status_code
        == 200
    )
    now = viewer.get("/api/user").get_json()
    assert {name: now[name] for name in ("id", "orgId", "isGrafanaAdmin")} == {
        name: me[name] for name in ("id", "orgId", "isGrafanaAdmin")
    }
    assert viewer.get("/api/user/orgs").get_json() == [{"orgId": 1, "name": "Main Org.", "role": "Viewer"}]
    made = (
        client.as_admin()
        .post("/api/admin/users", {"login": "x", "password": "secret", **more})
        .get_json()["id"]
    )
    assert client.as_admin().get(f"/api/users/{made}").get_json()["isGrafanaAdmin"] is False
    team = (
        client.as_orgadmin()
        .post("/api/teams", {"name": "T", "orgId": 2, "org_id": 2, "id": 77})
        .get_json()["teamId"]
    )
    assert client.as_orgadmin().get(f"/api/teams/{team}").get_json()["orgId"] == 1
    account = (
        client.as_orgadmin()
        .post("/api/serviceaccounts", {"name": "s", "role": "Viewer", "orgId": 2, "isGrafanaAdmin": True})
        .get_json()
    )
    assert client.as_admin().get(f"/api/serviceaccounts/{account['id']}").get_json()["orgId"] == 1


def test_a_session_from_before_the_sign_in_is_not_taken_over(client: Any, app: Any) -> None:
    """Session fixation: whatever cookie the browser brings, signing in makes another one, and the old one stays nothing."""
    browser = client.inner
    browser.set_cookie("grafana_session", "chosen-by-somebody-else")
    reply = browser.post("/login", json={"user": "viewer", "password": "secret"})
    cookie = browser.get_cookie("grafana_session")
    assert reply.status_code == 200
    assert cookie is not None
    assert cookie.value != "chosen-by-somebody-else"
    other = app.test_client()
    other.set_cookie("grafana_session", "chosen-by-somebody-else")
    assert other.get("/api/user").status_code == 401


def test_signing_in_again_ends_nothing_and_shares_nothing(client: Any, app: Any) -> None:
    browser = client.sign_in("viewer")
    first = browser.get_cookie("grafana_session").value
    client.sign_in("editor")
    assert browser.get("/api/user").get_json()["login"] == "editor"
    other = app.test_client()
    other.set_cookie("grafana_session", first)
    assert other.get("/api/user").get_json()["login"] == "viewer"


@pytest.mark.parametrize(
    "path",
    [
        "/org/users/invite",
        "/org/teams",
        "/org/serviceaccounts",
        "/admin/roles/new",
        "/admin/users/create",
        "/admin/orgs",
        "/permissions/folders/ours",
    ],
)
def test_forms_of_another_site_are_refused(client: Any, path: str) -> None:
    client.as_orgadmin().post("/api/folders", {"title": "Ours", "uid": "ours"})
    browser = client.sign_in("admin", "admin")
    data = {
        "who": "x",
        "team-name": "x",
        "account-name": "x",
        "display_name": "x",
        "login": "x",
        "password": "secret",
        "org-name": "x",
        "kind": "role",
        "role": "Viewer",
        "level": "Admin",
    }
    for headers in ({}, {"Origin": "https://evil.example"}):
        assert browser.post(path, data=data, headers=headers).status_code == 403
        assert browser.post(path, data={**data, "csrf_token": "0" * 64}, headers=headers).status_code == 403


def test_json_of_another_site_is_refused(client: Any) -> None:
    browser = client.sign_in("admin", "admin")
    reply = browser.post(
        "/api/admin/users",
        json={"login": "x", "password": "secret"},
        headers={"Origin": "https://evil.example"},
    )
    assert reply.status_code == 403
    assert client.as_admin().get("/api/users/lookup?loginOrEmail=x").status_code == 404


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "http:evil.example",
        "/%5Cevil.example",
        "javascript:alert(1)",
        "%2F%2Fevil.example",
    ],
)
def test_a_sign_in_leads_to_no_other_site(client: Any, target: str) -> None:
    browser = client.inner
    browser.set_cookie("redirect_to", target)
    reply = browser.post("/signin", data={"user": "viewer", "password": "secret"})
    assert reply.status_code == 302
    assert re.match(r"/(?![/\\])", reply.headers["Location"])
    assert "evil" not in reply.headers["Location"] or reply.headers["Location"].startswith("/%5C") is False


def test_an_unknown_name_takes_as_long_as_a_wrong_password(client: Any, app: Any) -> None:
    """Timing: both cost one slow hash. Counted by the hash itself, not by the clock alone."""
    calls = []
    verify = crypto._hasher.verify

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            calls.append(stored)
            return bool(verify(stored, password))

    real, crypto._hasher = crypto._hasher, Counting()  # type: ignore[assignment]
    try:
        for name in ("viewer", "nobody-at-all"):
            before = len(calls)
            assert client.inner.get("/api/user", auth=(name, "wrong")).status_code == 401
            assert len(calls) == before + 1
    finally:
        crypto._hasher = real


def test_neither_reset_nor_sign_up_tells_who_has_an_account(make_app: Any) -> None:
    app = make_app(
        GF_USERS_ALLOW_SIGN_UP="true",
        GF_USERS_VERIFY_EMAIL_ENABLED="true",
        GF_SMTP_ENABLED="true",
        GF_SMTP_HOST="127.0.0.1:9",
    )
    inner = app.test_client()
    answers = []
    for who in ("viewer@example.test", "nobody@example.test"):
        reset = inner.post("/api/user/password/send-reset-email", json={"userOrEmail": who})
        sign_up = inner.post("/api/user/signup", json={"email": who})
        page = inner.post("/user/password/send-reset-email", data={"who": who})
        answers.append([(one.status_code, one.get_data(as_text=True)) for one in (reset, sign_up, page)])
    assert answers[0] == answers[1]


def test_a_reset_for_nobody_does_the_work_of_one_for_somebody(make_app: Any) -> None:
    """A message is written either way, so that the time tells nothing; nobody's is never due."""
    app = make_app(GF_SMTP_ENABLED="true", GF_SMTP_HOST="127.0.0.1:9")
    for who in ("nobody", "viewer"):
        app.test_client().post("/api/user/password/send-reset-email", json={"userOrEmail": who})
    with app.app_context():
        rows = db.session.execute(select(OutboxMessage.recipient, OutboxMessage.due)).all()
    assert [(row.recipient, row.due is None) for row in rows] == [
        ("nobody@invalid", True),
        ("viewer@example.test", False),
    ]


def test_invitations_and_codes_are_not_guessed_or_used_twice(client: Any) -> None:
    admin, inner = client.as_orgadmin(), client.inner
    assert (
        admin.post("/api/org/invites", {"loginOrEmail": "new@example.test", "role": "Viewer"}).status_code
        == 200
    )
    code = admin.get("/api/org/invites").get_json()[0]["code"]
    assert len(code) >= 32
    for other in ("", "x", code[:-1], code.upper(), "%"):
        assert inner.get(f"/api/user/invite/{other or 'none'}").status_code == 404
    body = {
        "inviteCode": code,
        "username": "new",
        "email": "new@example.test",
        "password": "secret",
        "role": "Admin",
        "orgId": 2,
    }
    assert inner.post("/api/user/invite/complete", json={**body, "password": "abc"}).status_code == 400
    assert inner.post("/api/user/invite/complete", json=body).status_code == 200
    assert (
        inner.post(
            "/api/user/invite/complete", json={**body, "username": "again", "email": "again@example.test"}
        ).status_code
        == 412
    )
    assert client._as("new").get("/api/user/orgs").get_json() == [
        {"orgId": 1, "name": "Main Org.", "role": "Viewer"}
    ]
    stranger = client.as_stranger()
    assert stranger.send("PATCH", f"/api/org/invites/{code}/revoke").status_code == 200
