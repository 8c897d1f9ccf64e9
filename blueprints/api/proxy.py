"""The data source proxy: a source's own HTTP API, with the credentials that only the server knows."""

import logging
from collections.abc import Iterator
from urllib.parse import quote

from flask import Response, request, stream_with_context

from blueprints.api.queries import loaded
from core.access import Actor
from datasources.base import SourceConfig, SourceError
from services import data_sources, source_proxy
from web.access import can
from web.configured import settings
from web.operation import Operations

api = Operations("proxy", __name__, url_prefix="/api/datasources/proxy")
log = logging.getLogger("belvedere.proxy")
_CHUNK = 1 << 16


def _forward(actor: Actor, config: SourceConfig, rest: str) -> Response:
    asked = source_proxy.Asked(
        request.method,
        _as_written(rest),
        request.query_string.decode("latin-1"),
        list(request.headers.items()),
        _body(),
        request.content_length,
        request.remote_addr or "",
    )
    reply = source_proxy.forward(actor, config, asked, _limits())
    response = Response(stream_with_context(_parts(reply, config)), reply.status)
    response.headers.clear()
    response.headers.extend(reply.headers)
    response.headers["Content-Security-Policy"] = "sandbox"
    response.call_on_close(reply.close)
    return response


def _limits() -> source_proxy.Limits:
    return source_proxy.Limits(
        frozenset(settings().text("security", "data_source_proxy_whitelist").split()),
        settings().number("dataproxy", "response_limit"),
        settings().flag("dataproxy", "send_user_header"),
    )


def _as_written(rest: str) -> str:
    """Return the tail of the path with its escapes as the client wrote them; WSGI's own path has lost them."""
    if not rest:
        return ""
    raw = str(request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or "").partition("?")[0]
    skipped = request.path[: len(request.path) - len(rest)].count("/") + request.script_root.count("/")
    parts = raw.split("/")
    return (
        "/".join(parts[skipped:])
        if raw.startswith("/") and len(parts) > skipped
        else quote(rest, safe="/:@!$&'()*+,;=~")
    )


def _body() -> Iterator[bytes] | None:
    if not request.content_length and "Transfer-Encoding" not in request.headers:
        return None
    return iter(lambda: request.stream.read(_CHUNK), b"")


def _parts(reply: source_proxy.Reply, config: SourceConfig) -> Iterator[bytes]:
    """Yield the answer; where it breaks off, the connection does too, so that nobody takes a part for the whole."""
    try:
        yield from reply.parts
    except SourceError as fault:
        log.warning("data source %s: %s", config.uid, fault.message)
        raise


def _declare(verb: str, suffix: str, ids: tuple[str, str]) -> None:
    @api.operation(
        verb,
        "/<id>" + suffix,
        id=ids[0],
        access=can("datasources:query", asked_later=True),
        own_transactions=True,
    )
    def by_id(actor: Actor, id: int, rest: str = "") -> Response:  # noqa: A002 - the name in the address
        """Call a data source by its number."""
        return _forward(actor, loaded(actor, data_sources.find_by_id, id), rest)

    @api.operation(
        verb,
        "/uid/<uid>" + suffix,
        id=ids[1],
        access=can("datasources:query", asked_later=True),
        own_transactions=True,
    )
    def by_uid(actor: Actor, uid: str, rest: str = "") -> Response:
        """Call a data source."""
        return _forward(actor, loaded(actor, data_sources.find_by_uid, uid), rest)


for _verb in ("GET", "POST", "PUT", "PATCH", "DELETE"):
    _name = f"datasourceProxy{_verb}" if _verb in {"GET", "POST", "DELETE"} else ""
    _declare(_verb, "/<path:rest>", (_name and _name + "calls", _name and _name + "ByUIDcalls"))
    _declare(_verb, "", ("", ""))
