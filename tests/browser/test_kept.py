"""Annotations by hand, snapshots, playlists and the pages of what is kept with dashboards, in a browser."""

import time
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import save, serious_faults, settled, sign_in
from tests.serving import ADMIN


@pytest.fixture
def board(server: str, page: Page) -> Iterator[str]:
    """A dashboard of a chart with an annotation on it, shown to an admin who is signed in."""
    sources = requests.get(server + "/api/datasources", auth=ADMIN, timeout=10).json()
    testdata = next(one["uid"] for one in sources if one["type"] == "testdata")
    target = {"refId": "A", "scenarioId": "random_walk", "datasource": {"uid": testdata}}
    chart = {
        "id": 1,
        "type": "timeseries",
        "title": "Walk",
        "gridPos": {"x": 0, "y": 0, "w": 24, "h": 8},
        "targets": [target],
    }
    uid = save(
        server, uid="kept", title="Kept", tags=["wall"], time={"from": "now-1h", "to": "now"}, panels=[chart]
    )
    note = {"text": "First", "time": int(time.time() * 1000) - 1_800_000, "dashboardUID": uid}
    made = requests.post(server + "/api/annotations", json=note, auth=ADMIN, timeout=10).json()["id"]
    sign_in(page)
    yield uid
    requests.delete(f"{server}/api/annotations/{made}", auth=ADMIN, timeout=10)
    requests.delete(f"{server}/api/dashboards/uid/{uid}", auth=ADMIN, timeout=10)


def test_an_annotation_is_made_changed_and_deleted_on_the_chart(page: Page, board: str) -> None:
    page.goto(f"/d/{board}")
    assert settled(page) == {"done": 1}
    marks = page.locator(".annotation")
    expect(marks).to_have_count(1)
    plot = page.locator("svg.plot")
    box = plot.bounding_box()
    assert box
    plot.click(modifiers=["Control"], position={"x": box["width"] * 0.75, "y": 40})
    expect(page.get_by_role("dialog").get_by_label("Text")).to_be_focused()
    page.keyboard.type("By hand")
    page.get_by_label("Tags").fill("me, you")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(marks).to_have_count(2)
    mine = page.locator('.annotation[data-text="By hand"]')
    expect(mine).to_have_attribute("data-tags", "me, you")
    mine.focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_label("Text").fill("Changed")
    page.get_by_role("button", name="Save", exact=True).click()
    changed = page.locator('.annotation[data-text="Changed"]')
    expect(changed).to_have_count(1)
    changed.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Delete").click()
    expect(marks).to_have_count(1)


def test_what_an_annotation_says_is_shown_under_the_pointer(page: Page, board: str) -> None:
    page.goto(f"/d/{board}")
    settled(page)
    page.locator(".annotation .foot-mark").hover()
    expect(page.locator("#crosshair-tip")).to_contain_text("First")


def test_a_snapshot_is_taken_and_seen_by_who_is_not_signed_in(
    page: Page, board: str, browser: Browser, server: str
) -> None:
    page.goto(f"/d/{board}")
    settled(page)
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_label("Name of the snapshot").fill("For all")
    page.get_by_role("button", name="Take a snapshot").click()
    address = page.get_by_label("Address of the snapshot").input_value()
    guest = browser.new_context(base_url=server).new_page()
    guest.goto("/dashboard/snapshot/" + address.rpartition("/")[2])
    assert settled(guest) == {"done": 1}
    expect(guest.locator(".annotation")).to_have_count(1)
    expect(guest.get_by_role("heading", name="For all")).to_be_visible()
    assert serious_faults(guest) == []
    guest.context.close()


def test_a_playlist_leads_on_until_it_is_paused(page: Page, board: str, server: str) -> None:
    save(server, uid="kept2", title="Kept too", tags=["wall"], panels=[])
    body = {
        "name": "Wall",
        "interval": "2s",
        "items": [{"type": "dashboard_by_tag", "value": "wall", "title": "wall"}],
    }
    uid = requests.post(server + "/api/playlists", json=body, auth=ADMIN, timeout=10).json()["uid"]
    page.goto(f"/playlists/play/{uid}")
    page.wait_for_url("**at=1**")
    expect(page.get_by_role("region", name="Playlist")).to_contain_text("Wall: 2 of 2")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    requests.delete(f"{server}/api/dashboards/uid/kept2", auth=ADMIN, timeout=10)
    requests.delete(f"{server}/api/playlists/{uid}", auth=ADMIN, timeout=10)


@pytest.mark.parametrize(
    "path",
    [
        "/playlists",
        "/playlists/new",
        "/dashboard/snapshots",
        "/library-panels",
        "/dashboard/public",
        "/dashboard/public/kept",
        "/dashboard/trash",
    ],
)
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_pages_can_be_read_by_everybody(page: Page, board: str, path: str, theme: str) -> None:
    page.goto(f"{path}?theme={theme}")
    assert serious_faults(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_chosen_dashboards_are_moved_with_the_keyboard(page: Page, board: str, server: str) -> None:
    folder = {"title": "A new place", "uid": "place"}
    requests.post(server + "/api/folders", json=folder, auth=ADMIN, timeout=10)
    page.goto("/dashboards?query=kept")
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Kept", exact=True)).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_text("1 chosen")).to_be_visible()
    assert serious_faults(page) == []
    page.get_by_role("button", name="Move").click()
    dialog = page.get_by_role("dialog", name="Move to a folder")
    expect(dialog.get_by_text("Kept")).to_be_visible()
    dialog.get_by_label("Folder").select_option("place")
    dialog.get_by_role("button", name="Move").click()
    expect(page.get_by_role("status").filter(has_text="Moved")).to_be_visible()
    page.goto(f"/d/{board}")
    page.get_by_role("link", name="A new place").click()
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_text("It holds 1 dashboard")).to_be_visible()
    assert serious_faults(page) == []
    page.get_by_role("button", name="Delete folder").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("status").filter(has_text="trash")).to_be_visible()
    assert requests.get(f"{server}/api/dashboards/uid/{board}", auth=ADMIN, timeout=10).status_code == 404


def test_a_library_panel_is_made_added_changed_everywhere(page: Page, board: str, server: str) -> None:
    page.goto(f"/d/{board}")
    assert settled(page) == {"done": 1}
    page.get_by_role("region", name="Walk").hover()
    page.get_by_label("Menu of Walk").click()
    page.get_by_role("button", name="Make a library panel").click()
    dialog = page.get_by_role("dialog", name="Library panel")
    expect(dialog.get_by_label("Name")).to_have_value("Walk")
    assert serious_faults(page) == []
    dialog.get_by_role("button", name="Make it").click()
    page.wait_for_url("**/edit/kept**")
    page.get_by_text("Add", exact=True).click()
    page.get_by_role("button", name="From the library").click()
    with page.expect_navigation():
        page.get_by_role("dialog").get_by_role("button", name="Walk").click()
    assert settled(page) == {"done": 2}
    page.goto(f"/edit/{board}/panel/1")
    expect(page.get_by_text("A library panel: when you save")).to_be_visible()
    with page.expect_response("**/changes**"):
        page.get_by_label("Title", exact=True).fill("Run")
        page.get_by_label("Title", exact=True).press("Tab")
    page.get_by_role("button", name="Save", exact=True).click()
    dialog = page.get_by_role("dialog", name="Save dashboard")
    expect(dialog.get_by_label("Changed library panels")).to_have_value("everywhere")
    assert serious_faults(page) == []
    dialog.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(f"**/d/{board}/**")
    assert settled(page) == {"done": 2}
    expect(page.get_by_role("heading", name="Run")).to_have_count(2)
