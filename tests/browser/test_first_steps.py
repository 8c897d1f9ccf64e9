"""What a newcomer does: sign in, look at the samples, add a Prometheus, import a dashboard and see it drawn."""

import json
import re

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.steps import BOARD, settled, sign_in


def test_signing_in_asks_for_a_password_of_ones_own(page: Page) -> None:
    sign_in(page)
    expect(page).to_have_url(re.compile("/profile/password"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("link", name="Dashboards", exact=True)).to_be_visible()


def test_a_wrong_password_says_so_and_keeps_the_name(page: Page) -> None:
    page.goto("/login")
    page.get_by_label("Email or username").fill("nobody")
    page.get_by_label("Password").fill("wrong")
    with page.expect_response("**/signin") as reply:
        page.get_by_role("button", name="Sign in").click()
    assert reply.value.status == 401
    expect(page.get_by_text("Invalid username or password")).to_be_visible()
    expect(page.get_by_label("Email or username")).to_have_value("nobody")


@pytest.mark.parametrize("uid", ["sample-overview", "sample-charts"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_samples_are_drawn(signed_in: Page, uid: str, theme: str) -> None:
    signed_in.goto(f"/d/{uid}/x?theme={theme}")
    assert set(settled(signed_in)) == {"done"}
    assert signed_in.locator("[data-panel-content] svg.plot").count() >= 2


def test_from_nothing_to_node_exporter_full(signed_in: Page, prometheus: str) -> None:
    page = signed_in
    page.goto("/datasources")
    page.get_by_role("link", name="Add data source").click()
    page.get_by_role("link", name=re.compile("Prometheus")).click()
    page.get_by_label("Name").fill("By hand")
    page.get_by_label("URL").fill(prometheus)
    page.get_by_label("Scrape interval").fill("1s")
    page.get_by_role("button", name="Save & test").click()
    expect(page.get_by_text("Data source is working")).to_be_visible()

    board = json.loads(BOARD.read_text()) | {"uid": "by-hand", "title": "Node by hand", "id": None}
    page.goto("/dashboard/import")
    page.get_by_label("Dashboard JSON").fill(json.dumps(board))
    page.get_by_role("button", name="Load").click()
    page.get_by_role("button", name="Import").click()
    page.wait_for_url("**/d/by-hand/**")
    assert set(settled(page)) == {"done"}
    expect(page.locator("[data-variable=nodename] select option").first).to_be_attached()


def test_every_panel_of_node_exporter_full_is_drawn(
    signed_in: Page, node_board: str, prometheus: str
) -> None:
    page = signed_in
    page.goto(f"/d/{node_board}/x?from=now-1m&to=now")
    settled(page)
    page.keyboard.press("d")
    page.keyboard.press("Shift+E")
    expect(page.locator("details.row:not([open]), details.row > template")).to_have_count(0)
    assert settled(page) == {"done": len(_panels())}
    empty = set(
        page.locator("[data-panel-id]", has_text="No data").evaluate_all(
            "all => all.map(one => one.ariaLabel)"
        )
    )
    assert {title for title in empty if _has_data(prometheus, title)} == set()
    assert len(empty) < 25


def _panels() -> dict[str, dict]:  # type: ignore[type-arg]
    board = json.loads(BOARD.read_text())
    found = [
        one for row in board["panels"] for one in [row, *(row.get("panels") or [])] if one["type"] != "row"
    ]
    return {one["title"]: one for one in found}


def _has_data(prometheus: str, title: str) -> bool:
    """Ask Prometheus itself whether a panel's first query finds anything now."""
    for target in _panels()[title]["targets"]:
        expr = target["expr"]
        for name, value in (("$job", "node"), ("$__rate_interval", "30s")):
            expr = expr.replace(name, value)
        expr = re.sub(r'instance=~?"\$node"', 'instance=~".+"', expr)
        reply = requests.get(prometheus + "/api/v1/query", params={"query": expr}, timeout=10).json()
        if reply["status"] == "success" and reply["data"]["result"]:
            return True
    return False
