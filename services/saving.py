"""Dashboards and folders: saved with conflicts told apart, each save a version; and removed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Row, bindparam, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from core import clock
from core.access import Actor
from core.errors import BadRequest, DomainError, Forbidden, NotFound
from core.identifiers import UID, UID_MAX, new_uid, slug
from dashboards import document
from models import (
    Dashboard,
    DashboardTag,
    DashboardVersion,
    LibraryConnection,
    ProvisionedBoard,
    audit,
    db,
    faults,
)
from models.base import table
from models.session import fetch
from services import access, library_panels, nesting, permissions, quotas, title_index
from services.dashboards import folder_scopes, joined, may, page_url, scopes

_FILE = table(ProvisionedBoard).c
TITLE_MAX = 189


class NoSuchId(NotFound):
    """A save names an id that does not exist."""

    code = "not-found"
    message = "Dashboard not found"


class VersionMismatch(DomainError):
    """Someone saved the dashboard since the caller read it."""

    status, code = 412, "version-mismatch"
    message = "The dashboard has been changed by someone else"


class NameExists(DomainError):
    """Another dashboard of the folder has this title."""

    status, code = 412, "name-exists"
    message = "A dashboard with the same name in the folder already exists"


class NameOfFolder(BadRequest):
    """A folder has this title."""

    code, traced = "name-match", False
    message = "Dashboard name cannot be the same as folder"


class EmptyTitle(BadRequest):
    """The title is missing."""

    code, traced = "empty-name", False
    message = "Dashboard title cannot be empty"


class UidTaken(BadRequest):
    """The uid belongs to another dashboard than the id."""

    traced = False
    message = "A dashboard with the same uid already exists"


class Provisioned(BadRequest):
    """The dashboard comes from a file; it is changed there."""

    traced = False
    message = "Cannot save provisioned dashboard"


class ProvisionedStays(BadRequest):
    """The dashboard comes from a file; it goes with that."""

    traced = False
    message = "provisioned dashboard cannot be deleted"


class OfPlugin(DomainError):
    """The dashboard came with an app or plug-in, whose updates would undo the change."""

    status, code = 412, "plugin-dashboard"

    def __init__(self, plugin_id: str) -> None:
        super().__init__(f"The dashboard belongs to plugin {plugin_id}.")


@dataclass
class Save:
    """What a save asks for. folder_uid wins over folder_id; body is the dashboard as JSON text by member.

    plugin_id: the app or plug-in that it comes from.
    """

    body: document.Members
    folder_id: int = 0
    folder_uid: str = ""
    message: str = ""
    overwrite: bool = False
    is_folder: bool = False
    plugin_id: str = ""
    uid_clash: type[DomainError] = field(default=UidTaken)


@dataclass(frozen=True)
class Saved:
    """What a save did."""

    id: int
    uid: str
    slug: str
    title: str
    version: int
    folder_id: int
    is_folder: bool

    @property
    def url(self) -> str:
        """The address of its page."""
        return page_url(self.uid, self.slug, is_folder=self.is_folder)


# What a save asks of what is there: whether its file alone may change it, whether library panels are noted for it.
_locked = (
    select(_FILE.id)
    .where(_FILE.dashboard_id == Dashboard.id, _FILE.locked.is_(True))
    .correlate(Dashboard)
    .exists()
)
_CONNECTION = table(LibraryConnection).c
_connected = (
    select(_CONNECTION.id).where(_CONNECTION.dashboard_id == Dashboard.id).correlate(Dashboard).exists()
)
_SAVED = joined(_locked.label("locked"), _connected.label("connected"))
_NAMED = _SAVED.where(or_(Dashboard.id == bindparam("id"), Dashboard.uid == bindparam("uid")))
_LOCKED = (
    select(Dashboard.id)
    .where(
        Dashboard.org_id == bindparam("org_id"),
        or_(Dashboard.id == bindparam("id"), Dashboard.uid == bindparam("uid")),
    )
    .with_for_update()
)
_TITLED = _SAVED.where(
    Dashboard.title == bindparam("title"),
    or_(Dashboard.is_folder & (Dashboard.folder_id == 0), Dashboard.folder_id == bindparam("folder_id")),
)
_FOLDERS = joined().where(Dashboard.is_folder)
_FOLDER_BY_UID = _FOLDERS.where(Dashboard.uid == bindparam("key"))
_FOLDER_BY_ID = _FOLDERS.where(Dashboard.id == bindparam("key"))
_TABLE, _VERSIONS, _TAGS = table(Dashboard), table(DashboardVersion), table(DashboardTag)
_INSERT, _KEEP, _TAG = insert(_TABLE), insert(_VERSIONS), insert(_TAGS)
_UPDATE = update(_TABLE).where(
    _TABLE.c.id == bindparam("its_id"), _TABLE.c.version == bindparam("its_version")
)
_FORGET = delete(_VERSIONS).where(
    _VERSIONS.c.dashboard_id == bindparam("its_id"), _VERSIONS.c.version <= bindparam("its_version")
)
_UNTAG = delete(_TAGS).where(_TAGS.c.dashboard_id == bindparam("its_id"))


def save(actor: Actor, wanted: Save, *, provisioned: bool = False) -> Saved:
    """Create or change a dashboard (or folder) and keep the version.

    provisioned: it comes from its file, where alone it may be changed.

    Raises, in this order: EmptyTitle, BadRequest (uid, title, folder), NoSuchId, UidTaken, Forbidden, VersionMismatch,
    OfPlugin, NameOfFolder, NameExists.
    """
    facts = document.facts(wanted.body)
    title = facts.title.strip()
    if not title:
        raise EmptyTitle
    if len(title) > TITLE_MAX:
        raise BadRequest(
            f"Dashboard title cannot be longer than {TITLE_MAX} characters", field="title", traced=False
        )
    if facts.uid and not UID.fullmatch(facts.uid):
        raise BadRequest("uid contains illegal characters", field="uid", traced=False)
    if len(facts.uid) > UID_MAX:
        raise BadRequest(f"uid too long, max {UID_MAX} characters", field="uid", traced=False)
    folder = _folder(actor, wanted)
    folder_id = folder.id if folder is not None else 0
    existing = _existing(actor, facts, wanted)
    if existing is not None and existing.is_folder != wanted.is_folder:
        raise BadRequest("Dashboard cannot be changed to a folder", traced=False)
    if existing is not None and existing.version != facts.version and not wanted.overwrite:
        raise VersionMismatch
    if existing is not None and existing.plugin_id and not wanted.overwrite:
        raise OfPlugin(existing.plugin_id)
    existing = _same_title(actor, title, folder_id, existing, wanted)
    _check_rights(actor, existing, folder, wanted)
    if existing is not None and existing.locked and not provisioned:
        raise Provisioned
    uid = existing.uid if existing is not None and not facts.uid else facts.uid or new_uid()
    if (
        existing is not None
        and existing.title == title
        and existing.folder_id == folder_id
        and not _was_named(facts, existing)
    ):
        uid = existing.uid  # found by its title: it keeps its own name
    return _store(
        actor, wanted, existing, Saved(0, uid, slug(title), title, 0, folder_id, wanted.is_folder), facts.tags
    )


def any_locked(numbers: Sequence[int]) -> bool:
    """Say whether one of some dashboards is changed in its file alone."""
    query = select(_FILE.id).where(_FILE.dashboard_id.in_(numbers), _FILE.locked.is_(True)).limit(1)
    return db.session.execute(query).first() is not None


def _was_named(facts: document.Facts, existing: Any) -> bool:
    return bool(facts.id == existing.id or facts.uid == existing.uid)


def _folder(actor: Actor, wanted: Save) -> Row[Any] | None:
    if not (wanted.folder_uid or wanted.folder_id > 0):
        return None
    query, key = (
        (_FOLDER_BY_UID, wanted.folder_uid) if wanted.folder_uid else (_FOLDER_BY_ID, wanted.folder_id)
    )
    found = fetch(query, org_id=actor.org_id, key=key, **access.params(actor)).first()
    if found is None:
        raise BadRequest("folder not found", field="folderUid", traced=False)
    return found


def _existing(actor: Actor, facts: document.Facts, wanted: Save) -> Row[Any] | None:
    if facts.id <= 0 and not facts.uid:
        return None
    # SQLite takes one writer at a time anyway.
    if wanted.overwrite and db.session.get_bind().dialect.name != "sqlite":
        fetch(_LOCKED, org_id=actor.org_id, id=max(0, facts.id), uid=facts.uid)
    rows: Sequence[Row[Any]] = fetch(
        _NAMED, org_id=actor.org_id, id=max(0, facts.id), uid=facts.uid, **access.params(actor)
    ).all()
    by_number = next((row for row in rows if row.id == facts.id), None)
    by_name = next((row for row in rows if facts.uid and row.uid == facts.uid), None)
    if facts.id > 0 and by_number is None:
        raise NoSuchId
    if by_number is not None and by_name is not None and by_number.id != by_name.id:
        raise wanted.uid_clash(UidTaken.message)
    return by_number or by_name


def _same_title(
    actor: Actor, title: str, folder_id: int, existing: Row[Any] | None, wanted: Save
) -> Row[Any] | None:
    """Return what the save replaces: a dashboard of the same title in the folder takes part in it."""
    others: Sequence[Row[Any]] = fetch(
        _TITLED, org_id=actor.org_id, title=title, folder_id=folder_id, **access.params(actor)
    ).all()
    for other in others:
        if existing is not None and other.id == existing.id:
            continue
        if other.is_folder and not wanted.is_folder:
            raise NameOfFolder
        if other.folder_id != folder_id and (wanted.is_folder or not other.is_folder):
            continue
        if not wanted.overwrite:
            raise NameExists
        return other
    return existing


class MayNotSave(Forbidden):
    """The caller may not save this dashboard, or not there."""

    message, traced, early = "Access denied to save dashboard", True, False


def _check_rights(actor: Actor, existing: Row[Any] | None, folder: Row[Any] | None, wanted: Save) -> None:
    if wanted.is_folder:
        return  # the folder routes have asked
    if existing is None or existing.folder_id != (folder.id if folder is not None else 0):
        entering = actor if folder is None else access.on_board(actor, folder)
        held = folder_scopes("", 0) if folder is None else scopes(folder)
        if not entering.may("dashboards:create", *held):
            raise MayNotSave
    if existing is not None and not may(actor, "dashboards:write", existing):
        raise MayNotSave


def _store(actor: Actor, wanted: Save, existing: Row[Any] | None, saved: Saved, tags: list[str]) -> Saved:
    now = clock.now()
    version = 1 if existing is None else existing.version + 1
    values: dict[str, Any] = {
        "uid": saved.uid,
        "slug": saved.slug,
        "title": saved.title,
        "folder_id": saved.folder_id,
        "version": version,
        "panel_count": document.count_panels(wanted.body),
        "tags": orjson.dumps(tags).decode(),
        "updated": now,
        "updated_by": actor.user_id,
        "plugin_id": wanted.plugin_id[:40],
    }
    try:
        if existing is None:
            if not wanted.is_folder:
                quotas.require("dashboard", org_id=actor.org_id)
            fresh = {
                **values,
                "org_id": actor.org_id,
                "is_folder": wanted.is_folder,
                "created": now,
                "created_by": actor.user_id,
                "body": "",
            }
            number = int(fetch(_INSERT, **fresh).inserted_primary_key[0])  # type: ignore[index]  # an insert of one row has one
            title_index.enter(actor.org_id, number, saved.title)
            permissions.on_new_board(actor, number, is_folder=wanted.is_folder, in_folder=saved.folder_id > 0)
            if wanted.is_folder:
                nesting.enter(actor.org_id, number, saved.folder_id)
        else:
            number = existing.id
        body = document.text(wanted.body, id=number, uid=saved.uid, version=version)
        before = version if existing is None else existing.version
        changed = fetch(_UPDATE, its_id=number, its_version=before, **values, body=body)
    except IntegrityError:
        raise _refused(wanted, NameExists()) from None
    if changed.rowcount != 1:
        raise _refused(wanted, VersionMismatch())
    _keep_version(actor, number, version, wanted.message, body)
    if existing is not None and existing.title != saved.title:
        title_index.change(actor.org_id, number, saved.title)
    if existing is None or existing.tags != values["tags"] or existing.folder_id != saved.folder_id:
        _keep_tags(actor.org_id, number, saved.folder_id, tags)
    if (existing is not None and existing.connected) or library_panels.shows_some(body):
        library_panels.connect(actor.org_id, number, body, actor.user_id)
    return Saved(number, saved.uid, saved.slug, saved.title, version, saved.folder_id, wanted.is_folder)


def _refused(wanted: Save, refusal: DomainError) -> Exception:
    """Return what a save ends with that another one came before: who overwrites begins again, for they mind nobody."""
    return faults.Overtaken(refusal) if wanted.overwrite else refusal


def _keep_version(actor: Actor, number: int, version: int, message: str, body: str) -> None:
    fetch(
        _KEEP,
        dashboard_id=number,
        version=version,
        parent_version=version - 1,
        message=message[:500],
        created=clock.now(),
        created_by=actor.user_id,
        body=body,
    )
    keep = _versions_to_keep()
    if version > keep:
        fetch(_FORGET, its_id=number, its_version=version - keep)


_kept = {"versions": 20}


def keep_versions(number: int) -> None:
    """Set how many versions of a dashboard stay (`dashboards.versions_to_keep`, at least 1)."""
    _kept["versions"] = max(1, number)


def _versions_to_keep() -> int:
    return _kept["versions"]


def _keep_tags(org_id: int, number: int, folder_id: int, tags: list[str]) -> None:
    fetch(_UNTAG, its_id=number)
    for term in dict.fromkeys(tag[:100] for tag in tags):
        fetch(_TAG, org_id=org_id, dashboard_id=number, folder_id=folder_id, term=term)


def remove(row: Any) -> None:
    """Delete a dashboard; of a folder, what is in it as well (folders too)."""
    audit.note(
        "removed",
        "dashboard",
        row.id,
        row.title,
        before={"title": row.title, "is_folder": row.is_folder},
        org_id=row.org_id,
    )
    gone = [row.id]
    if row.is_folder:
        gone += nesting.below(row.id)
        inside = _TABLE.c.org_id == row.org_id, _TABLE.c.folder_id.in_(gone)
        db.session.execute(delete(_TABLE).where(*inside))
    db.session.execute(delete(_TABLE).where(_TABLE.c.id.in_(gone)))
