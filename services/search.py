"""Finding dashboards and folders: filters and rights in one SQL statement, the answer as large as the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import bindparam, func, or_, select

from core.access import Actor
from core.errors import BadRequest, Unprocessable
from models import Dashboard, DashboardTag, Star
from models.base import table
from models.session import fetch
from services import reach, title_index
from services.dashboards import page_url

LIMIT, LIMIT_MAX = 1000, 5000
_BOARD, _STAR, _TAG = table(Dashboard).c, table(Star).c, table(DashboardTag).c
SORTS: dict[str, Any] = {
    "alpha-asc": _BOARD.title.asc(),
    "alpha-desc": _BOARD.title.desc(),
    "updated-desc": _BOARD.updated.desc(),
}
_FOUND = (_BOARD.id, _BOARD.uid, _BOARD.slug, _BOARD.title, _BOARD.is_folder, _BOARD.tags, _BOARD.folder_id)
_STARRED = select(_STAR.dashboard_id).where(_STAR.user_id == bindparam("user_id"))
# "+ 0" keeps SQLite from walking through all of the organisation where a few primary keys are asked for.
_FOLDERS = select(_BOARD.id, _BOARD.uid, _BOARD.title, _BOARD.slug).where(
    _BOARD.org_id + 0 == bindparam("org_id"), _BOARD.id.in_(bindparam("ids", expanding=True))
)
_NAMED = select(_BOARD.id).where(
    _BOARD.org_id == bindparam("org_id"), _BOARD.uid.in_(bindparam("uids", expanding=True))
)

_ALL_TAGS = (
    select(_TAG.term, func.count().label("number"))
    .where(_TAG.org_id == bindparam("org_id"))
    .group_by(_TAG.term)
)


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


@dataclass(frozen=True)
class Folder:
    """Where a hit is, as answers show it."""

    uid: str
    title: str
    slug: str

    @property
    def url(self) -> str:
        """The address of its page."""
        return page_url(self.uid, self.slug, is_folder=True)


@dataclass(frozen=True)
class Page:
    """One page of hits: rows in order, the folders they are in by id, and which of them the person starred."""

    rows: Sequence[Any]
    folders: Mapping[int, Folder]
    starred: frozenset[int]


def find(actor: Actor, wanted: Wanted, *more: Any) -> Page:
    """Return one page. more: columns besides those that hits need. Raises BadRequest, Unprocessable.

    The page is found along an index of titles and ends where it is full; folders and stars are read for it alone.
    """
    if wanted.ids and wanted.uids:
        raise BadRequest("search supports UIDs or IDs, not both", traced=False)
    if wanted.limit > LIMIT_MAX:
        raise Unprocessable(
            f"Limit is above maximum allowed ({LIMIT_MAX}), use page parameter to access hits beyond limit"
        )
    query = (
        select(*_FOUND, *more)
        .where(*_filters(actor, wanted))
        .order_by(SORTS.get(wanted.sort, _BOARD.title.asc()))
        .limit(wanted.limit)
        .offset(wanted.limit * (wanted.page - 1))
    )
    found: Sequence[Any] = fetch(query, **reach.params(actor)).all()
    if not wanted.sort:
        found = sorted(
            found, key=lambda row: not row.is_folder
        )  # folders of the page first, as the original lists them
    inside = list({row.folder_id for row in found if row.folder_id})
    folders = (
        {
            row.id: Folder(row.uid, row.title, row.slug)
            for row in fetch(_FOLDERS, org_id=actor.org_id, ids=inside)
        }
        if inside
        else {}
    )
    starred = (
        frozenset(fetch(_STARRED, user_id=actor.user_id).scalars()) if actor.user_id else frozenset[int]()
    )
    return Page(found, folders, starred)


def _filters(actor: Actor, wanted: Wanted) -> list[Any]:
    verb = "write" if wanted.permission == "Edit" else "read"
    found = _titled(actor, wanted.query)
    if not reach.sees_all_boards(actor, verb):
        found.append(reach.boards_where(actor, verb))
    if wanted.kind in {"dash-db", "dash-folder"}:
        found.append(_BOARD.is_folder.is_(wanted.kind == "dash-folder"))
    for tag in wanted.tags:
        tagged = select(_TAG.dashboard_id).where(_TAG.org_id == actor.org_id, _TAG.term == tag)
        found.append(_BOARD.id.in_(tagged))
    if wanted.folder_ids:
        found.append(_BOARD.folder_id.in_(wanted.folder_ids))
    if wanted.folder_uids:
        named = fetch(_NAMED, org_id=actor.org_id, uids=wanted.folder_uids).scalars().all()
        found.append(_BOARD.folder_id.in_(named))
    if wanted.starred:
        found.append(_BOARD.id.in_(select(_STAR.dashboard_id).where(_STAR.user_id == actor.user_id)))
    if wanted.ids:
        found.append(_BOARD.id.in_(wanted.ids))
    if wanted.uids:
        found.append(_BOARD.uid.in_(wanted.uids))
    return found


def _titled(actor: Actor, query: str) -> list[Any]:
    """Return the conditions under which a dashboard is the organisation's and its title holds a text."""
    few = title_index.candidates(actor.org_id, query)
    # "+ 0" as above: few are read by their ids, all along the index of titles.
    found: list[Any] = (
        [_BOARD.org_id == actor.org_id]
        if few is None
        else [_BOARD.org_id + 0 == actor.org_id, _BOARD.id.in_(few)]
    )
    if query:
        like = (func.lower(_BOARD.title).like(f"%{form}%") for form in _forms(query))
        found.append(or_(*like))
    return found


def _forms(query: str) -> set[str]:
    """Return what lower titles are compared with: some databases turn A to Z to lower case alone, not Ä or Я.

    The others turn each letter by itself, Σ at the end of a word too.
    """
    if query.isascii():
        return {query.lower()}
    each = "".join(map(str.lower, query))
    return {
        _ascii_lower(form)
        for form in (query, query.lower(), each, query.upper(), query.capitalize(), query.title())
    }


def _ascii_lower(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def hits(actor: Actor, wanted: Wanted) -> bytes:
    """Return a page of search hits as JSON. Written out by hand: a thousand of them are asked for at once."""
    page = find(actor, wanted)
    inside = {
        number: b',"folderId":%d,"folderUid":%b,"folderTitle":%b,"folderUrl":%b'
        % (number, orjson.dumps(folder.uid), orjson.dumps(folder.title), orjson.dumps(folder.url))
        for number, folder in page.folders.items()
    }
    starred = page.starred
    return b"[%b]" % b",".join(
        b'{"id":%d,"uid":"%b","title":%b,"uri":"db/%b","url":"%b","slug":"","type":"%b","tags":%b,"isStarred":%b,"sortMeta":0%b}'
        % (
            number,
            uid.encode(),
            orjson.dumps(title),
            slug.encode(),
            page_url(uid, slug, is_folder=is_folder).encode(),
            b"dash-folder" if is_folder else b"dash-db",
            tags.encode(),
            b"true" if number in starred else b"false",
            inside.get(folder_id, b""),
        )
        for number, uid, slug, title, is_folder, tags, folder_id in page.rows
    )


def tag_counts(actor: Actor) -> list[dict[str, Any]]:
    """Return every tag with how many dashboards carry it, by name."""
    if reach.sees_all_boards(actor, "read"):
        query = _ALL_TAGS
    else:
        found = reach.tag_terms(actor).subquery()
        query = select(found.c.term, func.sum(found.c.number).label("number")).group_by(found.c.term)
    rows = fetch(query, **reach.params(actor))
    return [{"term": row.term, "count": int(row.number)} for row in sorted(rows)]


COUNTED_MOST = 1000


def count(actor: Actor, wanted: Wanted) -> int:
    """Return how many there are beyond the page; beyond COUNTED_MOST that alone, so that it never walks through all."""
    matching = select(_BOARD.id).where(*_filters(actor, wanted))
    some = matching.limit(COUNTED_MOST + 1).subquery()
    return int(fetch(select(func.count()).select_from(some), **reach.params(actor)).scalar_one())
