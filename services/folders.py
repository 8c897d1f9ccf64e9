"""Folders: kept beside dashboards, since they share names and numbers."""

from typing import Any

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.exc import IntegrityError

from core import clock
from core.access import Actor, Loader
from core.errors import BadRequest, Conflict, DomainError, Forbidden, NotFound
from dashboards import document
from models import Dashboard, LibraryElement, audit, db
from models.base import table
from models.session import fetch
from services import access, dashboards, nesting, reach, saving


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
_PARENT = table(Dashboard).alias("parent")
_LISTED = (
    select(_BOARD.id, _BOARD.uid, _BOARD.title, _BOARD.folder_id, _PARENT.c.uid.label("parent_uid"))
    .select_from(table(Dashboard).outerjoin(_PARENT, _PARENT.c.id == func.nullif(_BOARD.folder_id, 0)))
    .where(_BOARD.org_id == bindparam("org_id"), _BOARD.is_folder)
    .order_by(_BOARD.title)
)


def listed(actor: Actor, *, limit: int, page: int, parent_uid: str | None = None) -> list[dict[str, Any]]:
    """Return a page of the folders by title: id, uid, title, and of one in another folder parentUid.

    parent_uid: those alone that are in this folder; "" those that are in none. Raises FolderNotFound.
    """
    query = _LISTED.where(reach.folders_where("read", reach.reach(actor, "folders:read", "folders")))
    if parent_uid is not None:
        query = query.where(_BOARD.folder_id == (find_by_uid(actor, parent_uid).id if parent_uid else 0))
    rows = fetch(query.limit(limit).offset(limit * (page - 1)), **reach.params(actor))
    return [
        {
            "id": row.id,
            "uid": row.uid,
            "title": row.title,
            **({"parentUid": row.parent_uid} if row.parent_uid else {}),
        }
        for row in rows
    ]


CHOICES_MOST = 2000


def choices(actor: Actor) -> list[tuple[str, str]]:
    """Return the uids of the folders that the caller may change, with their titles behind those that they are in."""
    mine = reach.folders_where("write", reach.reach(actor, "folders:write", "folders"))
    rows = fetch(_LISTED.where(mine).limit(CHOICES_MOST), **reach.params(actor)).all()
    outer = nesting.paths([row.id for row in rows if row.folder_id])
    named = [
        (row.uid, " / ".join([*(step.title for step in outer.get(row.id, ())), row.title])) for row in rows
    ]
    return sorted(named, key=lambda one: one[1].lower())


def counts(folder: Row[Any]) -> dict[str, int]:
    """Return how much is in a folder at any depth: folders, dashboards, library panels, alert rules."""
    inside = nesting.below(folder.id)
    here = [folder.id, *inside]
    boards = select(func.count()).where(_BOARD.folder_id.in_(here), _BOARD.is_folder.is_(False))
    elements = select(func.count()).where(table(LibraryElement).c.folder_id.in_(here))
    return {
        "folder": len(inside),
        "dashboard": db.session.scalar(boards) or 0,
        "librarypanel": db.session.scalar(elements) or 0,
        "alertrule": 0,
    }


def shown(actor: Actor, row: Row[Any]) -> dict[str, Any]:
    """Return a folder as the API shows it; one in another folder with all that it is in, the outermost first."""
    held = dashboards.scopes(row)
    may_write = actor.may("folders:write", *held)
    inside = {"parents": [_as_parent(step) for step in path(row)]} if row.folder_id else {}
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
        "parentUid": row.folder_uid or "",
        **inside,
    }


def path(row: Any) -> list[nesting.Step]:
    """Return the folders that a dashboard or folder is in, the outermost first."""
    if not row.folder_uid:
        return []
    outer = nesting.path(row.folder_id) if row.above else []
    return [*outer, nesting.Step(row.folder_id, row.folder_uid, row.folder_title, row.folder_slug)]


def _as_parent(step: nesting.Step) -> dict[str, Any]:
    return {
        "id": step.id,
        "uid": step.uid,
        "title": step.title,
        "url": dashboards.page_url(step.uid, step.slug, is_folder=True),
    }


def create(actor: Actor, title: str, uid: str, parent_uid: str = "") -> Row[Any]:
    """Make a folder, in another one where that is named.

    Raises BadRequest, FolderNotFound (no such parent), MayNotEnter, FolderNameExists, FolderChanged (its uid is taken).
    """
    if parent_uid:
        _require_entry(actor, parent_uid)
    members = document.members(title=title, uid=uid, schemaVersion=17)
    return _save(actor, title, members, parent_uid, overwrite=False)


class MayNotEnter(Forbidden):
    """The caller may not put folders there."""

    message = "You may not put a folder there"


def _require_entry(actor: Actor, parent_uid: str) -> Row[Any]:
    parent = find_by_uid(actor, parent_uid)
    if not dashboards.may(actor, "folders:write", parent):
        raise MayNotEnter
    return parent


def move(actor: Actor, folder: Row[Any], parent_uid: str) -> Row[Any]:
    """Put a folder, with all that is in it, into another one, or ("") into none.

    Raises FolderNotFound, MayNotEnter, Circular, TooDeep, FolderNameExists.
    """
    if parent_uid:
        parent_id = _require_entry(actor, parent_uid).id
    elif actor.may("folders:create"):
        parent_id = 0
    else:
        raise MayNotEnter
    nesting.move(actor.org_id, folder.id, parent_id)
    taken = select(_BOARD.id).where(
        _BOARD.org_id == actor.org_id, _BOARD.folder_id == parent_id, _BOARD.title == folder.title,
        _BOARD.id != folder.id,
    )  # fmt: skip
    if db.session.execute(taken).first() is not None:
        raise FolderNameExists
    changed = {"folder_id": parent_id, "updated": clock.now(), "updated_by": actor.user_id}
    try:
        db.session.execute(table(Dashboard).update().where(_BOARD.id == folder.id).values(**changed))
    except IntegrityError:
        raise FolderNameExists from None
    audit.note(
        "moved",
        "folder",
        folder.id,
        folder.title,
        before={"folder_id": folder.folder_id},
        after={"folder_id": parent_id},
        org_id=actor.org_id,
    )
    return find_by_uid(actor, folder.uid)


def change(
    actor: Actor, folder: Row[Any], title: str, uid: str, version: int, *, overwrite: bool
) -> Row[Any]:
    """Rename a folder. Raises FolderChanged, FolderNameExists."""
    members = document.members(
        id=folder.id, uid=uid or folder.uid, title=title or folder.title, version=version, schemaVersion=17
    )
    return _save(actor, title or folder.title, members, folder.folder_uid or "", overwrite=overwrite)


def settle(actor: Actor, folder: Row[Any], title: str, parent_uid: str) -> Row[Any]:
    """Give a folder a title and a place: both, or (where one is refused) neither. Raises as `change` and `move` do."""
    with db.session.begin_nested():
        if title != folder.title:
            folder = change(actor, folder, title, "", folder.version, overwrite=False)
        if parent_uid != (folder.folder_uid or ""):
            folder = move(actor, folder, parent_uid)
    return folder


def _save(
    actor: Actor, title: str, members: document.Members, parent_uid: str, *, overwrite: bool
) -> Row[Any]:
    if not title.strip():
        raise BadRequest("folder title cannot be empty", field="title", traced=False)
    if title.strip().lower() == "general":
        raise BadRequest("A folder with that name already exists", field="title", traced=False)
    try:
        wanted = saving.Save(members, folder_uid=parent_uid, overwrite=overwrite, is_folder=True)
        saved = saving.save(actor, wanted)
    except saving.VersionMismatch:
        raise FolderChanged from None
    except (saving.NameExists, saving.NameOfFolder):
        raise FolderNameExists from None
    return find_by_uid(actor, saved.uid)
