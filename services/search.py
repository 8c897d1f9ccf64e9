"""Finding dashboards and folders: filters and rights in one SQL statement, the answer as large as the page."""

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import and_, false, func, select
from sqlalchemy.orm import aliased

from core.access import Actor
from core.errors import BadRequest, Unprocessable
from models import Dashboard, DashboardTag, Star, db
from services.dashboards import page_url

LIMIT, LIMIT_MAX = 1000, 5000
SORTS: dict[str, Any] = {
    "alpha-asc": Dashboard.title.asc(),
    "alpha-desc": Dashboard.title.desc(),
    "updated-desc": Dashboard.updated.desc(),
}


@dataclass(frozen=True)
class Wanted:
    """The filters; empty ones do not count. kind: dash-db or dash-folder. permission: Edit asks for what may be changed."""

    query: str = ""
    tags: tuple[str, ...] = ()
    kind: str = ""
    folder_ids: tuple[int, ...] = ()
    folder_uids: tuple[str, ...] = ()
    ids: tuple[int, ...] = ()
    uids: tuple[str, ...] = ()
    starred: bool = False
    permission: str = ""
    sort: str = ""
    limit: int = LIMIT
    page: int = 1


_Folder = aliased(Dashboard)


def rows(actor: Actor, wanted: Wanted) -> list[Any]:
    """Return the rows of one page. Raises BadRequest, Unprocessable."""
    if wanted.ids and wanted.uids:
        raise BadRequest("search supports UIDs or IDs, not both", traced=False)
    if wanted.limit > LIMIT_MAX:
        raise Unprocessable(
            f"Limit is above maximum allowed ({LIMIT_MAX}), use page parameter to access hits beyond limit"
        )
    star = and_(Star.dashboard_id == Dashboard.id, Star.user_id == actor.user_id)
    columns = (
        Dashboard.id,
        Dashboard.uid,
        Dashboard.slug,
        Dashboard.title,
        Dashboard.is_folder,
        Dashboard.tags,
        Dashboard.folder_id,
    )
    more = (
        Dashboard.updated,
        Dashboard.panel_count,
        _Folder.uid.label("folder_uid"),
        _Folder.title.label("folder_title"),
    )
    found = (
        select(*columns, *more, _Folder.slug.label("folder_slug"), Star.id.label("star"))
        .outerjoin(_Folder, _Folder.id == Dashboard.folder_id)
        .join(Star, star, isouter=not wanted.starred)
        .where(Dashboard.org_id == actor.org_id, *_filters(actor, wanted))
        .order_by(SORTS.get(wanted.sort, Dashboard.title.asc()))
        .limit(wanted.limit)
        .offset(wanted.limit * (wanted.page - 1))
    )
    page: list[Any] = list(db.session.execute(found))
    if not wanted.sort:
        page.sort(key=lambda row: not row.is_folder)  # folders of the page first, as the original lists them
    return page


def _filters(actor: Actor, wanted: Wanted) -> list[Any]:
    verb = "write" if wanted.permission == "Edit" else "read"
    found: list[Any] = []
    kinds = [
        folder for folder, kind in ((False, "dashboards"), (True, "folders")) if actor.may(f"{kind}:{verb}")
    ]
    if wanted.kind in {"dash-db", "dash-folder"}:
        kinds = [folder for folder in kinds if folder == (wanted.kind == "dash-folder")]
    if len(kinds) < 2:
        found.append(Dashboard.is_folder.is_(kinds[0]) if kinds else false())
    if wanted.query:
        found.append(func.lower(Dashboard.title).like(f"%{wanted.query.lower()}%"))
    for tag in wanted.tags:
        found.append(
            Dashboard.id.in_(
                select(DashboardTag.dashboard_id).where(
                    DashboardTag.org_id == actor.org_id, DashboardTag.term == tag
                )
            )
        )
    if wanted.folder_ids:
        found.append(Dashboard.folder_id.in_(wanted.folder_ids))
    if wanted.folder_uids:
        found.append(_Folder.uid.in_(wanted.folder_uids))
    if wanted.ids:
        found.append(Dashboard.id.in_(wanted.ids))
    if wanted.uids:
        found.append(Dashboard.uid.in_(wanted.uids))
    return found


def hits(actor: Actor, wanted: Wanted) -> list[dict[str, Any]]:
    """Return a page of search hits as the API shows them."""
    return [_hit(row) for row in rows(actor, wanted)]


def _hit(row: Any) -> dict[str, Any]:
    hit = {
        "id": row.id,
        "uid": row.uid,
        "title": row.title,
        "uri": "db/" + row.slug,
        "url": page_url(row.uid, row.slug, is_folder=row.is_folder),
        "slug": "",
        "type": "dash-folder" if row.is_folder else "dash-db",
        "tags": orjson.Fragment(row.tags),
        "isStarred": row.star is not None,
        "sortMeta": 0,
    }
    if row.folder_uid:
        hit |= {
            "folderId": row.folder_id,
            "folderUid": row.folder_uid,
            "folderTitle": row.folder_title,
            "folderUrl": page_url(row.folder_uid, row.folder_slug, is_folder=True),
        }
    return hit


def tag_counts(actor: Actor) -> list[dict[str, Any]]:
    """Return every tag with how many dashboards carry it, by name."""
    if not actor.may("dashboards:read"):
        return []
    query = select(DashboardTag.term, func.count().label("number")).where(DashboardTag.org_id == actor.org_id)
    return [
        {"term": row.term, "count": row.number}
        for row in db.session.execute(query.group_by(DashboardTag.term).order_by(DashboardTag.term))
    ]


def count(actor: Actor, wanted: Wanted) -> int:
    """Return how many there are beyond the page."""
    query = select(func.count()).select_from(Dashboard).outerjoin(_Folder, _Folder.id == Dashboard.folder_id)
    if wanted.starred:
        query = query.join(Star, and_(Star.dashboard_id == Dashboard.id, Star.user_id == actor.user_id))
    return db.session.scalar(query.where(Dashboard.org_id == actor.org_id, *_filters(actor, wanted))) or 0
