"""From signing in to a saved dashboard of three panels, with clicks and keys counted; docs/editing.md tells it."""

import re
import time
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import settled
from tests.serving import ADMIN

QUERIES = {
    "Load": "node_load1",
    "CPU": 'sum by (mode) (rate(node_cpu_seconds_total{mode!="idle"}[1m]))',
    "Free memory": "node_memory_MemFree_bytes",
}
# What the same takes in Grafana 9.3: sign in, skip; the menu, New dashboard; the range, Last 5 minutes; for each panel Add panel, Add a new panel
# (the first: one less), Code, the query field, the title, Apply; save, Save.
CLICKS_THERE = 2 + 2 + 2 + 5 + 6 + 6 + 2


@pytest.fixture
def prometheus_first(server: str, node_board: str) -> Iterator[None]:
    """Prometheus is the data source that new panels begin with, as where there is one alone."""
    address = f"{server}/api/datasources/uid/node-prom"
    source = requests.get(address, auth=ADMIN, timeout=10).json()
    for is_default in (True, False):
        reply = requests.put(
            address, json={**source, "isDefault": is_default, "version": 0}, auth=ADMIN, timeout=10
        )
        assert reply.status_code == 200, reply.text
        if is_default:
            yield


class Hand:
    """Clicks and keys (a word typed is one), counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks, self.typed, self.keys = page, 0, 0, 0

    def click(self, what: Locator) -> None:
        what.click()
        self.clicks += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.typed += 1

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1


@pytest.mark.usefixtures("prometheus_first")
def test_from_sign_in_to_three_panels_takes_no_more_than_elsewhere(page: Page) -> None:
    began = time.monotonic()
    hand, button = Hand(page), page.get_by_role
    page.goto("/login")
    expect(page.get_by_label("Email or username")).to_be_focused()
    hand.type("admin")
    hand.press("Tab")
    hand.type("admin")
    hand.press("Enter")
    hand.click(page.get_by_role("link", name="Skip", exact=True))
    hand.click(page.get_by_role("link", name="New dashboard", exact=True))
    hand.click(page.locator("#range summary"))
    hand.click(page.get_by_role("link", name="Last 5 minutes"))
    page.wait_for_url("**from=now-5m**")
    for n, (title, query) in enumerate(QUERIES.items()):
        if n == 0:
            hand.click(button("button", name="Add a panel"))
        else:
            hand.press("a")
        expect(page.locator(".cm-editor.cm-focused")).to_be_visible()
        hand.type(query)
        hand.click(page.get_by_label("Title", exact=True))
        hand.press("Control+a")
        hand.type(title)
        hand.click(button("link", name="Done"))
        page.wait_for_url(re.compile(r"/edit/[^/]+\?"))
    hand.click(button("button", name="Save", exact=True))
    expect(page.get_by_role("dialog").get_by_label("Title")).to_be_focused()
    hand.type("Three panels")
    hand.press("Enter")
    page.wait_for_url("**/three-panels?from=now-5m**")
    assert settled(page) == {"done": 3}
    assert page.locator(".panel svg.plot").count() == 3
    print(f"{hand.clicks} clicks, {hand.keys} keys, {hand.typed} texts, {time.monotonic() - began:.1f} s")
    assert hand.clicks + hand.keys <= CLICKS_THERE
