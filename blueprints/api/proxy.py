"""The data source proxy: a source's own HTTP API, with the credentials that only the server knows."""

from flask import Response, request

from blueprints.api.queries import loaded
from core.access import Actor
from datasources.base import SourceConfig
from services import data_sources, queries
from web.access import can
from web.operation import Operations

api = Operations("proxy", __name__, url_prefix="/api/datasources/proxy")


def _forward(config: SourceConfig, rest: str) -> Response:
    content_type = request.headers.get("Content-Type", "")
    status, body, kind = queries.forward(
        config, request.method, rest, request.query_string.decode(), request.get_data(), content_type
    )
    return Response(body, status, content_type=kind, headers={"Content-Security-Policy": "sandbox"})


def _declare(verb: str, suffix: str, ids: tuple[str, str]) -> None:
    @api.operation(verb, "/<id>" + suffix, id=ids[0], access=can("datasources:query"), own_transactions=True)
    def by_id(actor: Actor, id: int, rest: str = "") -> Response:  # noqa: A002 - the name in the address
        """Call a data source by its number."""
        return _forward(loaded(actor, data_sources.find_by_id, id), rest)

    @api.operation(
        verb, "/uid/<uid>" + suffix, id=ids[1], access=can("datasources:query"), own_transactions=True
    )
    def by_uid(actor: Actor, uid: str, rest: str = "") -> Response:
        """Call a data source."""
        return _forward(loaded(actor, data_sources.find_by_uid, uid), rest)


for _verb in ("GET", "POST", "PUT", "PATCH", "DELETE"):
    _name = f"datasourceProxy{_verb}" if _verb in {"GET", "POST", "DELETE"} else ""
    _declare(_verb, "/<path:rest>", (_name and _name + "calls", _name and _name + "ByUIDcalls"))
    _declare(_verb, "", ("", ""))
