"""Pages of a person's and an organisation's own settings."""

import re
from typing import Any

from tests.pages.steps import token


def test_a_profile_is_changed_and_a_wrong_one_said(client: Any) -> None:
    browser = client.sign_in("viewer")
    its_token = token(browser.get("/profile").text)
    mine = {"profile-name": "New Name", "profile-email": "v@example.test", "profile-login": "viewer"}
    assert (
        browser.post("/profile", data={**mine, "csrf_token": its_token}).headers["Location"]
        == "/profile?done=profile"
    )
    assert "Your profile is saved" in browser.get("/profile?done=profile").text
    assert browser.get("/api/user").json["name"] == "New Name"
    taken = browser.post("/profile", data={**mine, "profile-login": "editor", "csrf_token": its_token})
    assert taken.status_code >= 400
    assert 'value="editor"' in taken.text
    assert browser.get("/api/user").json["login"] == "viewer"
    assert browser.post("/profile", data=mine).status_code == 403


def test_preferences_of_a_person_and_of_the_organisation(client: Any, make_dashboard: Any) -> None:
    make_dashboard(title="Home of mine")
    browser = client.sign_in("orgadmin")
    its_token = token(browser.get("/profile").text)
    wanted = {
        "preferred-theme": "light",
        "preferred-home": "board",
        "preferred-timezone": "utc",
        "preferred-week_start": "monday",
        "csrf_token": its_token,
    }
    assert browser.post("/profile/preferences", data=wanted).status_code == 302
    assert browser.get("/api/user/preferences").json["homeDashboardUID"] == "board"
    assert browser.get("/").headers["Location"].startswith("/d/board/")
    assert 'data-theme="light"' in browser.get("/dashboards").text
    org = {**wanted, "preferred-theme": "dark", "preferred-home": ""}
    assert browser.post("/org/preferences", data=org).headers["Location"] == "/org?done=preferences"
    assert browser.get("/api/org/preferences").json["theme"] == "dark"
    wrong = browser.post("/org/preferences", data={**org, "preferred-theme": "pink"})
    assert wrong.status_code == 400
    assert "Not a valid choice" in wrong.text
    assert client.as_editor().get("/org").status_code == 403


def test_api_keys_are_made_shown_once_and_deleted(client: Any) -> None:
    browser = client.sign_in("orgadmin")
    its_token = token(browser.get("/org/apikeys").text)
    form = {"key-name": "robot", "key-role": "Editor", "key-lives": "30d", "csrf_token": its_token}
    made = browser.post("/org/apikeys", data=form)
    key = re.search(r'id="made-key"[^>]*value="([^"]+)"', made.text)
    assert key
    reply = client.get("/api/org", headers={"Authorization": f"Bearer {key[1]}"})
    assert reply.status_code == 200
    assert key[1] not in browser.get("/org/apikeys").text
    for wrong, words in (
        ({**form}, "must be unique"),
        ({**form, "key-name": "x", "key-lives": "soon"}, "length of time"),
        ({**form, "key-name": ""}, "a name"),
    ):
        refused = browser.post("/org/apikeys", data=wrong)
        assert refused.status_code >= 400
        assert words in refused.text
    (held,) = browser.get("/api/auth/keys").json
    assert (
        browser.post(f"/org/apikeys/{held['id']}/delete", data={"csrf_token": its_token}).status_code == 302
    )
    assert browser.get("/api/auth/keys").json == []
    assert client.as_editor().get("/org/apikeys").status_code == 403


def test_sessions_are_listed_and_ended(client: Any, app: Any) -> None:
    other = app.test_client()
    assert other.post("/login", json={"user": "viewer", "password": "secret"}).status_code == 200
    browser = client.sign_in("viewer")
    page = browser.get("/profile").text
    (number,) = re.findall(r"/profile/sessions/(\d+)/end", page)
    browser.post(f"/profile/sessions/{number}/end", data={"csrf_token": token(page)})
    assert other.get("/api/user").status_code == 401
    assert browser.get("/api/user").status_code == 200
