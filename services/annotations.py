"""Annotations: made, changed, found by time, place and tag, and counted by tag."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.exc import IntegrityError

from core import clock
from core.access import Actor, Loader
from core.errors import BadRequest, Forbidden, NotFound
from core.identifiers import avatar_url
from models import Annotation, AnnotationTag, AnnotationTerm, Dashboard, User, db
from models.base import table
from models.session import fetch
from services import access, dashboards, reach

LIMIT, LIMIT_MAX = 100, 100_000
TAG_MAX = 100
_DAY = 86_400_000
# How long annotations of each span last at most; the last has no end. What touches a stretch of time ends within it, or
# at most that much later, which an index finds.
SPANS: tuple[int | None, ...] = (0, 3_600_000, _DAY, 30 * _DAY, None)
DASHBOARD, ORGANIZATION = "annotations:type:dashboard", "annotations:type:organization"


class AnnotationNotFound(NotFound):
    """No such annotation in the caller's organisation."""

    message = "Annotation not found"


class NotSaved(BadRequest):
    """An annotation without words."""

    message = "Failed to save annotation"


class NoSuchDashboard(BadRequest):
    """A search names a dashboard that is not there."""

    message = "Invalid dashboard UID in annotation request"


class NotHere(Forbidden):
    """The caller may not annotate this dashboard."""

    message, early = "Access denied to this dashboard", False


@dataclass(frozen=True)
class Wanted:
    """The filters of a search; empty ones do not count. Times are milliseconds; both or neither."""

    time_from: int = 0
    time_to: int = 0
    dashboard_id: int = 0
    panel_id: int = 0
    alert_id: int = 0
    user_id: int = 0
    kind: str = ""
    tags: tuple[str, ...] = ()
    match_any: bool = False
    limit: int = LIMIT


@dataclass(frozen=True)
class Note:
    """What is kept of an annotation, as it was sent. time_end 0: a moment. tags None: none were given."""

    text: str
    time: int = 0
    time_end: int = 0
    tags: Sequence[str] | None = None
    data: Mapping[str, Any] | None = None


_A, _T, _BOARD = table(Annotation).c, table(AnnotationTag).c, table(Dashboard).c
_SHOWN = (*_A, _BOARD.uid.label("dashboard_uid"), User.login, User.email)


def _joined() -> Select[Any]:
    return (
        select(*_SHOWN)
        .select_from(table(Annotation))
        .outerjoin(table(Dashboard), _BOARD.id == _A.dashboard_id)
        .outerjoin(User, User.id == _A.user_id)
    )


def scopes(row: Any) -> tuple[str, ...]:
    """Return an annotation's scopes: its own, and that of its kind."""
    return f"annotations:id:{row.id}", DASHBOARD if row.dashboard_id else ORGANIZATION


def find(actor: Actor, annotation: int) -> Row[Any]:
    """Return an annotation of what the caller may read. Raises AnnotationNotFound."""
    query = _joined().where(_A.org_id == actor.org_id, _A.id == annotation, _visible(_sight(actor)))
    row: Row[Any] | None = db.session.execute(query, reach.params(actor)).first()
    if row is None:
        raise AnnotationNotFound
    return row


by_id = Loader("annotation", ("annotation_id",), find, scopes)
# A demand on annotations of the organisation, where the address names none.
of_organization = Loader("kind", (), lambda _: ORGANIZATION, lambda kind: (kind,))


def shown(row: Any, *, with_dashboard: bool = True) -> dict[str, Any]:
    """Return an annotation as the API shows it. with_dashboard: reads of a single one leave the uid out, as recorded."""
    return {
        "id": row.id,
        "alertId": row.alert_id,
        "alertName": "",
        "dashboardId": row.dashboard_id or 0,
        "dashboardUID": row.dashboard_uid if with_dashboard else None,
        "panelId": row.panel_id,
        "userId": 0,
        "newState": row.new_state,
        "prevState": row.prev_state,
        "created": row.created,
        "updated": row.updated,
        "time": row.time,
        "timeEnd": row.time_end,
        "text": row.text,
        "tags": orjson.loads(row.tags),
        "login": row.login or "",
        "email": row.email or "",
        "avatarUrl": avatar_url(row.email or ""),
        "data": orjson.loads(row.data),
    }


# Finding ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sight:
    """Whose annotations a caller may read. boards: None for all dashboards; ids: those that are named by scopes."""

    organization: bool
    boards: reach.Reaches | None
    no_boards: bool
    ids: frozenset[int]


def _sight(actor: Actor) -> _Sight:
    scopes_held = actor.grants.get("annotations:read", ())
    every = reach.sees_all_boards(actor, "read")
    return _Sight(
        organization=actor.may("annotations:read", ORGANIZATION),
        boards=None if every else reach.boards_reach(actor, "read"),
        no_boards=not actor.may("annotations:read", DASHBOARD),
        ids=frozenset(
            int(one[15:]) for one in scopes_held if one.startswith("annotations:id:") and one[15:].isdecimal()
        ),
    )


@lru_cache(maxsize=256)
def _visible(sight: _Sight) -> ColumnElement[bool]:
    """Return the condition under which a row (with its dashboard beside it) is the caller's to read."""
    ways: list[ColumnElement[bool]] = []
    if sight.organization:
        ways.append(_A.dashboard_id.is_(None))
    if not sight.no_boards:
        readable = true() if sight.boards is None else reach.boards_condition("read", sight.boards)
        ways.append(and_(_A.dashboard_id.is_not(None), readable))
    if sight.ids:
        ways.append(_A.id.in_(sight.ids))
    return or_(*ways) if ways else false()


@dataclass(frozen=True)
class _Shape:
    """What a search asks for, without the values; statements of one shape are made once.

    equal: columns that have a value. tagged: it goes along the index of a tag. others: how many more tags are carried.
    """

    sight: _Sight
    equal: tuple[str, ...]
    kind: str
    tagged: bool
    others: int
    ranged: bool


def listed(actor: Actor, wanted: Wanted) -> list[Row[Any]]:
    """Return the annotations that match and that the caller may read, the newest first.

    Each span is looked up in an index and ends where the page is full; a tag is looked up in an index of its own, the
    rarest of several.
    """
    limit = max(0, min(wanted.limit, LIMIT_MAX))
    tags, ways = list(dict.fromkeys(wanted.tags)), [""]
    if tags:
        uses = _uses(actor.org_id, tags)
        if wanted.match_any:
            ways, tags = list(uses), []
        elif len(uses) < len(tags):
            return []
        else:
            ways = [min(tags, key=lambda one: uses[one])]
    values = {
        name: value
        for name, value in (
            ("dashboard_id", wanted.dashboard_id), ("panel_id", wanted.panel_id), ("alert_id", wanted.alert_id), ("user_id", wanted.user_id),
        )
        if value
    }  # fmt: skip
    ranged = wanted.time_from > 0 and wanted.time_to > 0
    others = max(0, len(tags) - 1)
    shape = _Shape(_sight(actor), tuple(values), wanted.kind, bool(wanted.tags), others, ranged)
    found: dict[int, Row[Any]] = {}
    for tag in ways:
        carried = {f"tag_{n}": other for n, other in enumerate(one for one in tags if one != tag)}
        for span, longest in enumerate(SPANS):
            reaching = {"time_from": wanted.time_from, "time_to": wanted.time_to} if ranged else {}
            if ranged and longest is not None:
                reaching["latest"] = wanted.time_to + longest
            named: dict[str, Any] = {f"its_{name}": value for name, value in values.items()}
            if shape.tagged:
                named["tag"] = tag
            rows = fetch(
                _statement(shape, span),
                span=span,
                most=limit,
                **named,
                **carried,
                **reaching,
                **reach.params(actor),
            )
            found.update((row.id, row) for row in rows)
    return sorted(found.values(), key=lambda row: (-row.time_end, -row.time, -row.id))[:limit]


@lru_cache(maxsize=512)
def _statement(shape: _Shape, span: int) -> Select[Any]:
    """Return the statement for annotations that last about as long as each other."""
    lookup: Any = _T if shape.tagged else _A
    query = _joined().where(
        _A.org_id == bindparam("org_id"), lookup.span == bindparam("span"), _visible(shape.sight)
    )
    if shape.tagged:
        query = query.join(table(AnnotationTag), _T.annotation_id == _A.id)
        query = query.where(_T.org_id == bindparam("org_id"), _T.term == bindparam("tag"))
    for n in range(shape.others):
        other = table(AnnotationTag).alias().c
        query = query.where(exists().where(other.annotation_id == _A.id, other.term == bindparam(f"tag_{n}")))
    for name in shape.equal:
        query = query.where(_A[name] == bindparam(f"its_{name}"))
    if shape.kind in {"alert", "annotation"}:
        query = query.where(_A.alert_id > 0 if shape.kind == "alert" else _A.alert_id == 0)
    if shape.ranged:
        query = query.where(_A.time <= bindparam("time_to"), lookup.time_end >= bindparam("time_from"))
        if SPANS[span] is not None:
            query = query.where(lookup.time_end <= bindparam("latest"))
    number = _T.annotation_id if shape.tagged else _A.id
    return query.order_by(lookup.time_end.desc(), number.desc()).limit(bindparam("most"))


def dashboard_named(actor: Actor, uid: str) -> int:
    """Return the number of a dashboard of the organisation. Raises NoSuchDashboard."""
    number = _number_of(actor, uid)
    if not number:
        raise NoSuchDashboard
    return number


def _number_of(actor: Actor, uid: str) -> int:
    """Return the number of a dashboard of the organisation; 0 where there is none."""
    query = select(Dashboard.id).where(Dashboard.org_id == actor.org_id, Dashboard.uid == uid)
    return db.session.scalar(query) or 0


# Writing ------------------------------------------------------------------------------------------------------------


def tags_of(given: Sequence[str] | None) -> list[str]:
    """Return tags without blanks around them, each once. Raises BadRequest."""
    found = list(dict.fromkeys(tag.strip() for tag in given or () if tag.strip()))
    if any(len(tag) > TAG_MAX for tag in found):
        raise BadRequest(f"A tag is longer than {TAG_MAX} characters", field="tags")
    return found


def stretch(time: int, time_end: int) -> dict[str, int]:
    """Return the columns of a stretch of time: in order, with the span that it belongs to. Raises BadRequest."""
    time = time or clock.now_ms()
    first, last = sorted((time, time_end or time))
    if first < 0 or last > 2**53:
        raise BadRequest("The time is out of range", field="time")
    span = next(n for n, longest in enumerate(SPANS) if longest is None or last - first <= longest)
    return {"time": first, "time_end": last, "span": span}


def require_place(actor: Actor, action: str, dashboard_id: int) -> None:
    """Refuse who may not annotate a dashboard, or (0) the organisation. Raises DashboardNotFound, NotHere."""
    if not actor.may(action, DASHBOARD if dashboard_id else ORGANIZATION):
        raise NotHere
    if dashboard_id:
        board = dashboards.find_by_id(actor, dashboard_id)
        may_edit = access.viewers_can_edit() and dashboards.may(actor, "dashboards:read", board)
        if not may_edit and not dashboards.may(actor, "dashboards:write", board):
            raise NotHere


def create(
    actor: Actor, note: Note, *, dashboard_id: int = 0, dashboard_uid: str = "", panel_id: int = 0
) -> int:
    """Keep an annotation and return its number. A uid that is unknown counts as none, as recorded.

    Raises NotSaved, BadRequest, DashboardNotFound, NotHere.
    """
    if dashboard_uid:
        dashboard_id = _number_of(actor, dashboard_uid)
    if not note.text:
        raise NotSaved
    require_place(actor, "annotations:create", dashboard_id)
    tags, times, now = tags_of(note.tags), stretch(note.time, note.time_end), clock.now_ms()
    made = fetch(
        insert(table(Annotation)),
        org_id=actor.org_id, dashboard_id=dashboard_id or None, panel_id=panel_id, user_id=actor.user_id, text=note.text,
        tags=orjson.dumps(tags).decode(), data=orjson.dumps(note.data or {}).decode(), created=now, updated=now, **times,
        alert_id=0, new_state="", prev_state="",
    )  # fmt: skip
    number = int(made.inserted_primary_key[0])  # type: ignore[index]  # an insert of one row has one
    _keep_tags(actor.org_id, number, tags, times)
    return number


def replace(actor: Actor, annotation: Any, note: Note) -> None:
    """Put other words in place of an annotation's; times and data stay where none are given.

    Raises NotHere, BadRequest.
    """
    require_place(actor, "annotations:write", annotation.dashboard_id or 0)
    _store(annotation, note, note.tags)


def change(
    actor: Actor,
    annotation: Any,
    *,
    text: str,
    tags: Sequence[str] | None,
    time: int,
    time_end: int,
    data: Any,
) -> None:
    """Change what is given of an annotation. Raises NotHere, BadRequest."""
    require_place(actor, "annotations:write", annotation.dashboard_id or 0)
    kept = Note(text or annotation.text, time, time_end, None, data)
    _store(annotation, kept, orjson.loads(annotation.tags) if tags is None else tags)


def _store(annotation: Any, note: Note, given: Sequence[str] | None) -> None:
    tags = tags_of(given)
    # A moment stays one when its time alone is given; a region keeps its end.
    times = stretch(
        note.time or annotation.time, note.time_end or (annotation.time_end if annotation.span else 0)
    )
    values: dict[str, Any] = {"text": note.text, "updated": clock.now_ms(), **times}
    values["tags"] = "null" if given is None else orjson.dumps(tags).decode()
    if note.data is not None:
        values["data"] = orjson.dumps(note.data).decode()
    db.session.execute(update(Annotation).where(Annotation.id == annotation.id).values(**values))
    _forget_tags(annotation.org_id, AnnotationTag.annotation_id == annotation.id)
    _keep_tags(annotation.org_id, annotation.id, tags, times)


def remove(actor: Actor, annotation: Any) -> None:
    """Delete an annotation. Raises NotHere."""
    require_place(actor, "annotations:delete", annotation.dashboard_id or 0)
    forget(annotation.org_id, Annotation.id == annotation.id)


def remove_many(actor: Actor, dashboard_id: int, panel_id: int) -> None:
    """Delete the annotations of a panel, or (both 0) those of the organisation. Raises BadRequest, NotHere."""
    if bool(dashboard_id) != bool(panel_id):
        raise BadRequest
    require_place(actor, "annotations:delete", dashboard_id)
    on = Annotation.dashboard_id == dashboard_id if dashboard_id else Annotation.dashboard_id.is_(None)
    forget(actor.org_id, on, Annotation.panel_id == panel_id)


def forget(org_id: int, *where: ColumnElement[bool]) -> int:
    """Delete the annotations of an organisation that meet conditions; return how many there were."""
    which = select(Annotation.id).where(Annotation.org_id == org_id, *where)
    _forget_tags(org_id, AnnotationTag.annotation_id.in_(which))
    return db.session.execute(delete(Annotation).where(Annotation.org_id == org_id, *where)).rowcount  # type: ignore[attr-defined,no-any-return]


# Tags ---------------------------------------------------------------------------------------------------------------


def _uses(org_id: int, tags: Iterable[str]) -> dict[str, int]:
    """Return how many annotations carry each of some tags; those that none carries are not among them."""
    query = select(AnnotationTerm.term, AnnotationTerm.uses).where(
        AnnotationTerm.org_id == org_id, AnnotationTerm.term.in_(list(tags)), AnnotationTerm.uses > 0
    )
    return {row.term: row.uses for row in db.session.execute(query)}


def _keep_tags(org_id: int, annotation_id: int, tags: Sequence[str], times: Mapping[str, int]) -> None:
    if not tags:
        return
    rest = {
        "org_id": org_id,
        "annotation_id": annotation_id,
        "span": times["span"],
        "time_end": times["time_end"],
    }
    db.session.execute(insert(table(AnnotationTag)), [{**rest, "term": tag} for tag in tags])
    for tag in sorted(tags):  # in order, so that two writers never wait for each other
        _count(org_id, tag, 1)


def _forget_tags(org_id: int, *where: ColumnElement[bool]) -> None:
    counted = (
        select(AnnotationTag.term, func.count(AnnotationTag.id)).where(*where).group_by(AnnotationTag.term)
    )
    found = {row[0]: row[1] for row in db.session.execute(counted)}
    db.session.execute(delete(AnnotationTag).where(*where).execution_options(synchronize_session=False))
    for tag in sorted(found):
        _count(org_id, tag, -found[tag])


def _count(org_id: int, tag: str, more: int) -> None:
    where = AnnotationTerm.org_id == org_id, AnnotationTerm.term == tag
    add = update(AnnotationTerm).where(*where).values(uses=AnnotationTerm.uses + more)
    add = add.execution_options(synchronize_session=False)
    if db.session.execute(add).rowcount:  # type: ignore[attr-defined]
        return
    try:
        with db.session.begin_nested():
            db.session.execute(insert(table(AnnotationTerm)).values(org_id=org_id, term=tag, uses=more))
    except IntegrityError:
        db.session.execute(add)  # somebody else used it first


def tags_listed(actor: Actor, part: str, limit: int) -> list[dict[str, Any]]:
    """Return the tags that hold a text, by name, with how many annotations carry each."""
    query = select(AnnotationTerm.term, AnnotationTerm.uses).where(
        AnnotationTerm.org_id == actor.org_id, AnnotationTerm.uses > 0
    )
    if part:
        query = query.where(func.lower(AnnotationTerm.term).contains(part.lower(), autoescape=True))
    rows = db.session.execute(query.order_by(AnnotationTerm.term).limit(limit))
    return [{"tag": row.term, "count": row.uses} for row in rows]


def bring_back(rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep annotations again that were in the trash, with their tags."""
    for row in rows:
        fresh = {name: value for name, value in row.items() if name != "id"}
        number = int(fetch(insert(table(Annotation)), **fresh).inserted_primary_key[0])  # type: ignore[index]  # an insert of one row has one
        _keep_tags(fresh["org_id"], number, orjson.loads(fresh["tags"]) or [], fresh)
