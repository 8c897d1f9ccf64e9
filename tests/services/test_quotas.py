"""Limits: of an organisation, of a person, of the server; by settings and by what was set."""

from typing import Any

import pytest


@pytest.fixture
def limited(make_app: Any) -> Any:
    from tests.conftest import Client

    def make(**more: str) -> Client:
        return Client(
            make_app(
                GF_QUOTA_ENABLED="true", **{f"GF_QUOTA_{name}": value for name, value in more.items()}
            ).test_client()
        )

    return make


def test_each_target_is_counted_and_refused(limited: Any) -> None:
    client = limited(ORG_DASHBOARD="1", ORG_DATA_SOURCE="1", ORG_API_KEY="2", ORG_USER="5")
    orgadmin = client.as_orgadmin()
    first = {"dashboard": {"title": "One"}}
    source = {"type": "testdata", "access": "proxy"}
    assert orgadmin.post("/api/dashboards/db", first).status_code == 200
    assert orgadmin.post("/api/dashboards/db", {"dashboard": {"title": "Two"}}).get_json() == {
        "message": "Quota reached"
    }
    assert orgadmin.post("/api/datasources", {"name": "One", **source}).status_code == 200
    assert orgadmin.post("/api/datasources", {"name": "Two", **source}).get_json() == {
        "message": "data_source Quota reached"
    }
    assert orgadmin.post("/api/auth/keys", {"name": "one", "role": "Viewer"}).status_code == 200
    account = orgadmin.post("/api/serviceaccounts", {"name": "robot"}).get_json()["id"]
    assert orgadmin.post(f"/api/serviceaccounts/{account}/tokens", {"name": "two"}).status_code == 200
    assert orgadmin.post(f"/api/serviceaccounts/{account}/tokens", {"name": "three"}).status_code == 403
    assert orgadmin.post("/api/auth/keys", {"name": "three", "role": "Viewer"}).status_code == 403
    assert orgadmin.post("/api/org/users", {"loginOrEmail": "stranger", "role": "Viewer"}).status_code == 200
    assert (
        orgadmin.post("/api/org/invites", {"loginOrEmail": "new@example.test", "role": "Viewer"}).status_code
        == 403
    )
    used = {one["target"]: one["used"] for one in orgadmin.get("/api/org/quotas").get_json()}
    assert used == {"dashboard": 1, "data_source": 1, "api_key": 2, "org_user": 5, "alert_rule": 0}


def test_a_limit_that_was_set_wins_and_is_forgotten_with_its_owner(limited: Any) -> None:
    client = limited(ORG_DASHBOARD="0")
    admin, stranger = client.as_admin(), client.as_stranger()
    assert stranger.post("/api/dashboards/db", {"dashboard": {"title": "One"}}).status_code == 403
    assert admin.put("/api/orgs/2/quotas/dashboard", {"limit": 1}).status_code == 200
    assert stranger.post("/api/dashboards/db", {"dashboard": {"title": "One"}}).status_code == 200
    assert client.as_orgadmin().put("/api/orgs/1/quotas/dashboard", {"limit": 9}).status_code == 403
    for bad in ({"limit": "1"}, {"limit": -2}, {"limit": 1.5}, {}):
        assert admin.put("/api/orgs/2/quotas/dashboard", bad).status_code == 400
    assert admin.put("/api/orgs/2/quotas/nothing", {"limit": 1}).status_code == 404
    assert admin.put("/api/orgs/999/quotas/dashboard", {"limit": 1}).status_code == 404


def test_a_person_is_in_so_many_organisations(limited: Any) -> None:
    client = limited()
    admin = client.as_admin()
    number = admin.get("/api/users/lookup?loginOrEmail=viewer").get_json()["id"]
    assert admin.put(f"/api/admin/users/{number}/quotas/org_user", {"limit": 1}).status_code == 200
    assert client.as_viewer().get("/api/user/quotas").get_json() == [
        {"user_id": number, "target": "org_user", "limit": 1, "used": 1}
    ]
    assert admin.post("/api/orgs/2/users", {"loginOrEmail": "viewer", "role": "Viewer"}).status_code == 403


def test_the_whole_server_has_limits_too(limited: Any) -> None:
    client = limited(GLOBAL_USER="5", GLOBAL_ORG="2", GLOBAL_SESSION="1")
    admin = client.as_admin()
    assert admin.post("/api/admin/users", {"login": "x", "password": "secret"}).status_code == 403
    assert admin.post("/api/orgs", {"name": "Third"}).status_code == 403
    assert client.inner.post("/login", json={"user": "viewer", "password": "secret"}).status_code == 200
    assert client.inner.post("/login", json={"user": "editor", "password": "secret"}).status_code == 403


def test_off_is_off(client: Any) -> None:
    assert client.as_orgadmin().get("/api/org/quotas").status_code == 400
    assert client.as_admin().put("/api/orgs/1/quotas/dashboard", {"limit": 0}).status_code == 400


def test_a_person_is_signed_in_with_so_many_browsers(make_app: Any) -> None:
    app = make_app(GF_BELVEDERE_SESSIONS_PER_USER="2")
    browsers = [app.test_client() for _ in range(3)]
    for browser in browsers:
        assert browser.post("/login", json={"user": "viewer", "password": "secret"}).status_code == 200
    assert [browser.get("/api/user").status_code for browser in browsers] == [401, 200, 200]
