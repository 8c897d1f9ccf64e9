"""Steps that several browser tests take: signing in, waiting for panels."""

import time
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Page

from core.settings import ROOT
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


def serious_faults(page: Page) -> list[str]:
    """Return what axe-core finds serious; the colours of values are the dashboard's own data, not ours to choose."""
    page.evaluate((ROOT / "static/node_modules/axe-core/axe.min.js").read_text() + ";0")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    own = [one for one in found["violations"] if one["id"] == "color-contrast"]
    for one in own:
        one["nodes"] = [
            node
            for node in one["nodes"]
            if not page.locator(node["target"][0]).evaluate(
                "it => it.closest('[data-panel-content]') !== null"
            )
        ]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]} {one['nodes'][0].get('failureSummary', '')[:200]}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"} and one["nodes"]
    ]
