"""What a client's own request to a source becomes on its way out, and what of the answer comes back.

Source: Grafana 9.3 documentation, "data source proxy calls"; recorded requests.
"""

from collections.abc import Iterable, Mapping
from posixpath import normpath
from urllib.parse import unquote, urlsplit

from core.version import GRAFANA
from datasources.base import SourceConfig
from datasources.http import headers_for

# Of one connection only; the length is set anew where it is known.
HOP_BY_HOP = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding",
    "upgrade", "content-length", "host",
})  # fmt: skip
_NOT_OUT = HOP_BY_HOP | {
    "authorization",
    "cookie",
    "origin",
    "referer",
    "user-agent",
    "x-ds-authorization",
    "x-forwarded-for",
}
_NOT_BACK = HOP_BY_HOP - {"content-length"} | {
    "set-cookie",
    "content-security-policy",
    "date",
    "server",
    "x-frame-options",
}
Headers = list[tuple[str, str]]


def outgoing(
    config: SourceConfig, given: Iterable[tuple[str, str]], remote: str, login: str = ""
) -> dict[str, str]:
    """Return the headers for the source: the client's without what was meant for us, and the source's credentials.

    remote: the client's address. login: sent as X-Grafana-User where it is not empty.
    """
    sent = {name.lower(): value for name, value in given}
    named = {part.strip().lower() for part in sent.get("connection", "").split(",")}
    found = {name: value for name, value in given if name.lower() not in _NOT_OUT | named}
    found["User-Agent"] = f"Grafana/{GRAFANA}"
    found["X-Forwarded-For"] = ", ".join([*filter(None, [sent.get("x-forwarded-for")]), remote, remote])
    cookies = kept_cookies(sent.get("cookie", ""), config.json_data.get("keepCookies"))
    if cookies:
        found["Cookie"] = cookies
    found.update(headers_for(config))
    if "x-ds-authorization" in sent:
        found["Authorization"] = sent["x-ds-authorization"]
    if login:
        found["X-Grafana-User"] = login
    return found


def kept_cookies(header: str, names: object) -> str:
    """Return the cookies that a source asks for (`keepCookies`); all others stay here."""
    wanted = {str(name) for name in names} if isinstance(names, list) else set()
    parts = [part.strip() for part in header.split(";")]
    return "; ".join(part for part in parts if part.partition("=")[0] in wanted)


def incoming(given: Mapping[str, str]) -> Headers:
    """Return what of a source's headers goes back to the client."""
    return [(name, value) for name, value in given.items() if name.lower() not in _NOT_BACK]


def target(config: SourceConfig, tail: str, query: str) -> str:
    """Return the address: the source's own and a tail as it was written. No dots lead above the source's own path."""
    if any(unquote(part) in {".", ".."} for part in tail.split("/")):
        tail = normpath("/" + unquote(tail)) + ("/" if tail.endswith("/") else "")
    base = urlsplit(config.url)
    own = "&".join(filter(None, [base.query, query]))
    path = base.path.rstrip("/") + "/" + tail.lstrip("/")
    return f"{base.scheme}://{base.netloc}{path}" + ("?" + own if own else "")
