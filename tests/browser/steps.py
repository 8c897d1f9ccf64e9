"""Steps that several browser tests take: starting servers, signing in, waiting for panels."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Page

ROOT = Path(__file__).parent.parent.parent
BOARD = Path(__file__).parent / "node-exporter-full.json"
ADMIN = ("admin", "admin")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for(url: str, seconds: float = 30, check: Any = None) -> None:
    """Ask until the answer is 200 (and check says so)."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            reply = requests.get(
                url, timeout=2, verify=False
            )  # certificates here are of the tests' own making
            if reply.status_code == 200 and (check is None or check(reply)):
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise AssertionError(f"{url} did not answer within {seconds} s")


@contextmanager
def running(command: list[str], log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            stdout=out,
            stderr=out,
            cwd=ROOT,
            env={**os.environ, **environment},
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=40)


@contextmanager
def belvedere(folder: Path, **settings: str) -> Iterator[str]:
    """Serve as `make run` does, with data of its own; yield the address."""
    port = int(settings.get("GF_SERVER_HTTP_PORT") or free_port())
    environment = {
        "GF_SERVER_HTTP_ADDR": "127.0.0.1",
        "GF_SERVER_HTTP_PORT": str(port),
        "GF_PATHS_DATA": str(folder / "data"),
        "GF_BELVEDERE_SAMPLE_CONTENT": "true",
        **settings,
    }
    flask = [str(Path(sys.executable).parent / "flask"), "--app", "app", "serve"]
    with running(flask, folder / "server.log", **environment):
        base = f"{settings.get('GF_SERVER_PROTOCOL', 'http')}://127.0.0.1:{port}"
        try:
            wait_for(base + "/api/health")
        except AssertionError as fault:
            raise AssertionError((folder / "server.log").read_text()) from fault
        yield base


def sign_in(page: Page, user: str = "admin", password: str = "admin") -> None:
    page.goto("/login")
    page.get_by_label("Email or username").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)


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
