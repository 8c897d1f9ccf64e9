"""The trash: deleted dashboards and folders, until they come back or are gone for good."""

from typing import Any

from flask import Response

from core import clock
from core.access import Actor
from schemas.base import ErrorReply, Message
from schemas.dashboards import SaveReply
from services import trash
from web.access import of, signed_in
from web.operation import Operations
from web.responses import answer, said

api = Operations("trash", __name__, url_prefix="/api/trash")
_ERRORS = {401: ErrorReply, 403: ErrorReply, 404: ErrorReply}
_ENTRY = of(signed_in, trash.by_id)


@api.operation("GET", "", access=signed_in, replies={200: None, 401: ErrorReply})
def list_entries(actor: Actor) -> Response:
    """List what the caller could bring back: an admin everything, others what they deleted."""
    return answer(
        [
            {
                "id": row.id,
                "uid": row.uid,
                "title": row.title,
                "isFolder": row.is_folder,
                "folderUid": row.folder_uid,
                "deleted": clock.iso(row.deleted),
                "deletedBy": row.deleter or "",
                "expires": clock.iso(trash.ends(row)),
            }
            for row in trash.listed(actor)
        ]
    )


@api.operation(
    "POST", "/<entry_id>/restore", access=_ENTRY, replies={200: SaveReply, 412: ErrorReply, **_ERRORS}
)
def restore(actor: Actor, entry: Any) -> Response:
    """Bring back a dashboard, or a folder with what was in it; versions and permissions come along."""
    saved = trash.restore(actor, entry)
    members = {"id": saved.id, "uid": saved.uid, "title": saved.title, "url": saved.url}
    return answer({**members, "slug": saved.slug, "status": "success", "version": saved.version})


@api.operation("DELETE", "/<entry_id>", access=_ENTRY, replies={200: Message, **_ERRORS})
def purge(actor: Actor, entry: Any) -> Response:
    """Delete an entry for good."""
    del actor
    trash.purge(entry)
    return said(f"{entry.title} is deleted for good")
