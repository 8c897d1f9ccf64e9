"""Dashboards: saving with conflicts told apart, reading without parsing, removing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Row, Select, bindparam, case, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from core import clock
from core.access import Actor, Loader
from core.errors import BadRequest, DomainError, Forbidden, NotFound
from core.identifiers import UID, UID_MAX, new_uid, slug
from dashboards import document
from models import (
    Dashboard,
    DashboardTag,
    DashboardVersion,
    LibraryConnection,
    ProvisionedBoard,
    PublicDashboard,
    Star,
    User,
    audit,
    db,
    faults,
)
from models.base import table
from models.session import fetch
from services import access, library_panels, nesting, permissions, quotas

TITLE_MAX = 189


class DashboardNotFound(NotFound):
    """No dashboard of this name in the caller's organisation."""

    message = "Dashboard not found"
    traced = True


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


class SlugNotUnique(DomainError):
    """Several dashboards have the slug that is to be deleted."""

    status, code = 412, "multiple-slugs-exists"
    message = "Multiple dashboards with the same slug exists"


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


def page_url(uid: str, slug_: str, *, is_folder: bool) -> str:
    """Return the address of a dashboard's or folder's page."""
    return f"/dashboards/f/{uid}/{slug_}" if is_folder else f"/d/{uid}/{slug_}"


def folder_scopes(uid: str, number: int) -> tuple[str, ...]:
    """Return the scopes of a folder, by uid and by id; General has them as well."""
    return f"folders:uid:{uid or 'general'}", f"folders:id:{number}"


def scopes(row: Any) -> tuple[str, ...]:
    """Return a dashboard's own scopes and its folders': whichever way a right names it, it means the same."""
    outer = nesting.scopes(row.above)
    if row.is_folder:
        inside = folder_scopes(row.folder_uid, row.folder_id) if row.folder_id else ()
        return (*folder_scopes(row.uid, row.id), *inside, *outer)
    own = f"dashboards:uid:{row.uid}", f"dashboards:id:{row.id}"
    return (*own, *folder_scopes(row.folder_uid or "", row.folder_id), *outer)


_Folder = aliased(Dashboard)
_Author = aliased(User)
_Editor = aliased(User)
_COLUMNS = (
    *(c for c in Dashboard.__table__.c if c.name not in {"body", "panel_count"}),
    _Folder.uid.label("folder_uid"),
    _Folder.title.label("folder_title"),
    _Folder.slug.label("folder_slug"),
    _Author.login.label("author"),
    _Editor.login.label("editor"),
    nesting.above(table(Dashboard).c.folder_id).label("above"),
    *access.board_levels(table(Dashboard).c),
)


def _joined(*more: Any) -> Select[Any]:
    return (
        select(*_COLUMNS, *more)
        .select_from(Dashboard)
        .outerjoin(_Folder, _Folder.id == Dashboard.folder_id)
        .outerjoin(_Author, _Author.id == Dashboard.created_by)
        .outerjoin(_Editor, _Editor.id == Dashboard.updated_by)
        .where(Dashboard.org_id == bindparam("org_id"))
    )


_starred = (
    select(Star.id)
    .where(Star.dashboard_id == Dashboard.id, Star.user_id == bindparam("user_id"))
    .correlate(Dashboard)
    .exists()
    .label("starred")
)
_PUBLIC, _FILE = table(PublicDashboard).c, table(ProvisionedBoard).c
_public = (
    select(func.max(case((_PUBLIC.enabled, 1), else_=0)))
    .where(_PUBLIC.dashboard_id == Dashboard.id)
    .correlate(Dashboard)
    .scalar_subquery()
    .label("public")
)
_file = (
    select(_FILE.path)
    .where(_FILE.dashboard_id == Dashboard.id)
    .correlate(Dashboard)
    .scalar_subquery()
    .label("file")
)
_READ = _joined(Dashboard.body, _starred, _public, _file)
_BY_UID = _READ.where(Dashboard.uid == bindparam("key"))
_BY_ID = _READ.where(Dashboard.id == bindparam("key"))
_BY_SLUG = (
    _READ.where(Dashboard.slug == bindparam("key"), Dashboard.is_folder.is_(False))
    .order_by(Dashboard.id)
    .limit(1)
)
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
_SAVED = _joined(_locked.label("locked"), _connected.label("connected"))
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
_FOLDERS = _joined().where(Dashboard.is_folder)
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


def _find(query: Select[Any], actor: Actor, key: str | int) -> Row[Any]:
    row: Row[Any] | None = fetch(
        query, org_id=actor.org_id, user_id=actor.user_id, key=key, **access.params(actor)
    ).first()
    if row is None:
        raise DashboardNotFound
    return row


def find_by_uid(actor: Actor, uid: str) -> Row[Any]:
    """Return a dashboard or folder with its body and its folder's names. Raises DashboardNotFound."""
    return _find(_BY_UID, actor, uid)


def find_by_slug(actor: Actor, slug_: str) -> Row[Any]:
    """Return the first dashboard with a slug, as the 2.x and 5.x addresses mean it. Raises DashboardNotFound."""
    return _find(_BY_SLUG, actor, slug_)


def find_by_id(actor: Actor, dashboard_id: int) -> Row[Any]:
    """Return a dashboard by its number. Raises DashboardNotFound."""
    return _find(_BY_ID, actor, dashboard_id)


by_uid = Loader("dashboard", ("uid",), find_by_uid, scopes, access.on_board)
by_slug = Loader("dashboard", ("slug",), find_by_slug, scopes, access.on_board)
by_id = Loader("dashboard", ("dashboard_id",), find_by_id, scopes, access.on_board)


def metadata(actor: Actor, row: Row[Any]) -> dict[str, Any]:
    """Return the `meta` member of a dashboard's answer."""
    held = scopes(row)
    in_folder = bool(row.folder_uid)
    everywhere = "annotations:type:organization"
    notes = {
        kind: {verb: actor.may(action, scope) for verb, action in _NOTE_VERBS.items()}
        for kind, scope in (("dashboard", "annotations:type:dashboard"), ("organization", everywhere))
    }
    return {
        **({"isStarred": True} if row.starred else {}),
        "type": "db",
        "canSave": actor.may("dashboards:write", *held),
        "canEdit": access.viewers_can_edit() or actor.may("dashboards:write", *held),
        "canAdmin": actor.may("dashboards.permissions:write", *held),
        "canStar": not actor.is_guest,
        "canDelete": actor.may("dashboards:delete", *held),
        "slug": row.slug,
        "url": page_url(row.uid, row.slug, is_folder=row.is_folder),
        "expires": "0001-01-01T00:00:00Z",
        "created": clock.iso(row.created),
        "updated": clock.iso(row.updated),
        "updatedBy": row.editor or "Anonymous",
        "createdBy": row.author or "Anonymous",
        "version": row.version,
        "hasAcl": False,
        "isFolder": row.is_folder,
        "folderId": row.folder_id,
        "folderUid": row.folder_uid or "",
        "folderTitle": row.folder_title or "General",
        "folderUrl": page_url(row.folder_uid, row.folder_slug, is_folder=True) if in_folder else "",
        "provisioned": row.file is not None,
        "provisionedExternalId": row.file or "",
        "annotationsPermissions": notes,
        "hasPublicDashboard": row.public is not None,
        "publicDashboardAccessToken": "",
        "publicDashboardUid": "",
        "publicDashboardEnabled": bool(row.public),
    }


_NOTE_VERBS = {
    "canAdd": "annotations:create",
    "canEdit": "annotations:write",
    "canDelete": "annotations:delete",
}


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
    if existing is None or existing.tags != values["tags"]:
        _keep_tags(actor.org_id, number, tags)
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


def _keep_tags(org_id: int, number: int, tags: list[str]) -> None:
    fetch(_UNTAG, its_id=number)
    for tag in dict.fromkeys(tags):
        fetch(_TAG, org_id=org_id, dashboard_id=number, term=tag[:100])


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


def count_with_slug(actor: Actor, slug_: str) -> int:
    """Return how many dashboards share a slug."""
    query = (
        select(Dashboard.id)
        .where(Dashboard.org_id == actor.org_id, Dashboard.slug == slug_, Dashboard.is_folder.is_(False))
        .limit(2)
    )
    return len(db.session.execute(query).all())


def uids_of(actor: Actor, numbers: list[int]) -> list[str]:
    """Return the uids of dashboards by their ids."""
    query = (
        select(Dashboard.uid)
        .where(Dashboard.org_id == actor.org_id, Dashboard.id.in_(numbers))
        .order_by(Dashboard.id)
    )
    return list(db.session.scalars(query))


def may(actor: Actor, action: str, row: Any) -> bool:
    """Say whether the caller may do something with a dashboard (where a route loads it by itself)."""
    return access.on_board(actor, row).may(action, *scopes(row))


def require_read(actor: Actor, row: Any) -> None:
    """Refuse who may not read a dashboard (where a route loads it by itself). Raises Forbidden."""
    if not may(actor, "dashboards:read", row):
        raise Forbidden("Access denied to this dashboard")
