"""Steps of tests that edit dashboards."""

from typing import Any

import requests
from playwright.sync_api import Page

from tests.serving import ADMIN


def board_of(server: str, uid: str) -> dict[str, Any]:
    reply = requests.get(f"{server}/api/dashboards/uid/{uid}", auth=ADMIN, timeout=10)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()["dashboard"]
    return found


def panel(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "type": "timeseries",
        "title": f"Panel {number}",
        "gridPos": {"x": 12 * ((number - 1) % 2), "y": 8 * ((number - 1) // 2), "w": 12, "h": 8},
        "datasource": {"type": "testdata", "uid": "testdata"},
        "targets": [{"refId": "A", "scenarioId": "random_walk", "alias": f"series {number}"}],
        "kept": {"by": "nobody knows"},
        **more,
    }


def kept(page: Page) -> Any:
    """Wait for the answer to a change."""
    return page.expect_response(lambda reply: reply.url.endswith("/changes") and reply.status == 200)


def write(page: Page, label: str, text: str) -> None:
    """Write into a field and leave it, which keeps it."""
    field = page.get_by_label(label, exact=True)
    with kept(page):
        field.fill(text)
        field.press("Tab")


def save_draft(page: Page, message: str = "") -> None:
    page.get_by_role("button", name="Save", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    if message:
        dialog.get_by_label("What was changed").fill(message)
    dialog.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/d/**")
