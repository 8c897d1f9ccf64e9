"""A real nginx in front, as three kinds of sites have it: a sub-path that is stripped, one that is not, and HTTPS."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import settled, sign_in
from tests.servers import free_port, self_signed
from tests.serving import ADMIN, belvedere, running, wait_for

CONF = """worker_processes 1; daemon off; pid {dir}/pid; error_log {dir}/error.log;
events {{ worker_connections 256; }}
http {{ access_log off; default_type text/html;
client_body_temp_path {dir}/b; proxy_temp_path {dir}/p; fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
server {{ listen 127.0.0.1:{port}{tls}; server_name _;
 location = /portal.html {{ root {dir}; }}
 location {path} {{ proxy_pass http://127.0.0.1:{upstream}{tail}; proxy_http_version 1.1;
  proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme; }} }} }}
"""


@contextmanager
def nginx(
    folder: Path, port: int, upstream: int, path: str, tail: str, *, tls: bool = False
) -> Iterator[None]:
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    words = f" ssl; ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem" if tls else ""
    conf = folder / "nginx.conf"
    conf.write_text(CONF.format(dir=folder, port=port, upstream=upstream, path=path, tail=tail, tls=words))
    for above in (folder, *folder.parents):  # nginx's workers run as somebody else where root starts it
        if above.owner() == "root" and str(above).startswith("/tmp/"):
            above.chmod(above.stat().st_mode | 0o011)
    with running([program, "-c", str(conf)], folder / "nginx.log"):
        yield


@contextmanager
def site(folder: Path, path: str, tail: str, **settings: str) -> Iterator[str]:
    """Serve Belvedere behind nginx at a path; yield the address in the browser."""
    port = free_port()
    root = f"http://127.0.0.1:{port}{path}"
    with ExitStack() as stack:
        more = {"GF_SERVER_ROOT_URL": root, "GF_BELVEDERE_TRUSTED_PROXIES": "127.0.0.1", **settings}
        base = stack.enter_context(belvedere(folder, **more))
        stack.enter_context(nginx(folder, port, int(base.rpartition(":")[2]), path, tail))
        wait_for(root + "api/health")
        yield root.rstrip("/")


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1400, "height": 900}, ignore_https_errors=True)
    context.set_default_timeout(15_000)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on(
        "response",
        lambda reply: faults.append(f"{reply.status} {reply.url}") if reply.status >= 400 else None,
    )
    yield page
    context.close()
    assert faults == []


@pytest.mark.parametrize(("path", "tail"), [("/boards/", "/"), ("/boards/", ""), ("/", "")])
def test_everything_works_at_any_path(visitor: Page, tmp_path: Path, path: str, tail: str) -> None:
    with site(tmp_path, path, tail) as root:
        page = visitor
        page.goto(root + "/d/sample-overview/x")
        assert page.url.startswith(root + "/login")
        page.get_by_label("Email or username").fill("admin")
        page.get_by_label("Password").fill("admin")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/profile/password*")
        assert page.url.startswith(root + "/profile/password")
        page.get_by_role("link", name="Dashboards", exact=True).click()
        page.get_by_role("link", name="Sample: overview").click()
        page.wait_for_url(root + "/d/sample-overview/**")
        assert set(settled(page)) == {"done"}
        page.get_by_role("button", name="Star", exact=True).click()
        expect(page.get_by_role("button", name="Starred")).to_be_visible()
        page.goto(root + "/d-solo/sample-overview/x?panelId=7")
        expect(page.locator("svg.plot")).to_be_visible()
        session = next(one for one in page.context.cookies() if one["name"] == "grafana_session")
        assert session["path"] == path
        hits = requests.get(root + "/api/search", auth=ADMIN, timeout=10).json()
        assert {one["url"].split("/")[1] for one in hits} == {"d"}
        logo = requests.get(f"{root}/public/app/plugins/datasource/prometheus/img/x.svg", timeout=10)
        assert logo.headers["Content-Type"] == "image/svg+xml"
        page.close()  # before the server goes, which a page that still loads would complain of


def test_a_portal_of_another_origin_embeds_a_panel(visitor: Page, tmp_path: Path) -> None:
    """The portal comes from nginx by another name than Belvedere, so that its origin is another."""
    port = free_port()
    portal, ours = f"http://localhost:{port}", f"http://127.0.0.1:{port}/boards/"
    settings = {
        "GF_SERVER_ROOT_URL": ours,
        "GF_SECURITY_ALLOW_EMBEDDING": "true",
        "GF_BELVEDERE_EMBEDDING_ORIGINS": portal,
        "GF_AUTH_ANONYMOUS_ENABLED": "true",
    }
    frame = f'<iframe width="700" height="350" src="{ours}d-solo/sample-overview/x?panelId=7&theme=light"></iframe>'
    (tmp_path / "portal.html").write_text(
        f"<!doctype html><title>Portal</title><link rel=icon href=data:,>{frame}"
    )
    with (
        belvedere(tmp_path, **settings) as base,
        nginx(tmp_path, port, int(base.rpartition(":")[2]), "/boards/", "/"),
    ):
        wait_for(f"{portal}/portal.html")
        visitor.goto(f"{portal}/portal.html")
        panel = visitor.frame_locator("iframe").locator("[data-panel-id='7'][data-state=done]")
        expect(panel.locator("svg.plot")).to_be_visible()
        assert panel.evaluate("one => one.offsetWidth") == 700
        visitor.close()


def test_https_ends_at_the_proxy_or_at_the_server(browser: Browser, tmp_path: Path) -> None:
    self_signed(tmp_path)
    port = free_port()
    secure = {"GF_SECURITY_COOKIE_SECURE": "true", "GF_SECURITY_STRICT_TRANSPORT_SECURITY": "true"}
    at_proxy = {
        "GF_SERVER_ROOT_URL": f"https://127.0.0.1:{port}/",
        "GF_BELVEDERE_TRUSTED_PROXIES": "127.0.0.1",
    }
    with (
        belvedere(tmp_path, **secure, **at_proxy) as base,
        nginx(tmp_path, port, int(base.rpartition(":")[2]), "/", "", tls=True),
    ):
        _look(browser, f"https://127.0.0.1:{port}")
    (tmp_path / "own").mkdir()
    own = free_port()
    at_server = {
        "GF_SERVER_PROTOCOL": "https",
        "GF_SERVER_HTTP_PORT": str(own),
        "GF_SERVER_CERT_FILE": str(tmp_path / "cert.pem"),
        "GF_SERVER_CERT_KEY": str(tmp_path / "key.pem"),
        "GF_SERVER_DOMAIN": "127.0.0.1",
    }
    with belvedere(tmp_path / "own", **secure, **at_server):
        _look(browser, f"https://127.0.0.1:{own}")


def _look(browser: Browser, root: str) -> None:
    context = browser.new_context(ignore_https_errors=True, base_url=root)
    page = context.new_page()
    sign_in(page)
    reply = page.goto("/d/sample-overview/x")
    assert reply
    assert reply.headers["strict-transport-security"] == "max-age=86400"
    assert set(settled(page)) == {"done"}
    assert next(one for one in context.cookies() if one["name"] == "grafana_session")["secure"]
    context.close()
