"""A real server, a real Prometheus with a node exporter, and a real Chromium."""

import json
import re
import shutil
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.drafts import panel
from tests.browser.steps import BOARD, save, sign_in
from tests.servers import free_port
from tests.serving import ADMIN, belvedere, running, wait_for


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with belvedere(tmp_path_factory.mktemp("belvedere")) as base:
        yield base


@pytest.fixture(scope="session")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Prometheus that has scraped a node exporter a few times."""
    folder = tmp_path_factory.mktemp("prometheus")
    node, port = free_port(), free_port()
    config = {
        "global": {"scrape_interval": "1s"},
        "scrape_configs": [{"job_name": "node", "static_configs": [{"targets": [f"127.0.0.1:{node}"]}]}],
    }
    (folder / "prometheus.yml").write_text(json.dumps(config))
    exporter = ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{node}"]
    server = [
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with running(exporter, folder / "exporter.log"), running(server, folder / "prometheus.log"):
        base = f"http://127.0.0.1:{port}"
        asked = base + "/api/v1/query?query=count_over_time(node_load1[1m])"
        wait_for(
            asked, 60, lambda reply: any(int(one["value"][1]) >= 8 for one in reply.json()["data"]["result"])
        )
        yield base


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert executable, "no Chromium: apt-get install chromium"
    arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
    ]
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield made
        made.close()


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    """A page whose console stays free of errors."""
    context = browser.new_context(
        viewport={"width": 1600, "height": 1000}, timezone_id="UTC", base_url=server
    )
    context.set_default_timeout(15_000)
    made = context.new_page()
    faults: list[str] = []
    # A refusal that a test asks for is no fault of the page; Chromium names it all the same.
    made.on(
        "console",
        lambda message: (
            faults.append(message.text)
            if message.type == "error" and "status of 4" not in message.text
            else None
        ),
    )
    made.on("pageerror", lambda fault: faults.append(str(fault)))
    yield made
    context.close()
    assert faults == []


@pytest.fixture
def signed_in(page: Page) -> Page:
    sign_in(page)
    return page


@pytest.fixture(scope="session")
def node_board(server: str, prometheus: str) -> str:
    """The uid of Node Exporter Full over the real Prometheus, put there by a program."""
    source = {
        "name": "Prometheus",
        "uid": "node-prom",
        "type": "prometheus",
        "url": prometheus,
        "access": "proxy",
        "jsonData": {"timeInterval": "1s"},
    }
    reply = requests.post(server + "/api/datasources", json=source, auth=ADMIN, timeout=10)
    assert reply.status_code == 200, reply.text
    return save(server, **{**json.loads(BOARD.read_text()), "id": None})


@pytest.fixture
def board(server: str, request: pytest.FixtureRequest) -> str:
    """The uid of a dashboard of four panels that nothing else changes."""
    uid = re.sub(r"\W", "-", request.node.name)[-40:].strip("-")
    return save(
        server,
        uid=uid,
        title=f"For {uid}",
        panels=[panel(n) for n in range(1, 5)],
        id=None,
        time={"from": "now-1h", "to": "now"},
    )
