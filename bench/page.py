"""python -m bench.page BASE PATH…: how long a dashboard page takes in Chromium (apt: chromium), cold and warm.

lastPanel is the time from the start of the navigation to the last change inside the page, taken when every panel in view
says done or error and nothing has changed for 300 ms. A run is a fresh browser context, then the same page again with a
warm cache. Printed are medians; bytes are what went over the wire.
"""

import argparse
import json
import shutil
import statistics
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

QUIET_MS = 300
WATCH = """(() => {
  const seen = (window.__seen = { last: 0 });
  const watcher = new MutationObserver(() => { seen.last = performance.now(); });
  watcher.observe(document, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["data-state", "d"] });
})()"""
STATE = """() => {
  const panels = [...document.querySelectorAll("[data-panel-id]")].filter((one) => one.getBoundingClientRect().top < innerHeight);
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return {
    panels: panels.length, done: panels.filter((one) => one.matches("[data-state=done],[data-state=error]")).length,
    ready: document.readyState === "complete", quiet: performance.now() - window.__seen.last,
    lastPanel: window.__seen.last, firstPaint: paint ? paint.startTime : null,
  };
}"""


def visit(context: BrowserContext, url: str, timeout_s: float) -> dict[str, Any]:
    """Open a page in a new tab and measure it."""
    page = context.new_page()
    page.add_init_script(WATCH)
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(url, wait_until="commit")
    until, state = time.monotonic() + timeout_s, dict[str, Any]()
    while time.monotonic() < until:
        state = page.evaluate(STATE)
        if (
            state["panels"]
            and state["panels"] == state["done"]
            and state["ready"]
            and state["quiet"] >= QUIET_MS
        ):
            break
        time.sleep(0.02)
    else:
        raise SystemExit(f"{url}: {state['done']} of {state['panels']} panels after {timeout_s} s")
    page.close()
    return {**state, "requests": len(sizes), "bytes": sum(sizes)}


def measure(browser: Browser, base: str, path: str, repeat: int, auth: str) -> dict[str, dict[str, Any]]:
    """Return the medians of several cold and warm visits."""
    runs: dict[str, list[dict[str, Any]]] = {"cold": [], "warm": []}
    user, _, password = auth.partition(":")
    for _ in range(repeat):
        context = browser.new_context(viewport={"width": 1600, "height": 1000}, timezone_id="UTC")
        reply = context.request.post(base + "/login", data={"user": user, "password": password})
        assert reply.ok, reply.status
        for visits in runs.values():
            visits.append(visit(context, base + path, 60))
        context.close()
    names = ("lastPanel", "firstPaint", "requests", "bytes", "panels")
    return {
        kind: {name: statistics.median(run[name] or 0 for run in found) for name in names}
        for kind, found in runs.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base")
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--auth", default="admin:admin")
    parser.add_argument("--peer", type=Path, help="JSON of another server's timings, to compare with by path")
    asked = parser.parse_args()
    peers = {page["path"]: page for page in json.loads(asked.peer.read_text())["pages"]} if asked.peer else {}
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        print(
            f"{'page':44}{'':6}{'panels':>7}{'paint ms':>10}{'last ms':>9}{'KB':>8}{'requests':>10}   of the peer's time, bytes"
        )
        for path in asked.paths:
            for kind, got in measure(browser, asked.base, path, asked.repeat, asked.auth).items():
                peer = (peers.get(path) or {}).get(f"median{kind.title()}")
                ratio = (
                    f"{got['lastPanel'] / peer['lastPanelMs']:.3f} {got['bytes'] / peer['bytes']:.4f}"
                    if peer
                    else ""
                )
                print(
                    f"{path[:43]:44}{kind:6}{got['panels']:7.0f}{got['firstPaint']:10.0f}{got['lastPanel']:9.0f}{got['bytes'] / 1024:8.0f}{got['requests']:10.0f}   {ratio}"
                )
        browser.close()


if __name__ == "__main__":
    main()
