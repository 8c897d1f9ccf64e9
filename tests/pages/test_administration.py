"""Pages of people, teams, service accounts, roles, permissions and the server: forms do what they say, and refuse in words."""

import re
from typing import Any

import pytest

from tests.pages.steps import token

PLACES = [
    "/org/users", "/org/users/invite", "/org/teams", "/org/serviceaccounts", "/org/apikeys", "/org", "/admin/users", "/admin/users/create",
    "/admin/orgs", "/admin/orgs/edit/1", "/admin/settings", "/admin/stats", "/admin/audit", "/admin/roles", "/admin/roles/new",
    "/admin/roles/edit/basic_viewer", "/admin/roles/edit/fixed_teams_writer", "/admin/why", "/admin/why?login=viewer",
]  # fmt: skip


class Browser:
    """A signed-in person who fills forms in."""

    def __init__(self, inner: Any, start: str) -> None:
        self.inner, self.token = inner, token(inner.get(start).text)

    def send(self, path: str, **data: Any) -> Any:
        return self.inner.post(path, data={"csrf_token": self.token, **data})

    def page(self, path: str) -> str:
        reply = self.inner.get(path)
        assert reply.status_code == 200, (path, reply.status_code)
        return str(reply.text)


@pytest.fixture
def admin(client: Any) -> Browser:
    return Browser(client.sign_in("admin", "admin"), "/org/teams")


def _id(client: Any, login: str) -> int:
    number: int = client.as_admin().get(f"/api/users/lookup?loginOrEmail={login}").get_json()["id"]
    return number


@pytest.mark.parametrize("path", PLACES)
def test_every_page_opens_for_who_may_and_for_nobody_else(client: Any, path: str) -> None:
    assert client.as_admin().get(path).status_code == 200
    server_wide = path.startswith("/admin")
    assert client.as_orgadmin().get(path).status_code == (403 if server_wide else 200)
    for caller in (client.as_viewer(), client.as_editor()):
        assert caller.get(path).status_code == 403
    assert client.get(path).status_code == 302


def test_people_get_roles_and_leave(client: Any, admin: Browser) -> None:
    number = _id(client, "viewer")
    assert (
        admin.send(f"/org/users/{number}/role", role="Editor").headers["Location"] == "/org/users?done=role"
    )
    assert client.as_viewer().get("/api/user/orgs").get_json()[0]["role"] == "Editor"
    refused = admin.send(f"/org/users/{number}/role", role="King")
    assert refused.status_code == 400
    assert "There is no such role" in refused.text
    assert admin.send(f"/org/users/{number}/remove").status_code == 302
    assert "viewer@example.test" not in admin.page("/org/users")
    for login in ("orgadmin", "admin"):
        last = admin.send(f"/org/users/{_id(client, login)}/role", role="Viewer")
    assert last.status_code == 400
    assert "Cannot remove last organization admin" in last.text


def test_people_are_searched_and_paged(client: Any, admin: Browser) -> None:
    for n in range(60):
        client.as_admin().post(
            "/api/admin/users", {"login": f"p{n:02}", "email": f"p{n:02}@example.test", "password": "secret"}
        )
    first = admin.page("/org/users")
    assert "50 of 64" in first
    assert "p59@example.test" in admin.page("/org/users?page=2")
    found = admin.page("/org/users?query=p07")
    assert "1 of 1" in found
    assert "p07@example.test" in found
    assert "Nobody fits this search" in admin.page("/org/users?query=nobody-at-all")


def test_an_invitation_without_mail_is_a_link_to_hand_on(client: Any, admin: Browser) -> None:
    page = admin.send("/org/users/invite", who="new@example.test", name="New", role="Editor").text
    link = re.search(r'value="http://localhost:3000(/invite/[^"]+)"', page)
    assert link
    assert "Join" in client.inner.application.test_client().get(link[1]).text
    assert "new@example.test" in admin.page("/org/users")
    code = link[1].rpartition("/")[2]
    assert admin.send(f"/org/invites/{code}/revoke").status_code == 302
    assert client.inner.application.test_client().get(link[1]).status_code == 412
    assert "already added" in admin.send("/org/users/invite", who="viewer", role="Viewer").text
    assert "Enter an email address" in admin.send("/org/users/invite", who="", role="Viewer").text


def test_a_team_from_its_making_to_its_end(client: Any, admin: Browser) -> None:
    made = admin.send("/org/teams", **{"team-name": "Ops", "team-email": ""})
    here = made.headers["Location"]
    assert re.fullmatch(r"/org/teams/edit/\d+", here)
    assert "Team name taken" in admin.send("/org/teams", **{"team-name": "Ops"}).text
    assert admin.send(f"{here}/members", who="viewer").status_code == 302
    assert "There is nobody called" in admin.send(f"{here}/members", who="nobody").text
    number = _id(client, "viewer")
    assert admin.send(f"{here}/members/{number}/level", permission="4").status_code == 302
    assert client.as_viewer().get(here).status_code == 200, "an administrator of the team, though a viewer"
    assert admin.send(f"{here}/groups", group="cn=ops").status_code == 302
    assert "cn=ops" in admin.page(here)
    assert admin.send(f"{here}/roles", give="fixed_folders_reader").status_code == 302
    assert "Folders reader" in admin.page(here)
    assert admin.send(f"{here}/roles", take="fixed_folders_reader").status_code == 302
    assert admin.send(here, **{"team-name": "Operations"}).status_code == 302
    assert "Operations" in admin.page("/org/teams")
    assert admin.send(f"{here}/members/{number}/remove").status_code == 302
    assert client.as_viewer().get(here).status_code == 403
    assert admin.send(f"{here}/delete").status_code == 302
    assert "Operations" not in admin.page("/org/teams").partition("<main")[2]


def test_a_service_account_and_its_tokens(client: Any, admin: Browser) -> None:
    here = admin.send("/org/serviceaccounts", **{"account-name": "robot", "account-role": "Editor"}).headers[
        "Location"
    ]
    page = admin.send(f"{here}/tokens", **{"token-name": "ci", "token-lives": "12h"}).text
    key = re.search(r'value="(glsa_\w+)"', page)
    assert key
    bearer = {"Authorization": f"Bearer {key[1]}"}
    robot = client.inner.application.test_client()
    assert robot.get("/api/org", headers=bearer).status_code == 200
    assert (
        "Write a length of time"
        in admin.send(f"{here}/tokens", **{"token-name": "x", "token-lives": "soon"}).text
    )
    assert "already exists" in admin.send(f"{here}/tokens", **{"token-name": "ci"}).text
    assert key[1] not in admin.page(here)
    assert admin.send(f"{here}/disabled", disabled="1").status_code == 302
    assert robot.get("/api/org", headers=bearer).status_code == 401
    assert admin.send(f"{here}/disabled", disabled="0").status_code == 302
    assert admin.send(here, **{"account-name": "android", "account-role": "Viewer"}).status_code == 302
    assert robot.post("/api/folders", json={"title": "x"}, headers=bearer).status_code == 403
    assert admin.send(f"{here}/delete").status_code == 302
    assert robot.get("/api/org", headers=bearer).status_code == 401


def test_api_keys_become_service_accounts_and_work_as_before(client: Any, admin: Browser) -> None:
    key = client.as_orgadmin().post("/api/auth/keys", {"name": "old", "role": "Editor"}).get_json()["key"]
    assert admin.send("/org/serviceaccounts/migrate").status_code == 302
    assert "sa-autogen-old" in admin.page("/org/serviceaccounts")
    assert (
        client.inner.application.test_client()
        .get("/api/org", headers={"Authorization": f"Bearer {key}"})
        .status_code
        == 200
    )


def test_the_tab_of_api_keys_can_be_taken_away(client: Any, admin: Browser) -> None:
    tab = 'href="/org/apikeys"'
    assert tab in admin.page("/org/serviceaccounts")
    assert client.as_admin().post("/api/serviceaccounts/hideApiKeys").status_code == 200
    assert tab not in admin.page("/org/serviceaccounts")


def test_a_person_from_making_to_deleting(client: Any, admin: Browser) -> None:
    made = admin.send(
        "/admin/users/create", name="Ann", email="ann@example.test", login="ann", password="secret"
    )
    here = made.headers["Location"].partition("?")[0]
    assert "already exists" in admin.send("/admin/users/create", login="ann", password="secret").text
    ann = client.inner.application.test_client()
    assert ann.post("/login", json={"user": "ann", "password": "secret"}).status_code == 200
    assert (
        admin.send(
            here, **{"user-name": "Ann B.", "user-email": "ann@example.test", "user-login": "ann"}
        ).status_code
        == 302
    )
    assert ann.get("/api/user").get_json()["name"] == "Ann B."
    assert "too short" in admin.send(f"{here}/password", **{"password-password": "abc"}).text
    assert admin.send(f"{here}/password", **{"password-password": "fresh"}).status_code == 302
    assert ann.get("/api/user").status_code == 401
    ann.post("/login", json={"user": "ann", "password": "fresh"})
    session = re.search(rf"{here}/sessions/(\d+)/end", admin.page(here))
    assert session
    assert admin.send(f"{here}/sessions/{session[1]}/end").status_code == 302
    assert ann.get("/api/user").status_code == 401
    assert admin.send(f"{here}/orgs", **{"org-org": "Other Org.", "org-role": "Editor"}).status_code == 302
    assert "Other Org." in admin.page(here)
    assert admin.send(f"{here}/orgs/2/role", role="Viewer").status_code == 302
    assert admin.send(f"{here}/orgs/2/leave").status_code == 302
    assert admin.send(f"{here}/orgs", **{"org-org": "No such", "org-role": "Editor"}).status_code == 404
    assert admin.send(f"{here}/admin", admin="1").status_code == 302
    assert client._as("ann", "fresh").get("/api/admin/stats").status_code == 200
    assert admin.send(f"{here}/admin", admin="0").status_code == 302
    assert admin.send(f"{here}/roles", give="fixed_stats_reader").status_code == 302
    assert client._as("ann", "fresh").get("/api/admin/stats").status_code == 200
    assert admin.send(f"{here}/disable").status_code == 302
    assert client._as("ann", "fresh").get("/api/user").status_code == 401
    assert admin.send(f"{here}/enable").status_code == 302
    assert admin.send(f"{here}/delete").status_code == 302
    assert admin.inner.get(here).status_code == 404


def test_the_last_server_admin_stays(client: Any, admin: Browser) -> None:
    here = f"/admin/users/edit/{_id(client, 'admin')}"
    for path, data in (("/admin", {"admin": "0"}), ("/disable", {}), ("/delete", {})):
        refused = admin.send(here + path, **data)
        assert (refused.status_code, "cannot remove last grafana admin" in refused.text) == (400, True)


def test_an_organisation_from_making_to_deleting(make_app: Any) -> None:
    from tests.conftest import Client

    client = Client(make_app(GF_QUOTA_ENABLED="true").test_client())
    admin = Browser(client.sign_in("admin", "admin"), "/org/teams")
    here = admin.send("/admin/orgs", **{"org-name": "Third"}).headers["Location"]
    assert "name taken" in admin.send("/admin/orgs", **{"org-name": "Third"}).text
    assert admin.send(f"{here}/quotas/dashboard", limit="7").status_code == 302
    assert 'value="7"' in admin.page(here)
    assert "whole number" in admin.send(f"{here}/quotas/dashboard", limit="many").text
    assert admin.send(here, **{"org-name": "Fourth"}).status_code == 302
    assert "Fourth" in admin.page("/admin/orgs")
    assert admin.send(f"{here}/delete").status_code == 302
    assert "Fourth" not in admin.page("/admin/orgs").partition("<main")[2]


def test_a_role_is_made_given_and_taken(client: Any, admin: Browser) -> None:
    client.as_orgadmin().post("/api/folders", {"title": "Vault", "uid": "vault"})
    client.as_orgadmin().post("/api/folders/vault/permissions", {"items": []})
    here = admin.send(
        "/admin/roles/new",
        display_name="Vault reader",
        permissions="folders:read folders:uid:vault\ndashboards:read folders:uid:vault",
    ).headers["Location"]
    assert "is no action" in admin.send("/admin/roles/new", display_name="x", permissions="rubbish").text
    assert admin.send(f"{here}/holders", user="viewer").status_code == 302
    assert client.as_viewer().get("/api/folders/vault").status_code == 200
    assert "viewer" in admin.page(here)
    assert admin.send(here, display_name="Vault reader", permissions="").status_code == 302
    assert client.as_viewer().get("/api/folders/vault").status_code == 403
    assert admin.send(f"{here}/holders", take_user=str(_id(client, "viewer"))).status_code == 302
    assert admin.send(f"{here}/holders", team="nothing").status_code == 404
    assert admin.send(f"{here}/delete").status_code == 302
    assert "Vault reader" not in admin.page("/admin/roles")
    assert admin.send("/admin/roles/reset").status_code == 302


def test_permissions_of_a_folder_a_dashboard_and_a_data_source(
    client: Any, admin: Browser, testdata: str, make_dashboard: Any
) -> None:
    client.as_orgadmin().post("/api/folders", {"title": "Vault", "uid": "vault"})
    folder, viewer = "/permissions/folders/vault", client.as_viewer()
    assert admin.send(folder, role_held="Viewer", level="").status_code == 302
    assert viewer.get("/api/folders/vault").status_code == 403
    assert admin.send(folder, kind="user", who="viewer", level="Edit").status_code == 302
    assert viewer.get("/api/folders/vault").get_json()["canSave"] is True
    assert admin.send(folder, user_id=str(_id(client, "viewer")), level="View").status_code == 302
    assert viewer.get("/api/folders/vault").get_json()["canSave"] is False
    for bad in (
        {"kind": "user", "who": "nobody", "level": "View"},
        {"kind": "team", "who": "none", "level": "View"},
        {"kind": "role", "role": "King", "level": "View"},
        {"kind": "user", "who": "viewer", "level": "Own"},
        {},
    ):
        assert admin.send(folder, **bad).status_code in {400, 404}, bad
    make_dashboard(title="Board", uid="board")
    assert (
        admin.inner.get("/d/board/x?editview=permissions").headers["Location"]
        == "/permissions/dashboards/board"
    )
    assert "Everybody with the role Viewer" in admin.page("/permissions/dashboards/board")
    source = f"/datasources/edit/{testdata}/permissions"
    assert admin.send(source, role_held="Viewer", level="").status_code == 302
    assert viewer.get(f"/api/datasources/uid/{testdata}").status_code == 403
    assert admin.send(source, restricted="0").status_code == 302
    assert viewer.get(f"/api/datasources/uid/{testdata}").status_code == 200
    assert client.as_editor().get(folder).status_code == 403


def test_pages_of_who_is_not_in_yet(make_app: Any) -> None:
    closed = make_app().test_client()
    assert closed.get("/signup").status_code == 404
    assert "Forgotten password?" in closed.get("/login").text
    assert "Sign up" not in closed.get("/login").text
    assert closed.get("/invite/nothing").status_code == 404
    assert closed.get("/user/password/reset?code=x").status_code == 200
    opened = make_app(GF_USERS_ALLOW_SIGN_UP="true").test_client()
    assert "Sign up" in opened.get("/login").text
    form = {"email": "me@example.test", "username": "me", "password": "secret", "again": "secret"}
    assert opened.post("/signup/account", data={**form, "password": "abc", "again": "abc"}).status_code == 400
    assert (
        opened.post("/signup/account", data=form, headers={"Origin": "https://evil.example"}).status_code
        == 403
    )
    assert opened.post("/signup/account", data=form).status_code == 302
    assert opened.get("/api/user").get_json()["login"] == "me"


def test_the_pages_of_a_filtered_list_keep_the_filter(client: Any) -> None:
    admin = client.as_admin()
    for n in range(60):
        admin.post("/api/orgs", {"name": f"Org {n:02d}"})
    page = admin.get("/admin/audit?kind=org").text
    assert re.findall(r'href="(\?page=2[^"]*)"', page) == ["?page=2&amp;query=&amp;kind=org"]
    assert "kind=org" in admin.get("/admin/audit?page=2&query=&kind=org").text
