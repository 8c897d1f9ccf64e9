"""A proxy in front says who somebody is: believed from it alone, and brought up to date."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

WHO = "X-WEBAUTH-USER"
MORE = "Name:X-WEBAUTH-NAME Email:X-WEBAUTH-EMAIL Groups:X-WEBAUTH-GROUPS Role:X-WEBAUTH-ROLE"


@pytest.fixture
def proxied(make_app: Any) -> Any:
    def make(**more: str) -> FlaskClient:
        inner: FlaskClient = make_app(
            GF_AUTH_PROXY_ENABLED="true", GF_AUTH_PROXY_HEADERS=MORE, GF_AUTH_PROXY_SYNC_TTL="0", **more
        ).test_client()
        return inner

    return make


def _me(inner: FlaskClient, who: str, address: str = "127.0.0.1", **headers: str) -> TestResponse:
    sent = {WHO: who, **{f"X-WEBAUTH-{key.upper()}": value for key, value in headers.items()}}
    return inner.get("/api/user", headers=sent, environ_base={"REMOTE_ADDR": address})


def test_an_unknown_person_gets_an_account_and_is_brought_up_to_date(proxied: Any) -> None:
    inner = proxied(GF_USERS_AUTO_ASSIGN_ORG_ROLE="Editor")
    found = _me(inner, "ann", name="Ann", email="ann@example.test").get_json()
    assert (found["login"], found["name"], found["email"], found["isExternal"]) == (
        "ann",
        "Ann",
        "ann@example.test",
        True,
    )
    assert inner.get("/api/user/orgs", headers={WHO: "ann"}).get_json()[0]["role"] == "Editor"
    found = _me(inner, "ann", name="Ann B.", email="b@example.test", role="Admin").get_json()
    assert (found["name"], found["email"]) == ("Ann B.", "b@example.test")
    assert inner.get("/api/user/orgs", headers={WHO: "ann"}).get_json()[0]["role"] == "Admin"
    assert _me(inner, "ann", email="viewer@example.test").get_json()["email"] == "b@example.test", (
        "somebody else's stays theirs"
    )


def test_nobody_is_made_where_accounts_are_not(proxied: Any) -> None:
    inner = proxied(GF_AUTH_PROXY_AUTO_SIGN_UP="false")
    assert _me(inner, "ann").status_code == 401
    assert _me(inner, "viewer").get_json()["login"] == "viewer"


def test_groups_bring_people_into_teams_and_out(proxied: Any) -> None:
    inner, admin = proxied(), ("orgadmin", "secret")
    ops, own = (
        inner.post("/api/teams", json={"name": name}, auth=admin).get_json()["teamId"]
        for name in ("Ops", "Own")
    )
    assert inner.post(f"/api/teams/{ops}/groups", json={"groupId": "ops"}, auth=admin).status_code == 200
    number = _me(inner, "ann").get_json()["id"]
    inner.post(f"/api/teams/{own}/members", json={"userId": number}, auth=admin)

    def teams() -> set[str]:
        return {
            one["name"] for one in inner.get(f"/api/users/{number}/teams", auth=("admin", "admin")).get_json()
        }

    _me(inner, "ann", groups="ops, others")
    assert teams() == {"Ops", "Own"}
    _me(inner, "ann")
    assert teams() == {"Ops", "Own"}, "no word of groups changes nothing"
    _me(inner, "ann", groups="others")
    assert teams() == {"Own"}, "who was put in by hand stays"


def test_only_the_proxy_is_believed(proxied: Any) -> None:
    inner = proxied(GF_AUTH_PROXY_WHITELIST="10.0.0.0/8, 192.168.1.5")
    assert _me(inner, "admin", "10.1.2.3").get_json()["login"] == "admin"
    assert _me(inner, "admin", "192.168.1.5").status_code == 200
    for address in ("127.0.0.1", "192.168.1.6", "11.0.0.1", "::1"):
        assert _me(inner, "admin", address).status_code == 407, address


def test_the_proxy_is_who_connects_and_not_who_it_forwards_for(proxied: Any) -> None:
    inner = proxied(GF_AUTH_PROXY_WHITELIST="10.0.0.1", GF_BELVEDERE_TRUSTED_PROXIES="10.0.0.1")
    forged = {WHO: "admin", "X-Forwarded-For": "10.0.0.1"}
    assert (
        inner.get("/api/user", headers=forged, environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 407
    )
    passed_on = {WHO: "viewer", "X-Forwarded-For": "203.0.113.9"}
    assert (
        inner.get("/api/user", headers=passed_on, environ_base={"REMOTE_ADDR": "10.0.0.1"}).get_json()[
            "login"
        ]
        == "viewer"
    )


@pytest.mark.parametrize("name", ["admin,viewer", "viewer, admin", "admin,"])
def test_a_name_that_came_twice_is_nobody(proxied: Any, name: str) -> None:
    """Smuggling: a client sends the header as well, and the proxy only adds its own."""
    assert _me(proxied(), name).status_code == 407


def test_a_disabled_person_and_an_empty_name_are_nobody(proxied: Any) -> None:
    inner = proxied()
    number = inner.get("/api/users/lookup?loginOrEmail=viewer", auth=("admin", "admin")).get_json()["id"]
    inner.post(f"/api/admin/users/{number}/disable", auth=("admin", "admin"))
    assert _me(inner, "viewer").status_code == 401
    assert _me(inner, "").status_code == 401
    assert _me(inner, "  ").status_code == 401


def test_another_site_cannot_use_what_the_proxy_adds(proxied: Any) -> None:
    """The proxy adds its header to whatever a browser sends, also for a page of another site."""
    inner = proxied()
    evil = {WHO: "admin", "Origin": "https://evil.example"}
    assert (
        inner.post("/api/admin/users", json={"login": "x", "password": "secret"}, headers=evil).status_code
        == 403
    )
    assert inner.post("/org/teams", data={"team-name": "x"}, headers={WHO: "admin"}).status_code == 403
    page = inner.get("/org/teams", headers={WHO: "admin"}).text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    done = inner.post("/org/teams", data={"team-name": "x", "csrf_token": token}, headers={WHO: "admin"})
    assert done.status_code == 302


def test_by_email_and_encoded(proxied: Any) -> None:
    inner = proxied(GF_AUTH_PROXY_HEADER_PROPERTY="email", GF_AUTH_PROXY_HEADERS_ENCODED="true")
    assert _me(inner, "viewer@example.test").get_json()["login"] == "viewer"
    assert _me(inner, "new@example.test", name="J=C3=BCrgen").get_json()["name"] == "Jürgen"


def test_a_session_where_the_proxy_gives_one(proxied: Any) -> None:
    inner = proxied(GF_AUTH_PROXY_ENABLE_LOGIN_TOKEN="true")
    assert _me(inner, "viewer").status_code == 200
    assert inner.get("/api/user").get_json()["login"] == "viewer"


def test_a_password_is_set_where_somebody_vouches(proxied: Any) -> None:
    inner = proxied()
    _me(inner, "ann")
    reply = inner.put(
        "/api/user/password", json={"oldPassword": "a", "newPassword": "secret"}, headers={WHO: "ann"}
    )
    assert (reply.status_code, reply.get_json()["message"]) == (
        400,
        "Not allowed to reset password for LDAP or Auth Proxy user",
    )


def test_the_header_is_nothing_where_the_proxy_is_off(client: Any) -> None:
    assert client.inner.get("/api/user", headers={WHO: "admin"}).status_code == 401


def test_an_empty_whitelist_is_warned_of(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    make_app(GF_AUTH_PROXY_ENABLED="true")
    assert "auth.proxy.whitelist is empty" in caplog.text
    caplog.clear()
    make_app(GF_AUTH_PROXY_ENABLED="true", GF_AUTH_PROXY_WHITELIST="10.0.0.1")
    assert "whitelist" not in caplog.text
