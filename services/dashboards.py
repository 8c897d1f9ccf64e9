"""Dashboards and folders: found, read without parsing, and described."""

from typing import Any

from sqlalchemy import Row, Select, bindparam, case, func, select
from sqlalchemy.orm import aliased

from core import clock
from core.access import Actor, Loader
from core.errors import DomainError, Forbidden, NotFound
from models import Dashboard, ProvisionedBoard, PublicDashboard, Star, User, db
from models.base import table
from models.session import fetch
from services import access, nesting


class DashboardNotFound(NotFound):
    """No dashboard of this name in the caller's organisation."""

    message = "Dashboard not found"
    traced = True


class SlugNotUnique(DomainError):
    """Several dashboards have the slug that is to be deleted."""

    status, code = 412, "multiple-slugs-exists"
    message = "Multiple dashboards with the same slug exists"


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


def joined(*more: Any) -> Select[Any]:
    """Return a query of dashboards and folders with what says where they are and who may do what. more: columns besides."""
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
_READ = joined(Dashboard.body, _starred, _public, _file)
_BY_UID = _READ.where(Dashboard.uid == bindparam("key"))
_BY_ID = _READ.where(Dashboard.id == bindparam("key"))
_BY_SLUG = (
    _READ.where(Dashboard.slug == bindparam("key"), Dashboard.is_folder.is_(False))
    .order_by(Dashboard.id)
    .limit(1)
)


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
