import base64
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from core import clock
from models import AuthSession, User, db
from services import identity


def test_a_session_comes_and_goes(client: Any, app: Any) -> None:
    browser = client.sign_in("viewer")
    assert browser.get("/api/user").get_json()["login"] == "viewer"
    with app.app_context():
        kept = db.session.scalars(select(AuthSession.token_hash)).one()
    token = browser.get_cookie("grafana_session").value
    assert token not in kept
    assert browser.get("/logout").headers["Location"] == "/login"
    browser.set_cookie("grafana_session", token)
    assert browser.get("/api/user").status_code == 401


def test_each_sign_in_gets_a_token_of_its_own(client: Any) -> None:
    browser = client.inner
    browser.set_cookie("grafana_session", "chosen-by-somebody-else")
    client.sign_in("viewer")
    assert browser.get_cookie("grafana_session").value != "chosen-by-somebody-else"


@pytest.mark.parametrize("who", ["viewer", "nobody-here"])
def test_unknown_names_and_wrong_passwords_are_refused_alike(client: Any, who: str) -> None:
    reply = client.post("/login", {"user": who, "password": "wrong"})
    assert (reply.status_code, reply.get_json()["message"]) == (401, "Invalid username or password")


@pytest.mark.parametrize("who", ["viewer", "nobody-here"])
def test_an_unknown_name_costs_the_slow_hash_as_a_wrong_password_does(
    client: Any, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    computed = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, stored: str, password: str) -> bool:
        computed.append(stored.split("$")[3])
        return verify(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    client.post("/login", {"user": who, "password": "wrong"})
    client.get(
        "/api/user", headers={"Authorization": "Basic " + base64.b64encode(f"{who}:wrong".encode()).decode()}
    )
    assert computed == ["m=19456,t=2,p=1"] * 2


def test_the_lock_can_be_switched_off(make_app: Any) -> None:
    app = make_app(GF_SECURITY_DISABLE_BRUTE_FORCE_LOGIN_PROTECTION="true")
    caller = app.test_client()
    for _ in range(6):
        assert caller.post("/login", json={"user": "viewer", "password": "wrong"}).status_code == 401
    assert caller.post("/login", json={"user": "viewer", "password": "secret"}).status_code == 200


def test_five_failures_lock_a_name_even_for_the_right_password(client: Any) -> None:
    for _ in range(5):
        client.post("/login", {"user": "viewer", "password": "wrong"})
    assert client.post("/login", {"user": "viewer", "password": "secret"}).status_code == 401
    assert client.as_viewer().get("/api/user").status_code == 401
    assert client.post("/login", {"user": "editor", "password": "secret"}).status_code == 200


def test_disabled_people_are_out_at_once(client: Any, app: Any) -> None:
    browser = client.sign_in("viewer")
    with app.app_context():
        db.session.execute(User.__table__.update().where(User.login == "viewer").values(is_disabled=True))
        db.session.commit()
    assert browser.get("/api/user").status_code == 401


def test_a_change_of_rights_holds_on_the_next_request(client: Any) -> None:
    editor = client.as_editor()
    assert editor.post("/api/folders", {"title": "One"}).status_code == 200
    person = editor.get("/api/user").get_json()["id"]
    assert (
        client.as_orgadmin().send("PATCH", f"/api/org/users/{person}", json={"role": "Viewer"}).status_code
        == 200
    )
    assert editor.post("/api/folders", {"title": "Two"}).status_code == 403


def test_basic_auth_can_be_closed(make_app: Any) -> None:
    browser = make_app(GF_AUTH_BASIC_ENABLED="false").test_client()
    assert browser.get("/api/user", auth=("viewer", "secret")).status_code == 401


def test_keys_belong_to_their_own_organisation(client: Any) -> None:
    key = client.as_orgadmin().post("/api/auth/keys", {"name": "k", "role": "Viewer"}).get_json()["key"]
    header = {"Authorization": f"Bearer {key}"}
    for extra in ({}, {"X-Grafana-Org-Id": "2"}):
        assert client.get("/api/org", headers=header | extra).get_json()["id"] == 1
    assert client.get("/api/org?targetOrgId=2", headers=header).get_json()["id"] == 1
    assert client.get("/api/user", headers=header).status_code == 403


def test_expired_keys_are_refused(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from core import clock

    key = (
        client.as_orgadmin()
        .post("/api/auth/keys", {"name": "k", "role": "Viewer", "secondsToLive": 60})
        .get_json()["key"]
    )
    header = {"Authorization": f"Bearer {key}"}
    assert client.get("/api/org", headers=header).status_code == 200
    later = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert client.get("/api/org", headers=header).get_json()["message"] == "Expired API key"


def test_idle_sessions_end(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from core import clock

    browser = client.sign_in("viewer")
    later = clock.now() + timedelta(days=8)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert browser.get("/api/user").status_code == 401


def test_a_sign_in_never_leads_to_another_site(client: Any) -> None:
    browser = client.inner
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        browser.set_cookie("redirect_to", target)
        reply = browser.post("/signin", data={"user": "viewer", "password": "secret"})
        assert reply.headers["Location"] == "/", target
    browser.set_cookie("redirect_to", "/d/abc/x?from=now-1h")
    assert (
        browser.post("/signin", data={"user": "viewer", "password": "secret"}).headers["Location"]
        == "/d/abc/x?from=now-1h"
    )


def test_the_well_known_password_is_to_be_changed(client: Any) -> None:
    reply = client.inner.post("/signin", data={"user": "admin", "password": "admin"})
    assert reply.headers["Location"] == "/profile/password?first=1"


def test_changing_the_own_password_ends_other_sessions(app: Any, client: Any) -> None:
    other = app.test_client()
    other.post("/login", json={"user": "viewer", "password": "secret"})
    browser = client.sign_in("viewer")
    assert (
        browser.put("/api/user/password", json={"oldPassword": "nope", "newPassword": "better"}).status_code
        == 401
    )
    assert (
        browser.put("/api/user/password", json={"oldPassword": "secret", "newPassword": "x"}).status_code
        == 400
    )
    assert (
        browser.put("/api/user/password", json={"oldPassword": "secret", "newPassword": "better"}).status_code
        == 200
    )
    assert browser.get("/api/user").status_code == 200
    assert other.get("/api/user").status_code == 401


def test_one_address_that_tries_many_names_has_to_wait(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "ADDRESS_AFTER", 3)
    for n in range(3):
        assert client.post("/login", {"user": f"name-{n}", "password": "x"}).status_code == 401
    reply = client.post("/login", {"user": "viewer", "password": "secret"})
    assert (reply.status_code, "Too many" in reply.get_json()["message"]) == (429, True)
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert (
        client.post("/login", {"user": "viewer", "password": "secret"}, environ_base=elsewhere).status_code
        == 200
    )
    page = client.post("/signin", data={"user": "viewer", "password": "secret"})
    assert (page.status_code, "Too many failed sign-ins" in page.text) == (429, True)


class Clock:
    """A clock that tests set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead = timedelta()
        real = clock.now
        monkeypatch.setattr(clock, "now", lambda: real() + self.ahead)


def test_a_clock_that_is_set_back_locks_nobody_out(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    wall = Clock(monkeypatch)
    wall.ahead = timedelta(days=2)
    browser = client.sign_in("editor")
    for _ in range(5):
        client.inner.post("/login", json={"user": "viewer", "password": "wrong"})
    key = (
        client.as_orgadmin()
        .post("/api/auth/keys", {"name": "k", "role": "Viewer", "secondsToLive": 86400})
        .get_json()
    )
    wall.ahead = timedelta()
    assert client.post("/login", {"user": "viewer", "password": "secret"}).status_code == 200
    client.sign_in("editor")
    assert browser.get("/api/user").status_code == 200
    bearer = {"Authorization": f"Bearer {key['key']}"}
    assert client.inner.get("/api/org", headers=bearer).status_code == 200


def test_a_clock_that_jumps_ahead_ends_what_has_an_end(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    wall = Clock(monkeypatch)
    browser = client.sign_in("editor")
    key = (
        client.as_orgadmin()
        .post("/api/auth/keys", {"name": "k", "role": "Viewer", "secondsToLive": 86400})
        .get_json()
    )
    wall.ahead = timedelta(days=8)
    assert browser.get("/api/user").status_code == 401
    reply = client.inner.get("/api/org", headers={"Authorization": f"Bearer {key['key']}"})
    assert (reply.status_code, reply.get_json()["message"]) == (401, "Expired API key")
    assert client.post("/login", {"user": "editor", "password": "secret"}).status_code == 200


def test_who_is_in_is_told_as_documents_show_it_to_who_asks_for_json(client: Any) -> None:
    def ping(accept: str) -> Any:
        return client.inner.get("/api/login/ping", auth=("viewer", "secret"), headers={"Accept": accept})

    assert ping("application/json").get_json() == {"message": "Logged in"}
    assert ping("text/html, application/json;q=0.9").get_json() == {"message": "Logged in"}
    assert (ping("*/*").data, ping("*/*").mimetype) == (b"Logged in", "application/json")
    assert client.inner.get("/api/login/ping").status_code == 401
