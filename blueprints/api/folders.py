"""Folders."""

from typing import Any

from flask import Response, request

from core.access import Actor
from schemas.base import ErrorReply, Message
from schemas.dashboards import FolderChange, FolderLimits, FolderMove, FolderReply, NewFolder
from services import dashboards, folders, public_dashboards, trash
from web.access import can
from web.operation import Operations
from web.paging import flag, number
from web.responses import answer, said

api = Operations("folders", __name__, url_prefix="/api/folders")
_ERRORS = {401: ErrorReply, 403: ErrorReply, 404: ErrorReply}
_RIGHTS = (
    "alert.instances:read", "alert.rules:create", "alert.rules:delete", "alert.rules:read", "alert.rules:write", "dashboards:create",
    "dashboards:delete", "dashboards:read", "dashboards:write", "folders.permissions:read", "folders.permissions:write",
    "folders:create", "folders:delete", "folders:read", "folders:write",
)  # fmt: skip


def _shown(actor: Actor, folder: Any) -> Response:
    found = folders.shown(actor, folder)
    if flag("accesscontrol"):
        found["accessControl"] = {
            action: True for action in _RIGHTS if actor.may(action, *dashboards.scopes(folder))
        }
    return answer(found)


@api.operation(
    "GET",
    "",
    id="getFolders",
    access=can("folders:read", any_scope=True),
    query={"limit": "integer", "page": "integer"},
    replies=_ERRORS,
)
def list_folders(actor: Actor) -> Response:
    """List folders by title; with parentUid those of one folder alone."""
    return answer(
        folders.listed(
            actor,
            limit=number("limit", 1000),
            page=number("page", 1),
            parent_uid=request.args.get("parentUid"),
        )
    )


@api.operation(
    "POST",
    "",
    id="createFolder",
    access=can("folders:create"),
    body=NewFolder,
    replies={200: FolderReply, 400: ErrorReply, 409: ErrorReply, **_ERRORS},
)
def create_folder(actor: Actor, body: dict[str, Any]) -> Response:
    """Make a folder."""
    return _shown(actor, folders.create(actor, body["title"], body["uid"], body["parent_uid"]))


@api.operation(
    "GET",
    "/id/<folder_id>",
    id="getFolderByID",
    access=can("folders:read", of=folders.by_id),
    replies={200: FolderReply, **_ERRORS},
)
def get_folder_by_id(actor: Actor, folder: Any) -> Response:
    """Return a folder by its number."""
    return _shown(actor, folder)


@api.operation(
    "GET",
    "/<uid>",
    id="getFolderByUID",
    access=can("folders:read", of=folders.by_uid),
    replies={200: FolderReply, **_ERRORS},
)
def get_folder(actor: Actor, folder: Any) -> Response:
    """Return a folder."""
    return _shown(actor, folder)


@api.operation(
    "PUT", "/<uid>", id="updateFolder", access=can("folders:write", of=folders.by_uid), body=FolderChange,
    replies={200: FolderReply, 400: ErrorReply, 409: ErrorReply, 412: ErrorReply, **_ERRORS},
)  # fmt: skip
def update_folder(actor: Actor, folder: Any, body: dict[str, Any]) -> Response:
    """Rename a folder."""
    changed = folders.change(
        actor, folder, body["title"], body["uid"], body["version"], overwrite=body["overwrite"]
    )
    return _shown(actor, changed)


@api.operation(
    "POST", "/<uid>/move", access=can("folders:write", of=folders.by_uid), body=FolderMove,
    replies={200: FolderReply, 400: ErrorReply, 409: ErrorReply, **_ERRORS},
)  # fmt: skip
def move_folder(actor: Actor, folder: Any, body: dict[str, Any]) -> Response:
    """Put a folder with all that is in it into another one, or into none."""
    return _shown(actor, folders.move(actor, folder, body["parent_uid"]))


@api.operation("GET", "/<uid>/counts", access=can("folders:read", of=folders.by_uid), replies=_ERRORS)
def count_folder(actor: Actor, folder: Any) -> Response:
    """Return how much is in a folder, at any depth."""
    del actor
    return answer(folders.counts(folder))


@api.operation("GET", "/<uid>/limits", access=can("folders:read", of=folders.by_uid), replies=_ERRORS)
def get_limits(actor: Actor, folder: Any) -> Response:
    """Return whether dashboards in a folder may be public: what it says itself, and what holds there."""
    del actor
    return answer(
        {
            "publicDashboards": not public_dashboards.is_limited(folder),
            "effective": {"publicDashboards": not public_dashboards.keeps_private(folder.id)},
        }
    )


@api.operation(
    "PUT", "/<uid>/limits", access=can("folders.permissions:write", of=folders.by_uid), body=FolderLimits,
    replies={200: Message, 400: ErrorReply, **_ERRORS},
)  # fmt: skip
def set_limits(actor: Actor, folder: Any, body: dict[str, Any]) -> Response:
    """Say whether dashboards in a folder, at any depth, may be public."""
    del actor
    public_dashboards.limit_folder(folder, private=not body["public_dashboards"])
    return said("Folder limits updated")


@api.operation(
    "DELETE", "/<uid>", id="deleteFolder", access=can("folders:delete", of=folders.by_uid), replies=_ERRORS
)
def delete_folder(actor: Actor, folder: Any) -> Response:
    """Delete a folder with all that is in it."""
    trash.remove(actor, folder)
    return Response(b"", content_type="application/json")  # as recorded: an empty answer
