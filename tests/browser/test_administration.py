"""What administrators click: people, teams, service accounts, roles, permissions, the log of changes."""

import re
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import save, serious_faults, sign_in
from tests.serving import ADMIN

PLACES = [
    "/org/users", "/org/users/invite", "/org/teams", "{team}", "/org/serviceaccounts", "{account}", "/admin/users", "/admin/users/create",
    "{person}", "/admin/orgs", "/admin/orgs/edit/1", "/admin/settings", "/admin/stats", "/admin/audit", "/admin/roles", "/admin/roles/new",
    "/admin/roles/edit/basic_editor", "/admin/roles/edit/fixed_teams_writer", "/admin/why?login=admin&action=dashboards:read",
    "/permissions/dashboards/guarded", "/permissions/folders/guard", "/datasources/edit/testdata/permissions",
]  # fmt: skip


def _api(server: str, method: str, path: str, **body: object) -> dict[str, object]:
    reply = requests.request(method, server + path, json=body or None, auth=ADMIN, timeout=10)
    assert reply.status_code < 300 or reply.status_code in {409, 412}, reply.text
    found: dict[str, object] = reply.json()
    return found


@pytest.fixture(scope="module")
def places(server: str) -> dict[str, str]:
    """A person, a team, a service account, a folder with a dashboard; addresses of their pages by name."""
    person = _api(
        server,
        "POST",
        "/api/admin/users",
        login="ada",
        email="ada@example.test",
        name="Ada",
        password="secret",
    )["id"]
    team = _api(server, "POST", "/api/teams", name="Operations")["teamId"]
    account = _api(server, "POST", "/api/serviceaccounts", name="robot", role="Viewer")["id"]
    _api(server, "POST", f"/api/serviceaccounts/{account}/tokens", name="ci")
    _api(server, "POST", "/api/folders", title="Guard", uid="guard")
    save(server, title="Guarded", uid="guarded", panels=[])
    _api(server, "POST", "/api/org/invites", loginOrEmail="new@example.test", role="Viewer")
    return {
        "person": f"/admin/users/edit/{person}",
        "team": f"/org/teams/edit/{team}",
        "account": f"/org/serviceaccounts/{account}",
    }


@pytest.fixture
def someone(browser: Browser, server: str, places: dict[str, str]) -> Iterator[Page]:
    """Another browser, for who is not the administrator."""
    context = browser.new_context(base_url=server)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("path", PLACES)
def test_pages_are_accessible_silent_and_fit_a_phone(
    signed_in: Page, places: dict[str, str], path: str, theme: str
) -> None:
    said: list[str] = []
    signed_in.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    address = path.format(**places)
    signed_in.goto(f"{address}{'&' if '?' in address else '?'}theme={theme}")
    expect(signed_in.get_by_role("heading", level=1)).to_be_visible()
    assert serious_faults(signed_in) == []
    signed_in.set_viewport_size({"width": 390, "height": 800})
    assert signed_in.evaluate("document.documentElement.scrollWidth") <= 390, "it fits a phone"
    assert said == []


@pytest.mark.parametrize(
    "path", ["/signup", "/user/password/send-reset-email", "/user/password/reset?code=x", "/invite/none"]
)
def test_pages_of_who_is_not_in_are_accessible(someone: Page, path: str) -> None:
    someone.goto(path)
    assert serious_faults(someone) == []


def test_inviting_somebody_who_then_comes_in(signed_in: Page, someone: Page) -> None:
    page = signed_in
    page.goto("/org/users")
    page.get_by_role("link", name="Invite").click()
    page.get_by_label("Email or username").fill("guest@example.test")
    page.get_by_label("Role").select_option("Editor")
    page.get_by_role("button", name="Invite").click()
    link = page.get_by_label("Link of the invitation").input_value()
    someone.goto("/invite/" + link.rpartition("/")[2])
    expect(someone.get_by_label("Email")).to_have_value("guest@example.test")
    someone.get_by_label("Username").fill("guest")
    someone.get_by_label("Password", exact=True).fill("secret")
    someone.get_by_label("Repeat the password").fill("secret")
    someone.get_by_role("button", name="Join").click()
    expect(someone.get_by_role("heading", name="Home")).to_be_visible()
    page.goto("/org/users?query=guest")
    row = page.get_by_role("row", name=re.compile("guest@example.test"))
    expect(row.get_by_role("combobox")).to_have_value("Editor")
    row.get_by_role("button", name="Remove guest").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("has left the organization")).to_be_visible()


def test_a_folder_for_a_team_alone(
    signed_in: Page, someone: Page, places: dict[str, str], server: str
) -> None:
    """Shut for viewers, open for a team; the person sees it come and go, and the administrator sees why."""
    sign_in(someone, "ada", "secret")
    someone.goto("/dashboards")
    expect(someone.get_by_role("link", name="Guard", exact=True)).to_be_visible()
    page = signed_in
    page.goto("/dashboards/f/guard/guard")
    page.get_by_role("link", name="Permissions").click()
    page.get_by_role("button", name="Take the permission of Viewer away").click()
    page.get_by_role("dialog").get_by_role("button", name="Take away").click()
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    someone.reload()
    expect(someone.get_by_role("link", name="Guard", exact=True)).to_have_count(0)
    page.goto(places["team"])
    page.get_by_label("Add a member").fill("ada")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("cell", name="ada", exact=True)).to_be_visible()
    page.goto("/permissions/folders/guard")
    page.get_by_label("Add a team").get_by_role("textbox").or_(page.locator("#add-team")).first.fill(
        "Operations"
    )
    page.locator("#add-team-level").select_option("Edit")
    page.locator("form", has=page.locator("#add-team")).get_by_role("button", name="Add").click()
    someone.reload()
    expect(someone.get_by_role("link", name="Guard", exact=True)).to_be_visible()
    page.goto("/admin/why?login=ada&action=dashboards:write&scope=folders:uid:guard")
    expect(page.get_by_text("is in the team Operations, which has Edit on the folder Guard")).to_be_visible()
    page.goto("/admin/audit?query=admin&kind=object_permission")
    expect(page.get_by_role("row").nth(1)).to_contain_text("permission")
    someone.goto("/admin/users")
    expect(someone.get_by_text("Not allowed")).to_be_visible()


def test_a_token_is_shown_once_and_works(signed_in: Page, places: dict[str, str], server: str) -> None:
    page = signed_in
    page.goto(places["account"])
    page.get_by_label("Token name").fill("from the page")
    page.get_by_label("Time to live").fill("1h")
    page.get_by_role("button", name="Add token").click()
    token = page.get_by_label("Secret").input_value()
    assert (
        requests.get(
            server + "/api/org", headers={"Authorization": f"Bearer {token}"}, timeout=10
        ).status_code
        == 200
    )
    page.goto(places["account"])
    expect(page.get_by_label("Secret")).to_have_count(0)
    page.get_by_role("button", name="Delete the token from the page").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("cell", name="from the page")).to_have_count(0)
    assert (
        requests.get(
            server + "/api/org", headers={"Authorization": f"Bearer {token}"}, timeout=10
        ).status_code
        == 401
    )


def test_what_asks_before_it_deletes_can_be_left(signed_in: Page, places: dict[str, str]) -> None:
    page = signed_in
    page.goto(places["person"])
    page.get_by_role("button", name="Delete user").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Delete user").click()
    page.get_by_role("button", name="Cancel").click()
    page.reload()
    expect(page.get_by_role("heading", name="ada")).to_be_visible()


def test_a_role_is_made_and_given(signed_in: Page) -> None:
    page = signed_in
    page.goto("/admin/roles")
    page.get_by_role("link", name="New role").click()
    page.get_by_label("Name", exact=True).fill("Readers of all")
    page.get_by_label("Permissions").fill("dashboards:read dashboards:*\nfolders:read folders:*")
    page.get_by_role("button", name="Create role").click()
    expect(page.get_by_role("heading", name="Readers of all")).to_be_visible()
    page.get_by_label("Give to").fill("ada")
    page.get_by_role("button", name="Give to user").click()
    expect(page.get_by_role("button", name="Take the role from ada")).to_be_visible()
    page.get_by_role("button", name="Delete role").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("The role is gone")).to_be_visible()
