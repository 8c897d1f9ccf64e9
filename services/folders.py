"""Folders: kept beside dashboards, since they share names and numbers."""

from typing import Any

from sqlalchemy import Row, bindparam, select

from core import clock
from core.access import Actor, Loader
from core.errors import BadRequest, Conflict, DomainError, NotFound
from dashboards import document
from models import Dashboard
from models.base import table
from models.session import fetch
from services import access, dashboards, reach


class FolderNotFound(NotFound):
    """No folder of this name in the caller's organisation."""

    code = "not-found"
    message = "folder not found"


class FolderChanged(DomainError):
    """Someone changed the folder, or its uid is taken."""

    status, code = 412, "version-mismatch"
    message = "the folder has been changed by someone else"


class FolderNameExists(Conflict):
    """The title is taken."""

    message = "a folder or dashboard in the general folder with the same name already exists"


def find_by_uid(actor: Actor, uid: str) -> Row[Any]:
    """Return a folder. Raises FolderNotFound."""
    return _only_folders(dashboards.find_by_uid, actor, uid)


def find_by_id(actor: Actor, folder_id: int) -> Row[Any]:
    """Return a folder by its number. Raises FolderNotFound."""
    return _only_folders(dashboards.find_by_id, actor, folder_id)


def _only_folders(find: Any, actor: Actor, key: object) -> Row[Any]:
    try:
        row: Row[Any] = find(actor, key)
    except NotFound:
        raise FolderNotFound from None
    if not row.is_folder:
        raise FolderNotFound
    return row


by_uid = Loader("folder", ("uid",), find_by_uid, dashboards.scopes, access.on_board)
by_id = Loader("folder", ("folder_id",), find_by_id, dashboards.scopes, access.on_board)


_BOARD = table(Dashboard).c
_LISTED = (
    select(_BOARD.id, _BOARD.uid, _BOARD.title)
    .where(_BOARD.org_id == bindparam("org_id"), _BOARD.is_folder)
    .order_by(_BOARD.title)
)


def listed(actor: Actor, *, limit: int, page: int) -> list[dict[str, Any]]:
    """Return a page of the folders by title: id, uid, title."""
    mine = reach.folders_where("read", reach.reach(actor, "folders:read", "folders"))
    query = _LISTED.where(mine).limit(limit).offset(limit * (page - 1))
    rows = fetch(query, **reach.params(actor))
    return [{"id": row.id, "uid": row.uid, "title": row.title} for row in rows]


def shown(actor: Actor, row: Row[Any]) -> dict[str, Any]:
    """Return a folder as the API shows it."""
    held = dashboards.scopes(row)
    may_write = actor.may("folders:write", *held)
    return {
        "id": row.id,
        "uid": row.uid,
        "title": row.title,
        "url": dashboards.page_url(row.uid, row.slug, is_folder=True),
        "hasAcl": False,
        "canSave": may_write,
        "canEdit": may_write,
        "canAdmin": actor.may("folders.permissions:write", *held),
        "canDelete": actor.may("folders:delete", *held),
        "createdBy": row.author or "Anonymous",
        "created": clock.iso(row.created),
        "updatedBy": row.editor or "Anonymous",
        "updated": clock.iso(row.updated),
        "version": row.version,
        "parentUid": "",
    }


def create(actor: Actor, title: str, uid: str) -> Row[Any]:
    """Make a folder. Raises BadRequest, FolderNameExists, FolderChanged (its uid is taken)."""
    return _save(actor, title, document.members(title=title, uid=uid, schemaVersion=17), overwrite=False)


def change(
    actor: Actor, folder: Row[Any], title: str, uid: str, version: int, *, overwrite: bool
) -> Row[Any]:
    """Rename a folder. Raises FolderChanged, FolderNameExists."""
    members = document.members(
        id=folder.id, uid=uid or folder.uid, title=title or folder.title, version=version, schemaVersion=17
    )
    return _save(actor, title or folder.title, members, overwrite=overwrite)


def _save(actor: Actor, title: str, members: document.Members, *, overwrite: bool) -> Row[Any]:
    if not title.strip():
        raise BadRequest("folder title cannot be empty", field="title", traced=False)
    if title.strip().lower() == "general":
        raise BadRequest("A folder with that name already exists", field="title", traced=False)
    try:
        saved = dashboards.save(actor, dashboards.Save(members, overwrite=overwrite, is_folder=True))
    except dashboards.VersionMismatch:
        raise FolderChanged from None
    except (dashboards.NameExists, dashboards.NameOfFolder):
        raise FolderNameExists from None
    return find_by_uid(actor, saved.uid)
