"""Library elements: panels and variables that several dashboards share."""

from typing import Any

from flask import Response, request

from core.access import Actor
from schemas.base import ErrorReply, Message
from schemas.library import ElementChange, NewElement
from services import library, library_panels
from web import paging
from web.access import signed_in
from web.operation import Operations
from web.responses import answer, said

api = Operations("library_elements", __name__, url_prefix="/api/library-elements")
_ERRORS = {400: ErrorReply, 401: ErrorReply, 403: ErrorReply, 404: ErrorReply, 500: ErrorReply}
_DONE = {200: None, 412: ErrorReply, **_ERRORS}
_FILTERS = {
    "searchString": "string", "kind": "integer", "sortDirection": "string", "typeFilter": "string", "excludeUid": "string",
    "folderFilter": "string", "perPage": "integer", "page": "integer",
}  # fmt: skip


def _listed(name: str) -> tuple[str, ...] | None:
    text = request.args.get(name, "")
    return tuple(one.strip() for one in text.split(",")) if text else None


def _folders() -> tuple[int, ...] | None:
    given = _listed("folderFilter")
    if given is None:
        return None
    if not all(one.isdecimal() and len(one) < 19 for one in given):
        raise library.NotListed
    return tuple(int(one) for one in given)


@api.operation("GET", "", id="getLibraryElements", access=signed_in, query=_FILTERS, replies=_DONE)
def search(actor: Actor) -> Response:
    """List elements by name, kind, type and folder."""
    wanted = library.Wanted(
        text=request.args.get("searchString", ""),
        kind=paging.number("kind", 0),
        types=_listed("typeFilter") or (),
        exclude=request.args.get("excludeUid", ""),
        folder_ids=_folders(),
        folder_uids=_listed("folderFilterUIDs"),
        descending=request.args.get("sortDirection") == "alpha-desc",
        per_page=paging.number("perPage", library.PER_PAGE),
        page=paging.number("page", 1),
    )
    total, rows = library.listed(actor, wanted)
    members = {
        "totalCount": total,
        "elements": [library_panels.shown(row) for row in rows],
        "page": wanted.page,
        "perPage": wanted.per_page,
    }
    return answer({"result": members})


@api.operation("POST", "", id="createLibraryElement", access=signed_in, body=NewElement, replies=_DONE)
def create(actor: Actor, body: dict[str, Any]) -> Response:
    """Make an element."""
    return answer({"result": library.create(actor, **body)})


@api.operation("GET", "/name/<name>", id="getLibraryElementByName", access=signed_in, replies=_DONE)
def by_name(actor: Actor, name: str) -> Response:
    """List the elements with a name, of all folders."""
    return answer({"result": [library_panels.shown(row) for row in library.named(actor, name)]})


@api.operation("GET", "/<uid>", id="getLibraryElementByUID", access=signed_in, replies=_DONE)
def get(actor: Actor, uid: str) -> Response:
    """Return an element."""
    return answer({"result": library_panels.shown(library.find(actor, uid))})


@api.operation(
    "GET", "/<uid>/connections/", id="getLibraryElementConnections", access=signed_in, replies=_DONE
)
def connections(actor: Actor, uid: str) -> Response:
    """List the dashboards that show an element."""
    return answer({"result": library.connections(library.find(actor, uid))})


@api.operation(
    "PATCH", "/<uid>", id="updateLibraryElement", access=signed_in, body=ElementChange, replies=_DONE
)
def change(actor: Actor, uid: str, body: dict[str, Any]) -> Response:
    """Change what is given of an element."""
    return answer({"result": library.change(actor, uid, **body)})


@api.operation(
    "DELETE", "/<uid>", id="deleteLibraryElementByUID", access=signed_in, replies={200: Message, **_ERRORS}
)
def delete(actor: Actor, uid: str) -> Response:
    """Delete an element that no dashboard shows."""
    return said("Library element deleted", id=library.remove(actor, uid))
