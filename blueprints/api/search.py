"""Search."""

from flask import Response, request

from core.access import Actor
from schemas.base import ErrorReply
from services import search
from web.access import signed_in
from web.operation import Operations
from web.paging import flag, number, numbers
from web.responses import JSON, answer

api = Operations("search", __name__, url_prefix="/api/search")
_QUERY = {
    "query": "string", "tag": "array", "type": "string", "dashboardIds": "array", "dashboardUIDs": "array", "folderIds": "array",
    "starred": "boolean", "limit": "integer", "page": "integer", "permission": "string", "sort": "string",
}  # fmt: skip


@api.operation(
    "GET", "", id="search", access=signed_in, query=_QUERY, replies={401: ErrorReply, 422: ErrorReply}
)
def find(actor: Actor) -> Response:
    """Find dashboards and folders."""
    args = request.args
    if flag("tagcloud"):
        return answer(search.tag_counts(actor))
    wanted = search.Wanted(
        query=args.get("query", ""),
        tags=tuple(tag for tag in [*args.getlist("tag"), *args.getlist("tags")] if tag),
        kind=args.get("type", ""),
        folder_ids=numbers("folderIds"),
        folder_uids=tuple(args.getlist("folderUIDs")),
        ids=numbers("dashboardIds"),
        uids=tuple(args.getlist("dashboardUIDs") + args.getlist("dashboardUID")),
        starred=flag("starred"),
        permission=args.get("permission", ""),
        sort=args.get("sort", ""),
        limit=number("limit", search.LIMIT),
        page=number("page", 1),
    )
    return Response(search.hits(actor, wanted), content_type=JSON)


@api.operation("GET", "/sorting", id="listSortOptions", access=signed_in, replies={401: ErrorReply})
def sorting(actor: Actor) -> Response:
    """List the orders that search knows."""
    del actor
    options = [
        {
            "name": f"alpha-{short}",
            "displayName": f"Alphabetically ({shown})",
            "description": f"Sort results in an alphabetically {word} order",
            "meta": "",
        }
        for short, shown, word in (("asc", "A–Z", "ascending"), ("desc", "Z–A", "descending"))
    ]
    return answer({"sortOptions": options})
