"""The trash: what deleted dashboards and folders were, until they come back or their days are over."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Row, delete, insert, select
from sqlalchemy.exc import IntegrityError

from core import clock
from core.access import Actor, Loader, Role
from core.errors import NotFound
from core.identifiers import new_uid
from dashboards import document
from models import (
    Annotation,
    Dashboard,
    DashboardTag,
    DashboardVersion,
    FolderLimit,
    LibraryConnection,
    LibraryElement,
    ObjectPermission,
    Star,
    Team,
    TrashEntry,
    User,
    audit,
    db,
)  # fmt: skip
from models.base import table, typed
from services import access, annotations, dashboards, library, nesting, quotas, saving, title_index

DAYS = 30
_days = {"kept": DAYS}
_E, _BOARD = table(TrashEntry).c, table(Dashboard).c
# Tables whose rows belong to a dashboard; those of people and teams come back while these are there.
_OF_BOARD: tuple[tuple[type[Any], str], ...] = (
    (DashboardVersion, "dashboard_id"), (DashboardTag, "dashboard_id"), (ObjectPermission, "dashboard_id"),
    (Star, "dashboard_id"), (LibraryConnection, "dashboard_id"), (Annotation, "dashboard_id"),
    (FolderLimit, "folder_id"),
)  # fmt: skip


class EntryNotFound(NotFound):
    """The trash holds no such thing, or nothing that the caller could bring back."""

    message = "There is no such entry in the trash"


def keep_days(days: int) -> None:
    """Set for how many days deleted things stay (`belvedere.trash_days`); 0 keeps nothing."""
    _days["kept"] = max(0, days)


def kept() -> timedelta:
    """Return for how long deleted things stay."""
    return timedelta(days=_days["kept"])


# Deleting -----------------------------------------------------------------------------------------------------------


def remove(actor: Actor, row: Any, *, provisioned: bool = False) -> None:
    """Delete a dashboard; of a folder, what is in it as well. provisioned: its file is gone.

    Raises library.InUse, ProvisionedStays.
    """
    inside: Sequence[Any] = ()
    folders: list[int] = []
    if row.is_folder:
        folders = [row.id, *nesting.below(row.id)]
        found = select(table(Dashboard)).where(_BOARD.org_id == row.org_id, _BOARD.folder_id.in_(folders))
        # A folder before what is in it, in which order they come back.
        order = {number: place for place, number in enumerate(folders)}
        inside = sorted(db.session.execute(found).all(), key=lambda one: order.get(one.id, len(order)))
        library.require_unused(row.org_id, folders, [one.id for one in inside])
    numbers = [row.id, *(one.id for one in inside)]
    if not provisioned and saving.any_locked(numbers):
        raise saving.ProvisionedStays
    if _days["kept"]:
        for one in inside:
            _keep(actor, one, folder_uid=row.uid, with_folder=row.id)
        _keep(actor, row, folder_uid=row.folder_uid or "")
    annotations.forget(row.org_id, Annotation.dashboard_id.in_(numbers))
    if row.is_folder:
        db.session.execute(
            delete(LibraryElement).where(
                LibraryElement.org_id == row.org_id, LibraryElement.folder_id.in_(folders)
            )
        )
    saving.remove(row)


def _keep(actor: Actor, row: Any, *, folder_uid: str, with_folder: int = 0) -> None:
    content = {"dashboard": _rows(Dashboard, _BOARD.id == row.id)}
    for model, column in _OF_BOARD:
        content[model.__tablename__] = _rows(model, table(model).c[column] == row.id)
    if row.is_folder:
        mine = table(LibraryElement).c
        content["library_element"] = _rows(
            LibraryElement, mine.org_id == row.org_id, mine.folder_id == row.id
        )
    db.session.execute(
        insert(table(TrashEntry)).values(
            org_id=row.org_id, dashboard_id=row.id, is_folder=row.is_folder, uid=row.uid, title=row.title,
            folder_uid=folder_uid, with_folder=with_folder, deleted=clock.now(), deleted_by=actor.user_id,
            content=orjson.dumps(content).decode(),
        )
    )  # fmt: skip


def _rows(model: type[Any], *where: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in db.session.execute(select(table(model)).where(*where)).mappings()]


# Looking ------------------------------------------------------------------------------------------------------------

_LISTED = tuple(column for column in _E if column.name != "content")


def _mine(actor: Actor) -> tuple[Any, ...]:
    """Return the conditions of what the caller could bring back: an admin everything, others what they deleted."""
    here = _E.org_id == actor.org_id, _E.deleted > clock.now() - kept()
    return here if actor.role == Role.ADMIN else (*here, _E.deleted_by == actor.user_id, _E.deleted_by > 0)


def listed(actor: Actor) -> Sequence[Any]:
    """Return what the caller could bring back, the newest first, with who deleted it; what went with a folder is not listed."""
    query = (
        select(*_LISTED, User.login.label("deleter"))
        .outerjoin(User, User.id == _E.deleted_by)
        .where(*_mine(actor), _E.with_folder == 0)
        .order_by(_E.deleted.desc(), _E.id.desc())
        .limit(1000)
    )
    return db.session.execute(query).all()


def find(actor: Actor, entry: int) -> Row[Any]:
    """Return an entry. Raises EntryNotFound."""
    found = db.session.execute(select(*_LISTED).where(*_mine(actor), _E.id == entry)).first()
    if found is None:
        raise EntryNotFound
    return found


by_id = Loader("entry", ("entry_id",), find, lambda _: ())


def ends(entry: Any) -> datetime:
    """Return when an entry is gone for good."""
    return entry.deleted + kept()  # type: ignore[no-any-return]


# Coming back --------------------------------------------------------------------------------------------------------


def restore(actor: Actor, entry: Any) -> saving.Saved:
    """Bring back a dashboard or folder (with what went with it) where it was, or in General where its folder is gone.

    A uid that was taken since gives way to a new one. Raises MayNotSave, NameExists, QuotaReached.
    """
    folder = _folder(actor, entry.folder_uid)
    if entry.is_folder:
        if not actor.may("folders:create"):
            raise saving.MayNotSave
    else:
        held = dashboards.folder_scopes("", 0) if folder is None else dashboards.scopes(folder)
        entering = actor if folder is None else access.on_board(actor, folder)
        if not entering.may("dashboards:create", *held):
            raise saving.MayNotSave
    saved = _bring_back(actor, entry, 0 if folder is None else folder.id, {})
    if entry.is_folder:
        went_along = select(*_LISTED).where(_E.org_id == actor.org_id, _E.with_folder == entry.dashboard_id)
        numbers = {entry.dashboard_id: saved.id}
        for one in db.session.execute(went_along.order_by(_E.id)).all():
            numbers[one.dashboard_id] = _bring_back(actor, one, saved.id, numbers).id
    return saved


def _folder(actor: Actor, uid: str) -> Any:
    if not uid:
        return None
    try:
        found = dashboards.find_by_uid(actor, uid)
    except dashboards.DashboardNotFound:
        return None
    return found if found.is_folder else None


def _bring_back(actor: Actor, entry: Any, folder_id: int, numbers: dict[int, int]) -> saving.Saved:
    """Bring back one entry. numbers: what became of the folders that came back before it; folder_id: where else it goes."""
    content = orjson.loads(db.session.execute(select(_E.content).where(_E.id == entry.id)).scalar_one())
    row = typed(table(Dashboard), content["dashboard"][0])
    if not entry.is_folder:
        quotas.require("dashboard", org_id=actor.org_id)
    taken = db.session.execute(
        select(_BOARD.id, _BOARD.uid).where(_BOARD.org_id == actor.org_id, _BOARD.uid == row["uid"])
    ).first()
    if taken is not None:
        row["uid"] = new_uid()
    same_number = db.session.execute(select(_BOARD.id).where(_BOARD.id == row["id"])).first()
    if same_number is not None:
        del row["id"]
    row["folder_id"] = folder_id = numbers.get(row["folder_id"], folder_id)
    try:
        with db.session.begin_nested():
            number = int(db.session.execute(insert(table(Dashboard)).values(**row)).inserted_primary_key[0])  # type: ignore[attr-defined]
    except IntegrityError:
        raise saving.NameExists from None
    if taken is not None or same_number is not None:
        text = document.text(document.read(row["body"].encode()), id=number, uid=row["uid"])
        db.session.execute(table(Dashboard).update().where(_BOARD.id == number).values(body=text))
    title_index.enter(actor.org_id, number, row["title"])
    if entry.is_folder:
        nesting.enter(actor.org_id, number, folder_id)
    for tag in content.get(DashboardTag.__tablename__, ()):
        tag["folder_id"] = folder_id
    _bring_rows(content, actor.org_id, number)
    db.session.execute(delete(TrashEntry).where(TrashEntry.id == entry.id))
    title, version = row["title"], row["version"]
    audit.note(
        "restored",
        "dashboard",
        number,
        title,
        after={"title": title, "is_folder": entry.is_folder},
        org_id=actor.org_id,
    )
    return saving.Saved(number, row["uid"], row["slug"], title, version, folder_id, entry.is_folder)


def _bring_rows(content: dict[str, Any], org_id: int, number: int) -> None:
    people = set(db.session.scalars(select(User.id)))
    teams = set(db.session.scalars(select(Team.id).where(Team.org_id == org_id)))
    elements = set(db.session.scalars(select(LibraryElement.id).where(LibraryElement.org_id == org_id)))
    for model, column in _OF_BOARD:
        rows = [
            typed(table(model), {**row, column: number})
            for row in content.get(model.__tablename__, ())
            if row.get("user_id") in {None, 0, *people}
            and row.get("team_id") in {None, *teams}
            and row.get("element_id") in {None, *elements}
        ]
        if model is Annotation:
            annotations.bring_back(rows)
        elif rows:
            fresh = [{name: value for name, value in row.items() if name != "id"} for row in rows]
            db.session.execute(insert(table(model)), fresh)
    for row in content.get("library_element", ()):
        library.bring_back(typed(table(LibraryElement), {**row, "folder_id": number}))


def purge(entry: Any) -> None:
    """Delete an entry for good, with what went along with a folder."""
    which = TrashEntry.id == entry.id
    if entry.is_folder:
        which |= (TrashEntry.org_id == entry.org_id) & (TrashEntry.with_folder == entry.dashboard_id)
    db.session.execute(delete(TrashEntry).where(which))
