"""What is read before and beside the data: settings for programs, settings and numbers for administrators, guests."""

from typing import Any

import pytest

from core.settings import load
from services.server import shown_settings


def test_programs_find_versions_and_data_sources(client: Any, testdata: str) -> None:
    found = client.as_viewer().get("/api/frontend/settings/").get_json()
    assert (found["buildInfo"]["version"], found["defaultDatasource"]) == ("9.3.2", "TestData")
    source = found["datasources"]["TestData"]
    assert (source["uid"], source["url"], source["meta"]["id"]) == (testdata, f"/api/datasources/proxy/{source['id']}", "testdata")  # fmt: skip
    assert set(found["datasources"]) == {"TestData", "-- Grafana --", "-- Mixed --", "-- Dashboard --"}
    assert (
        client.as_stranger().get("/api/frontend/settings").get_json()["defaultDatasource"] == "-- Grafana --"
    )
    assert client.get("/api/frontend/settings").status_code == 401


def test_reading_them_costs_two_queries(client: Any, testdata: str, count_queries: Any) -> None:
    browser = client.sign_in("viewer")
    with count_queries(at_most=2):
        assert browser.get("/api/frontend/settings").status_code == 200


def test_administrators_see_settings_without_secrets(make_app: Any, client: Any) -> None:
    secret = "very-secret-word"
    app = make_app(
        GF_SECURITY_ADMIN_PASSWORD=secret,
        GF_SMTP_PASSWORD=secret,
        GF_AUTH_GITHUB_CLIENT_SECRET=secret,
        GF_REMOTE_CACHE_CONNSTR="addr=127.0.0.1:6379",
    )
    reply = type(client)(app.test_client()).as_admin().get("/api/admin/settings")
    assert secret not in reply.text
    found = reply.get_json()
    assert found["security"]["secret_key"] == found["smtp"]["password"] == "*********"
    assert found["server"]["root_url"] == "http://localhost:3000/"
    assert "session" not in found
    old = (
        type(client)(app.test_client())
        .as_admin()
        .get("/api/admin/settings", headers={"X-Api-Generation": "2.6"})
    )
    assert old.get_json()["security"]["cookie_remember_name"] == "grafana_session"


def test_the_password_in_an_address_is_hidden() -> None:
    settings = load(
        environment={"GF_DATABASE_URL": "postgres://u:s3cr3t@h/n", "GF_DATABASE_PASSWORD": "s3cr3t"}
    )
    assert shown_settings(settings, old=False)["database"]["url"] == "postgres://u:*********@h/n"
    assert "s3cr3t" not in str(shown_settings(settings, old=True)["database"])


@pytest.mark.parametrize("path", ["/api/admin/settings", "/api/admin/stats"])
def test_others_are_told_which_right_they_lack(client: Any, path: str) -> None:
    for who in (client, client.as_viewer(), client.as_orgadmin()):
        reply = who.get(path)
        assert (reply.status_code, reply.get_json()["title"]) == (403, "Access denied")


def test_numbers(client: Any, testdata: str, make_dashboard: Any) -> None:
    make_dashboard(tags=["a", "b"])
    make_dashboard(uid="two", title="Two", tags=["a"])
    client.as_viewer().post("/api/user/stars/dashboard/uid/two")
    found = client.as_admin().get("/api/admin/stats").get_json()
    want = {"dashboards": 2, "tags": 2, "datasources": 1, "stars": 1, "orgs": 2, "users": 5, "viewers": 1, "editors": 1, "admins": 3}  # fmt: skip
    assert {name: found[name] for name in want} == want
    assert found["activeUsers"] <= found["users"]


@pytest.fixture
def open_client(make_app: Any, client: Any, testdata: str, make_dashboard: Any) -> Any:
    make_dashboard(title="Open")
    return type(client)(make_app(GF_AUTH_ANONYMOUS_ENABLED="true").test_client())


def test_guests_look_on_and_change_nothing(open_client: Any) -> None:
    assert open_client.get("/api/dashboards/uid/board").get_json()["meta"]["canStar"] is False
    assert [one["title"] for one in open_client.get("/api/search").get_json()] == ["Open"]
    assert open_client.get("/api/org").get_json()["name"] == "Main Org."
    page = open_client.get("/d/board/x")
    assert (page.status_code, "Sign in" in page.text, "Change password" in page.text) == (200, True, False)
    for path in ("/api/user", "/api/user/stars", "/api/user/preferences"):
        assert open_client.get(path).status_code == 401
    assert open_client.post("/api/dashboards/db", {"dashboard": {"title": "x"}}).status_code == 403
    assert open_client.get("/login").status_code == 200


def test_guests_stay_in_their_organisation_and_may_be_asked_to_sign_in(open_client: Any) -> None:
    assert open_client.get("/api/org", headers={"X-Grafana-Org-Id": "2"}).get_json()["id"] == 1
    assert open_client.get("/api/org?orgId=2").status_code == 401
    assert open_client.get("/d/board/x?forceLogin=true").headers["Location"] == "/login"


def test_a_wrong_password_does_not_make_a_guest(open_client: Any) -> None:
    assert open_client._as("viewer", "wrong").get("/api/org").status_code == 401


def test_guests_of_an_organisation_that_is_not_there_are_nobody(make_app: Any) -> None:
    app = make_app(GF_AUTH_ANONYMOUS_ENABLED="true", GF_AUTH_ANONYMOUS_ORG_NAME="Renamed")
    assert app.test_client().get("/api/org").status_code == 401
