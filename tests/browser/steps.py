"""Steps that several browser tests take: signing in, waiting for panels."""

import time
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Page

from tests.serving import ADMIN

BOARD = Path(__file__).parent / "node-exporter-full.json"


def sign_in(page: Page, user: str = "admin", password: str = "admin") -> None:
    page.goto("/login")
    page.get_by_label("Email or username").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)


def save(server: str, **members: Any) -> str:
    """Put a dashboard there as a program does; return its uid."""
    reply = requests.post(
        server + "/api/dashboards/db", json={"dashboard": members, "overwrite": True}, auth=ADMIN, timeout=10
    )
    assert reply.status_code == 200, reply.text
    return str(reply.json()["uid"])


def settled(page: Page) -> dict[str, int]:
    """Wait until no visible panel loads any more; return how many are in which state."""
    page.locator("[data-panel-id]").first.wait_for()
    until = time.monotonic() + 30
    script = """[...document.querySelectorAll('[data-panel-id]')].filter((one) => one.checkVisibility()).reduce(
        (found, one) => ({...found, [one.dataset.state]: (found[one.dataset.state] ?? 0) + 1}), {})"""
    while time.monotonic() < until:
        states: dict[str, int] = page.evaluate(script)
        if not states.get("loading"):
            return states
        page.mouse.wheel(0, 700)
        time.sleep(0.1)
        if page.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 5"):
            page.evaluate("scrollTo(0, 0)")
    raise AssertionError(f"panels still load: {states}")
