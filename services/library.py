"""Library elements: panels and variables that several dashboards share; what a dashboard shows is always the newest."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, or_, select, true, update
from sqlalchemy.exc import IntegrityError

from core import clock
from core.access import Actor, Role
from core.errors import AsRecorded, BadRequest, DomainError, Forbidden, NotFound
from core.identifiers import UID, UID_MAX, avatar_url, new_uid
from core.roles import includes
from models import Dashboard, LibraryConnection, LibraryElement, LibraryVersion, User, db
from models.base import table
from services import access, dashboards, reach
from services.library_panels import JOINED, PANEL, VARIABLE, shown

PER_PAGE, NAME_MAX = 100, 150
VERSIONS_KEPT = 50


class ElementNotFound(NotFound):
    """No such element in the caller's organisation, or none that they may read."""

    message, traced = "library element could not be found", True


class Taken(BadRequest):
    """Another element has the name (in the folder) or the uid."""

    message = "library element with that name or UID already exists"


class NotCreated(AsRecorded):
    """A new element is of no known kind, or has no model."""

    message = "Failed to create library element"


class NotListed(AsRecorded):
    """A list names a folder that is no number."""

    message = "Failed to get library elements"


class NoSuchFolder(BadRequest):
    """The uid names no folder."""

    message = "failed to get folder"


class NoFolderOfId(NotFound):
    """The number names no folder."""

    message, traced = "folder not found", True


class Changed(DomainError):
    """Somebody changed the element since it was read."""

    status, traced = 412, True
    message = "the library element has been changed by someone else"


class Connected(Forbidden):
    """Dashboards show the element."""

    message, traced, early = "the library element has connections", True, False


class InUse(Forbidden):
    """A folder is to go whose elements are shown elsewhere."""

    message, traced, early = "folder contains library elements in use", True, False


class NotHere(Forbidden):
    """The caller may not change what is in the folder."""

    message, traced, early = "access denied to folder", True, False


@dataclass(frozen=True)
class Wanted:
    """The filters of a list; empty ones do not count. folders: ids, or uids; None stands for all."""

    text: str = ""
    kind: int = 0
    types: tuple[str, ...] = ()
    exclude: str = ""
    folder_ids: tuple[int, ...] | None = None
    folder_uids: tuple[str, ...] | None = None
    descending: bool = False
    per_page: int = PER_PAGE
    page: int = 1


_E, _BOARD = table(LibraryElement).c, table(Dashboard).c


def _readable(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an element (with its folder beside it) is the caller's to read."""
    if reach.sees_all_boards(actor, "read"):
        return true()
    folders = reach.folders_where("read", reach.reach(actor, "folders:read", "folders"))
    return or_(_E.folder_id == 0, and_(_BOARD.id.is_not(None), folders))


def _found(actor: Actor, *where: ColumnElement[bool]) -> Sequence[Row[Any]]:
    query = JOINED.where(_E.org_id == actor.org_id, _readable(actor), *where).order_by(_E.id)
    return db.session.execute(query, reach.params(actor)).all()


def find(actor: Actor, uid: str) -> Row[Any]:
    """Return an element. Raises ElementNotFound."""
    rows = _found(actor, _E.uid == uid)
    if not rows:
        raise ElementNotFound
    return rows[0]


def named(actor: Actor, name: str) -> Sequence[Row[Any]]:
    """Return the elements with a name. Raises ElementNotFound."""
    rows = _found(actor, _E.name == name)
    if not rows:
        raise ElementNotFound
    return rows


_ALL = table(LibraryElement).outerjoin(table(Dashboard), _BOARD.id == func.nullif(_E.folder_id, 0))
_IN_FOLDERS = table(LibraryElement).join(table(Dashboard), _BOARD.id == _E.folder_id)


def listed(actor: Actor, wanted: Wanted, *, in_folders: bool = True) -> tuple[int, Sequence[Row[Any]]]:
    """Return how many elements match, and a page of them by name.

    in_folders: those of General do not count, as the API's number is recorded; they are among the elements all the same.
    """
    where = [_E.org_id == actor.org_id, _readable(actor), *_filters(wanted)]
    order = (_E.name.desc(), _E.id) if wanted.descending else (_E.name, _E.id)
    start = wanted.per_page * (wanted.page - 1)
    page = JOINED.where(*where).order_by(*order).limit(wanted.per_page).offset(start)
    count = select(func.count(_E.id)).select_from(_IN_FOLDERS if in_folders else _ALL).where(*where)
    params = reach.params(actor)
    return db.session.execute(count, params).scalar_one(), db.session.execute(page, params).all()


def may_change(actor: Actor, element: Any) -> bool:
    """Say whether the caller may change an element."""
    try:
        _require_change(actor, element)
    except (NotHere, NoFolderOfId):
        return False
    return True


def _filters(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.text:
        like = wanted.text.lower()
        yield or_(
            *(func.lower(column).contains(like, autoescape=True) for column in (_E.name, _E.description))
        )
    if wanted.kind:
        yield _E.kind == wanted.kind
    if wanted.types:
        yield _E.type.in_(wanted.types)
    if wanted.exclude:
        yield _E.uid != wanted.exclude
    if wanted.folder_ids is not None:
        yield _E.folder_id.in_(wanted.folder_ids)
    if wanted.folder_uids is not None:
        general = [_E.folder_id == 0] if {"", "general"} & set(wanted.folder_uids) else []
        yield or_(_BOARD.uid.in_(wanted.folder_uids), *general)


def connections(element: Any) -> list[dict[str, Any]]:
    """Return the dashboards that show an element, as the API shows them."""
    query = (
        select(table(LibraryConnection), _BOARD.uid.label("board_uid"), User.login, User.email)
        .join(table(Dashboard), _BOARD.id == LibraryConnection.dashboard_id)
        .outerjoin(User, User.id == LibraryConnection.created_by)
        .where(LibraryConnection.element_id == element.id)
        .order_by(LibraryConnection.id)
    )
    return [
        {
            "id": row.id,
            "kind": 1,
            "elementId": row.element_id,
            "connectionId": row.dashboard_id,
            "connectionUid": row.board_uid,
            "created": clock.iso(row.created),
            "createdBy": {
                "id": row.created_by,
                "name": row.login or "",
                "avatarUrl": avatar_url(row.email or ""),
            },
        }
        for row in db.session.execute(query)
    ]


def usage(actor: Actor, element: Any) -> Sequence[Any]:
    """Return the dashboards that show an element and that the caller may read: uid, slug, title."""
    query = (
        select(_BOARD.uid, _BOARD.slug, _BOARD.title)
        .join(table(LibraryConnection), LibraryConnection.dashboard_id == _BOARD.id)
        .where(
            LibraryConnection.element_id == element.id,
            _BOARD.org_id == actor.org_id,
            reach.boards_where(actor, "read"),
        )
        .order_by(_BOARD.title)
    )
    return db.session.execute(query, reach.params(actor)).all()


# Writing ------------------------------------------------------------------------------------------------------------


def _folder(actor: Actor, folder_id: int, folder_uid: str) -> int:
    """Return the number of the folder, in which the caller may write. Raises NoSuchFolder, NoFolderOfId, NotHere."""
    if not folder_uid and folder_id <= 0:
        if not (
            actor.may("dashboards:create", *dashboards.folder_scopes("", 0))
            or includes(actor.role, Role.EDITOR)
        ):
            raise NotHere
        return 0
    try:
        found = (
            dashboards.find_by_uid(actor, folder_uid)
            if folder_uid
            else dashboards.find_by_id(actor, folder_id)
        )
    except dashboards.DashboardNotFound:
        raise (NoSuchFolder if folder_uid else NoFolderOfId) from None
    if not found.is_folder:
        raise NoSuchFolder if folder_uid else NoFolderOfId
    require_write(actor, found)
    return int(found.id)


def require_write(actor: Actor, folder: Any) -> None:
    """Refuse who may not change what is in a folder. Raises NotHere."""
    if not access.on_board(actor, folder).may_any(
        ("dashboards:create", "folders:write"), *dashboards.scopes(folder)
    ):
        raise NotHere


def _uid(given: str) -> str:
    if given and len(given) > UID_MAX:
        raise BadRequest(f"uid too long, max {UID_MAX} characters", field="uid")
    if given and not UID.fullmatch(given):
        raise BadRequest("uid contains illegal characters", field="uid")
    return given or new_uid()


def _told(
    kind: int, name: str, model: Mapping[str, Any], *, before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return what a model says of itself in columns; a variable is called as the element is."""
    known = before or {}
    kept = dict(model)
    kind_of = kept.get("type", known.get("type", ""))
    description = kept.get("description", known.get("description", ""))
    kept["type"] = kind_of if isinstance(kind_of, str) else ""
    kept["description"] = description if isinstance(description, str) else ""
    if kind == VARIABLE:
        kept["name"] = name
    if len(kept["type"]) > 40:
        raise BadRequest("The type is longer than 40 characters", field="model", traced=False)
    return {"type": kept["type"], "description": kept["description"], "model": orjson.dumps(kept).decode()}


def create(
    actor: Actor,
    *,
    name: str,
    kind: int,
    model: Mapping[str, Any] | None,
    folder_id: int,
    folder_uid: str,
    uid: str,
) -> dict[str, Any]:
    """Make an element and return it as the API shows it.

    Raises Forbidden (who is in no organisation), BadRequest, NotCreated, NoSuchFolder, NoFolderOfId, NotHere, Taken.
    """
    access.require_org(actor, "Library panels belong to an organization")
    own = _uid(uid)
    if kind not in {PANEL, VARIABLE} or model is None:
        raise NotCreated
    _check_name(name)
    now = clock.now()
    values = {
        "org_id": actor.org_id, "folder_id": _folder(actor, folder_id, folder_uid), "uid": own, "name": name, "kind": kind,
        "version": 1, "created": now, "updated": now, "created_by": actor.user_id, "updated_by": actor.user_id,
        **_told(kind, name, model),
    }  # fmt: skip
    try:
        with db.session.begin_nested():
            made = db.session.execute(insert(table(LibraryElement)).values(**values))
    except IntegrityError:
        raise Taken from None
    number = int(made.inserted_primary_key[0])  # type: ignore[attr-defined]
    _keep_version(number, 1, now, actor.user_id, str(values["model"]))
    return shown(find(actor, own), folder_title="")


def _check_name(name: str) -> None:
    if len(name) > NAME_MAX:
        raise BadRequest(f"The name is longer than {NAME_MAX} characters", field="name", traced=False)


def _keep_version(number: int, version: int, now: datetime, who: int, model: str) -> None:
    db.session.execute(
        insert(table(LibraryVersion)).values(
            element_id=number, version=version, created=now, created_by=who, model=model
        )
    )
    old = LibraryVersion.element_id == number, LibraryVersion.version <= version - VERSIONS_KEPT
    db.session.execute(delete(LibraryVersion).where(*old))


def change(
    actor: Actor, uid: str, *, name: str, kind: int, model: Mapping[str, Any] | None, folder_id: int | None,
    folder_uid: str | None, new_uid: str, version: int,
) -> dict[str, Any]:  # fmt: skip
    """Change what is given of an element and return it. folder_id None or below 0: it stays where it is.

    Raises ElementNotFound, BadRequest, Changed, Taken, NoSuchFolder, NoFolderOfId, NotHere.
    """
    now = find(actor, uid)
    _require_change(actor, now)
    if kind not in {PANEL, VARIABLE}:
        raise BadRequest(field="kind")
    if now.version != version:
        raise Changed
    _check_name(name)
    called = name or now.name
    values = {
        "uid": _uid(new_uid) if new_uid else now.uid, "name": called, "kind": kind, "version": version + 1,
        "updated": clock.now(), "updated_by": actor.user_id,
        **_told(kind, called, orjson.loads(now.model) if model is None else model, before={"type": now.type, "description": now.description}),
    }  # fmt: skip
    if folder_uid is not None or (folder_id is not None and folder_id >= 0):
        values["folder_id"] = _folder(actor, folder_id or 0, folder_uid or "")
    which = LibraryElement.id == now.id, LibraryElement.version == version
    try:
        with db.session.begin_nested():
            done = db.session.execute(update(LibraryElement).where(*which).values(**values))
    except IntegrityError:
        raise Taken from None
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Changed
    _keep_version(now.id, version + 1, clock.now(), actor.user_id, str(values["model"]))
    return shown(find(actor, str(values["uid"])), folder_title="")


def _require_change(actor: Actor, element: Any) -> None:
    _folder(actor, element.folder_id, "")


def remove(actor: Actor, uid: str) -> int:
    """Delete an element that no dashboard shows; return its number. Raises ElementNotFound, NotHere, Connected."""
    now = find(actor, uid)
    _require_change(actor, now)
    if now.uses:
        raise Connected
    db.session.execute(delete(LibraryElement).where(LibraryElement.id == now.id))
    return int(now.id)


def require_unused(org_id: int, folders: Sequence[int], inside: Sequence[int]) -> None:
    """Refuse that folders go whose elements are shown by dashboards that stay. Raises InUse."""
    mine = select(LibraryElement.id).where(
        LibraryElement.org_id == org_id, LibraryElement.folder_id.in_(folders)
    )
    outside = select(LibraryConnection.id).where(
        LibraryConnection.element_id.in_(mine), LibraryConnection.dashboard_id.not_in(inside)
    )
    if db.session.execute(outside.limit(1)).first() is not None:
        raise InUse


def bring_back(row: dict[str, Any]) -> None:
    """Keep an element again that was in the trash; one whose name or uid was taken since stays away."""
    fresh = {name: value for name, value in row.items() if name != "id"}
    try:
        with db.session.begin_nested():
            made = db.session.execute(insert(table(LibraryElement)).values(**fresh))
    except IntegrityError:
        return
    number = int(made.inserted_primary_key[0])  # type: ignore[attr-defined]
    _keep_version(number, row["version"], row["updated"], row["updated_by"], row["model"])
