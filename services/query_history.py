"""What somebody asked data sources while exploring: kept, found again, starred, commented."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update

from core import clock
from core.access import Actor
from core.errors import AsRecorded, BadRequest
from core.identifiers import new_uid
from models import PastQuery, db
from models.base import table
from services import access

LIMIT, UID_MAX = 100, 40
KEPT = timedelta(days=14)  # what is not starred


class NotStarred(AsRecorded):
    """No such query of the caller's, or it has its star already."""

    message = "Failed to star query in query history"


class NotUnstarred(AsRecorded):
    """No such query of the caller's, or it has no star."""

    message = "Failed to unstar query in query history"


class NotCommented(AsRecorded):
    """No such query of the caller's."""

    message = "Failed to update comment of query in query history"


class NotDeleted(AsRecorded):
    """No such query of the caller's."""

    message = "Failed to delete query from query history"


@dataclass(frozen=True)
class Wanted:
    """The filters of a search; empty ones do not count. Times are seconds; both or neither."""

    source_uids: tuple[str, ...] = ()
    text: str = ""
    starred: bool = False
    oldest_first: bool = False
    time_from: int = 0
    time_to: int = 0
    limit: int = LIMIT
    page: int = 1


def _mine(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return PastQuery.org_id == actor.org_id, PastQuery.created_by == actor.account_id


def _named(actor: Actor, uid: str) -> tuple[ColumnElement[bool], ...]:
    return *_mine(actor), PastQuery.uid == uid


def shown(one: PastQuery) -> dict[str, Any]:
    """Return kept queries as the API shows them."""
    return {
        "uid": one.uid,
        "datasourceUid": one.source_uid,
        "createdBy": one.created_by,
        "createdAt": int(one.created.replace(tzinfo=UTC).timestamp()),
        "comment": one.comment,
        "queries": orjson.loads(one.queries),
        "starred": one.starred,
    }


def _find(actor: Actor, uid: str, fault: type[AsRecorded]) -> PastQuery:
    query = select(PastQuery).where(*_named(actor, uid)).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise fault
    return found


def add(actor: Actor, source_uid: str, queries: Any) -> dict[str, Any]:
    """Keep what was asked. Raises BadRequest, Forbidden (who is in no organisation)."""
    uid = _keep(actor, source_uid, queries)
    return shown(_find(actor, uid, NotCommented))


def _keep(
    actor: Actor, source_uid: str, queries: Any, created: int = 0, comment: str = "", *, starred: bool = False
) -> str:
    access.require_org(actor, "Queries are kept in an organization")
    if len(source_uid) > UID_MAX:
        raise BadRequest("The uid of the data source is too long", field="datasourceUid", traced=False)
    try:
        at = datetime.fromtimestamp(created, UTC).replace(tzinfo=None) if created else clock.now()
    except (ValueError, OverflowError, OSError):
        raise BadRequest("The time is out of range", field="createdAt", traced=False) from None
    uid = new_uid()
    db.session.execute(
        insert(table(PastQuery)).values(
            org_id=actor.org_id, uid=uid, source_uid=source_uid, created_by=actor.account_id, created=at,
            comment=comment, queries=orjson.dumps(queries).decode(), starred=starred,
        )
    )  # fmt: skip
    return uid


def listed(actor: Actor, wanted: Wanted) -> tuple[int, list[dict[str, Any]]]:
    """Return how many of the caller's queries match, and a page of them."""
    where = list(_mine(actor))
    if wanted.source_uids:
        where.append(PastQuery.source_uid.in_(wanted.source_uids))
    if wanted.starred:
        where.append(PastQuery.starred.is_(True))
    if wanted.text:
        parts = (
            func.lower(column).contains(wanted.text.lower(), autoescape=True)
            for column in (PastQuery.queries, PastQuery.comment)
        )
        where.append(or_(*parts))
    if wanted.time_from > 0 and wanted.time_to > 0:
        epoch = datetime(1970, 1, 1)  # noqa: DTZ001 - columns hold UTC without a zone
        most = (datetime(9999, 1, 1) - epoch) // timedelta(seconds=1)  # noqa: DTZ001
        first, last = (
            epoch + timedelta(seconds=min(one, most)) for one in (wanted.time_from, wanted.time_to)
        )
        where += [PastQuery.created >= first, PastQuery.created <= last]
    order = (PastQuery.created, PastQuery.id)
    query = (
        select(PastQuery)
        .where(*where)
        .order_by(*(order if wanted.oldest_first else (one.desc() for one in order)))
        .limit(wanted.limit)
        .offset(wanted.limit * (wanted.page - 1))
    )
    total = db.session.scalar(select(func.count(PastQuery.id)).where(*where)) or 0
    return total, [shown(one) for one in db.session.scalars(query)]


def comment(actor: Actor, uid: str, text: str) -> dict[str, Any]:
    """Set a comment. Raises NotCommented."""
    return _set(actor, uid, NotCommented, comment=text)


def star(actor: Actor, uid: str, *, starred: bool) -> dict[str, Any]:
    """Give or take a star. Raises NotStarred or NotUnstarred, also where nothing would change (as recorded)."""
    fault = NotStarred if starred else NotUnstarred
    if _find(actor, uid, fault).starred is starred:
        raise fault
    return _set(actor, uid, fault, starred=starred)


def _set(actor: Actor, uid: str, fault: type[AsRecorded], **values: Any) -> dict[str, Any]:
    _find(actor, uid, fault)
    db.session.execute(update(PastQuery).where(*_named(actor, uid)).values(**values))
    return shown(_find(actor, uid, fault))


def remove(actor: Actor, uid: str) -> int:
    """Delete what was asked; return how many rows went. Raises NotDeleted."""
    gone: int = db.session.execute(delete(PastQuery).where(*_named(actor, uid))).rowcount  # type: ignore[attr-defined]
    if not gone:
        raise NotDeleted
    return gone


def bring(actor: Actor, given: list[dict[str, Any]]) -> tuple[int, int]:
    """Keep what a browser remembered; return how many queries that were, and how many with a star."""
    for one in given:
        _keep(
            actor, one["source_uid"], one["queries"], one["created"], one["comment"], starred=one["starred"]
        )
    return len(given), sum(1 for one in given if one["starred"])
