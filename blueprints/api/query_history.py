"""Query history: what the caller asked data sources while exploring."""

from typing import Any

from flask import Response, request

from core.access import Actor
from core.errors import NotFound
from schemas.base import ErrorReply, Message
from schemas.query_history import Asked, Comment, PastQueryReply, Remembered
from services import query_history
from services.query_history import Wanted
from web import paging
from web.access import signed_in
from web.configured import settings
from web.operation import Operations
from web.responses import answer, said

api = Operations("query_history", __name__, url_prefix="/api/query-history")
_ERRORS = {400: ErrorReply, 401: ErrorReply, 500: ErrorReply}
_DONE = {200: PastQueryReply, **_ERRORS}
_SEARCH = {
    "datasourceUid": "array", "searchString": "string", "onlyStarred": "boolean", "sort": "string", "page": "integer",
    "limit": "integer", "from": "integer", "to": "integer",
}  # fmt: skip


def _require_kept() -> None:
    """Answer as if there were no such routes where queries are not kept (`query_history.enabled`). Raises NotFound."""
    if not settings().flag("query_history", "enabled"):
        raise NotFound


@api.operation("GET", "", id="searchQueries", access=signed_in, query=_SEARCH, replies=_DONE)
def search(actor: Actor) -> Response:
    """Find queries that the caller asked, by source, words and time."""
    _require_kept()
    wanted = Wanted(
        source_uids=tuple(request.args.getlist("datasourceUid")),
        text=request.args.get("searchString", ""),
        starred=paging.flag("onlyStarred"),
        oldest_first=request.args.get("sort") == "time-asc",
        time_from=paging.first("from"),
        time_to=paging.first("to"),
        limit=paging.number("limit", query_history.LIMIT),
        page=paging.number("page", 1),
    )
    total, found = query_history.listed(actor, wanted)
    members = {
        "totalCount": total,
        "queryHistory": found or None,
        "page": wanted.page,
        "perPage": wanted.limit,
    }
    return answer({"result": members})


@api.operation("POST", "", id="createQuery", access=signed_in, body=Asked, replies=_DONE)
def add(actor: Actor, body: dict[str, Any]) -> Response:
    """Keep what was asked."""
    _require_kept()
    return answer({"result": query_history.add(actor, **body)})


@api.operation(
    "POST",
    "/migrate",
    id="migrateQueries",
    access=signed_in,
    body=Remembered,
    replies={200: Message, **_ERRORS},
)
def migrate(actor: Actor, body: dict[str, Any]) -> Response:
    """Keep what a browser remembered."""
    _require_kept()
    total, starred = query_history.bring(actor, body["queries"])
    return said("Query history successfully migrated", totalCount=total, starredCount=starred)


@api.operation("POST", "/star/<uid>", id="starQuery", access=signed_in, replies=_DONE)
def star(actor: Actor, uid: str) -> Response:
    """Give queries a star."""
    _require_kept()
    return answer({"result": query_history.star(actor, uid, starred=True)})


@api.operation("DELETE", "/star/<uid>", id="unstarQuery", access=signed_in, replies=_DONE)
def unstar(actor: Actor, uid: str) -> Response:
    """Take the star from queries."""
    _require_kept()
    return answer({"result": query_history.star(actor, uid, starred=False)})


@api.operation("PATCH", "/<uid>", id="patchQueryComment", access=signed_in, body=Comment, replies=_DONE)
def comment(actor: Actor, uid: str, body: dict[str, Any]) -> Response:
    """Set what the caller says of queries."""
    _require_kept()
    return answer({"result": query_history.comment(actor, uid, body["comment"])})


@api.operation("DELETE", "/<uid>", id="deleteQuery", access=signed_in, replies={200: Message, **_ERRORS})
def delete(actor: Actor, uid: str) -> Response:
    """Delete queries from what is kept."""
    _require_kept()
    return said("Query deleted", id=query_history.remove(actor, uid))
