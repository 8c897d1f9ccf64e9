"""Queries, health and resources of data sources."""

from typing import Any

from flask import Response, request

from core.access import Actor
from core.errors import NotFound
from core.frames import Shared, to_json
from datasources.base import SourceConfig
from models import DataSource
from models.session import transaction
from queries.run import Result
from schemas.base import ErrorReply
from schemas.data_sources import Queries, QueryReply
from services import data_sources, queries
from web.access import can
from web.configured import settings
from web.operation import Operations
from web.responses import answer

api = Operations("queries", __name__, url_prefix="/api")
_VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def timeout() -> float:
    """Return how many seconds a data source may take."""
    return float(settings().number("dataproxy", "timeout") or 30)


@api.operation(
    "POST", "/ds/query", id="queryMetricsWithExpressions", access=can("datasources:query", asked_later=True), body=Queries, own_transactions=True,
    replies={200: QueryReply, 207: QueryReply, 400: QueryReply, 401: ErrorReply, 403: ErrorReply, 500: ErrorReply},
)  # fmt: skip
def query(actor: Actor, body: dict[str, Any]) -> Response:
    """Run queries and return their frames by refId."""
    with transaction(write=False):
        asked = queries.load(actor, body["queries"], body["from_"], body["to"], timeout())
    return frames(asked, queries.answer(asked))


def frames(asked: queries.Asked, answered: list[Result]) -> Response:
    """Answer what sources said, by refId: 400 where one of them failed."""
    results: dict[str, Any] = {}
    failed = False
    shared: Shared = {}
    for one in answered:
        failed = failed or bool(one.error)
        if one.error:
            results[one.ref_id] = {
                "error": one.error,
                "status": one.status,
                "frames": [to_json(frame, shared) for frame in one.frames],
            }
        elif one.frames or not _is_testdata(asked, one.ref_id):
            results[one.ref_id] = {"status": 200, "frames": [to_json(frame, shared) for frame in one.frames]}
    return answer({"results": results}, 400 if failed else 200)


def _is_testdata(asked: queries.Asked, ref_id: str) -> bool:
    """A scenario without data leaves no result at all, as recorded."""
    return any(config.type == "testdata" for config, one in asked.queries if one.ref_id == ref_id)


def _health(source: DataSource) -> Response:
    if source.type == "testdata":
        raise NotFound("Not found", traced=True)  # as recorded; the page says that it works
    if data_sources.config(source).type != "prometheus":
        raise queries.PluginMissing
    found = queries.health(data_sources.config(source, timeout()))
    return answer(
        {"status": "OK" if found.ok else "ERROR", "message": found.message, "details": dict(found.details)},
        200 if found.ok else 400,
    )


def _resource(config: SourceConfig, rest: str) -> Response:
    content_type = request.headers.get("Content-Type", "")
    reply = queries.resource(
        config, request.method, rest, request.query_string.decode(), request.get_data(), content_type
    )
    return Response(reply.body, reply.status, content_type=reply.content_type)


def _declare(verb: str) -> None:
    """Health and resources answer every verb alike, so each verb is declared."""
    by_id, by_uid = data_sources.by_id, data_sources.by_uid
    ids = {
        "GET": (
            "checkDatasourceHealthByID",
            "checkDatasourceHealthWithUID",
            "callDatasourceResourceByID",
            "callDatasourceResourceWithUID",
        )
    }
    names = ids.get(verb, ("", "", "", ""))
    replies = {400: ErrorReply, 401: ErrorReply, 403: ErrorReply, 404: ErrorReply, 500: ErrorReply}

    @api.operation(
        verb,
        "/datasources/<source_id>/health",
        id=names[0],
        access=can("datasources:query", of=by_id),
        writes=False,
        replies=replies,
    )
    def health_by_id(actor: Actor, source: DataSource) -> Response:
        """Ask a data source, by its number, whether it works."""
        del actor
        return _health(source)

    @api.operation(
        verb,
        "/datasources/uid/<uid>/health",
        id=names[1],
        access=can("datasources:query", of=by_uid),
        writes=False,
        replies=replies,
    )
    def health_by_uid(actor: Actor, source: DataSource) -> Response:
        """Ask a data source whether it works."""
        del actor
        return _health(source)

    for suffix, operation in (("/<path:rest>", True), ("", False)):

        @api.operation(
            verb, "/datasources/<source_id>/resources" + suffix, id=names[2] if operation else "", access=can("datasources:query", asked_later=True),
            own_transactions=True, replies=replies,
        )  # fmt: skip
        def resource_by_id(actor: Actor, source_id: int, rest: str = "") -> Response:
            """Call a data source's own API, by its number."""
            return _resource(loaded(actor, data_sources.find_by_id, source_id), rest)

        @api.operation(
            verb, "/datasources/uid/<uid>/resources" + suffix, id=names[3] if operation else "", access=can("datasources:query", asked_later=True),
            own_transactions=True, replies=replies,
        )  # fmt: skip
        def resource_by_uid(actor: Actor, uid: str, rest: str = "") -> Response:
            """Call a data source's own API."""
            return _resource(loaded(actor, data_sources.find_by_uid, uid), rest)


def loaded(actor: Actor, find: Any, key: object) -> SourceConfig:
    """Load a data source and let the database go, before a source is waited for."""
    with transaction(write=False):
        source = find(actor, key)
        data_sources.require_query(actor, source)
        return data_sources.config(source, timeout())


for _verb in _VERBS:
    _declare(_verb)
