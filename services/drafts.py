"""Drafts: what a person changes on a dashboard is kept step by step, until it is saved or thrown away."""

import zlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from core import clock, roles
from core.access import Actor
from core.errors import BadRequest, Conflict, Forbidden, NotFound
from core.identifiers import slug
from dashboards import diff, document, editing
from dashboards.tree import Tree, panel_of
from dashboards.tree import read as read_tree
from dashboards.tree import text as tree_text
from models import Dashboard, DashboardVersion, Draft, DraftStep, User, db
from panels.upgrade import upgraded
from services import access, dashboards, data_sources, draft_library, folders, saving

MOST_STEPS = 100
NEW = "New dashboard"
_EMPTY: dict[str, Any] = {
    "title": NEW,
    "tags": [],
    "timezone": "",
    "schemaVersion": 37,
    "version": 0,
    "editable": True,
    "graphTooltip": 0,
    "time": {"from": "now-6h", "to": "now"},
    "refresh": "",
    "templating": {"list": []},
    "annotations": {"list": []},
    "links": [],
    "panels": [],
}


class NoDraft(NotFound):
    """There are no unsaved changes."""

    message = "There are no unsaved changes of yours"


@dataclass(frozen=True)
class Board:
    """A dashboard as its draft has it: what a page needs of one, stored or not; whoever has a draft may change it."""

    id: int
    uid: str
    slug: str
    title: str
    version: int
    folder_id: int
    folder_uid: str
    folder_title: str
    folder_slug: str
    body: str
    is_folder: bool = False
    is_draft: bool = True
    above: str = ""
    own_level: int = roles.EDIT
    folder_level: int = 0
    outer_level: int = 0


@dataclass(frozen=True)
class State:
    """Where a draft is. base: the version that it began with; undoes, redoes: what the next undo or redo is about."""

    board: Board
    base: int
    changed: bool
    undoes: str
    redoes: str
    updated: datetime | None

    @property
    def is_new(self) -> bool:
        """Whether the dashboard was never saved."""
        return self.base == 0


def _row(actor: Actor, uid: str, *, lock: bool = False) -> Draft | None:
    query = select(Draft).where(
        Draft.org_id == actor.org_id, Draft.user_id == actor.user_id, Draft.dashboard_uid == uid
    )
    return db.session.scalars(query.with_for_update() if lock else query).first()


def _step(draft: Draft, number: int) -> str:
    query = select(DraftStep.body).where(DraftStep.draft_id == draft.id, DraftStep.number == number)
    return zlib.decompress(db.session.scalars(query).one()).decode()


def _stored(actor: Actor, uid: str) -> Any:
    """Return the saved dashboard, or None. Raises Forbidden for who may not change it."""
    try:
        row = dashboards.find_by_uid(actor, uid)
    except dashboards.DashboardNotFound:
        if not access.holds(actor, "dashboards:create"):
            raise Forbidden("Access denied to this dashboard") from None
        return None
    if row.is_folder or not dashboards.may(actor, "dashboards:write", row):
        raise Forbidden("Access denied to this dashboard")
    return row


def pending(actor: Actor, uid: str) -> datetime | None:
    """Return when unsaved changes were made last; None where there are none."""
    query = select(Draft.updated).where(
        Draft.org_id == actor.org_id, Draft.user_id == actor.user_id, Draft.dashboard_uid == uid, Draft.at > 0
    )
    return db.session.scalars(query).first()


def never_saved(actor: Actor) -> list[tuple[str, datetime]]:
    """Return uid and time of the person's drafts of dashboards that were never saved, the latest first."""
    query = (
        select(Draft.dashboard_uid, Draft.updated)
        .where(
            Draft.org_id == actor.org_id,
            Draft.user_id == actor.user_id,
            Draft.base_version == 0,
            Draft.at > 0,
        )
        .order_by(Draft.updated.desc())
        .limit(10)
    )
    return [(row.dashboard_uid, row.updated) for row in db.session.execute(query)]


def state(actor: Actor, uid: str, folder_uid: str = "") -> State:
    """Return the dashboard as the person left it: the draft, or what is saved, or an empty one.

    folder_uid: where a new one goes. Raises Forbidden for who may not change it.
    """
    stored, draft = _stored(actor, uid), _row(actor, uid)
    if draft is None:
        body = stored.body if stored is not None else tree_text({"uid": uid, **_EMPTY})
        return State(
            _board(actor, uid, stored, body, folder_uid), stored.version if stored is not None else 0, changed=False, undoes="", redoes="", updated=None
        )  # fmt: skip
    said = {
        row.number: row.did
        for row in db.session.execute(
            select(DraftStep.number, DraftStep.did).where(DraftStep.draft_id == draft.id)
        )
    }
    return State(
        _board(actor, uid, stored, _step(draft, draft.at), draft.folder_uid),
        draft.base_version,
        draft.at > 0,
        said.get(draft.at, "") if draft.at - 1 in said else "",
        said.get(draft.at + 1, ""),
        draft.updated,
    )


def _board(actor: Actor, uid: str, stored: Any, body: str, folder_uid: str) -> Board:
    facts = document.facts(document.read(body.encode()))
    if stored is None:
        found = folders.find_by_uid(actor, folder_uid) if folder_uid else None
        named: tuple[int, str, str, str]
        named = (found.id, found.uid, found.title, found.slug) if found is not None else (0, "", "", "")
        above = found.above or "" if found is not None else ""
        return Board(0, uid, slug(facts.title), facts.title, 0, *named, body, above=above)
    named = (stored.folder_id, stored.folder_uid or "", stored.folder_title or "", stored.folder_slug or "")
    above = stored.above or ""
    return Board(stored.id, uid, stored.slug, facts.title, stored.version, *named, body, above=above)


def presentable(board: Board) -> Board:
    """Return the board as editors show it: each panel with an id and a place, whatever generation it is of."""
    tree = read_tree(board.body)
    return replace(board, body=tree_text(tree)) if editing.presentable(tree) else board


def change(actor: Actor, uid: str, changes: list[Any], did: str, folder_uid: str = "") -> int | None:
    """Make changes in one step and keep it; return the id of a panel that was made. Raises BadRequest."""
    stored, draft = _stored(actor, uid), _row(actor, uid, lock=True)
    before = state(actor, uid, folder_uid).board.body
    tree = read_tree(before)
    editing.check(changes)
    editing.presentable(tree, changes)
    draft_library.take_out(actor, tree, changes)
    _bring_up(tree, changes)
    changes = [_with_source(actor, one) for one in changes]
    made = editing.apply(tree, changes)
    after = tree_text(tree)
    if draft is None:
        draft = Draft(
            org_id=actor.org_id,
            user_id=actor.user_id,
            dashboard_uid=uid,
            folder_uid=folder_uid,
            base_version=stored.version if stored is not None else 0,
            at=0,
            updated=clock.now(),
        )
        db.session.add(draft)
        try:
            db.session.flush()
        except IntegrityError:
            raise Conflict("Another window of yours began to edit this; load the page again") from None
        db.session.add(_packed(draft, 0, "", before))
    if len(after) > document.MAX_BYTES:
        raise BadRequest("The dashboard is too large", traced=False)
    db.session.execute(
        delete(DraftStep).where(
            DraftStep.draft_id == draft.id,
            (DraftStep.number > draft.at) | (DraftStep.number <= draft.at - MOST_STEPS),
        )
    )
    draft.at += 1
    draft.updated = clock.now()
    db.session.add(_packed(draft, draft.at, did[:200] or "Change", after))
    db.session.flush()
    return made


def _with_source(actor: Actor, one: Any) -> Any:
    """Let a new panel that names no data source begin with the default one, by its uid."""
    value = one.get("value") if isinstance(one, dict) and one.get("do") == "add panel" else ...
    if value is ... or (isinstance(value, dict) and value):
        return one
    source = next((row for row in data_sources.listed(actor) if row.is_default), None)
    if source is None:
        return one
    reference = {"type": source.type, "uid": source.uid}
    targets = [{"refId": "A", "datasource": reference}]
    return {**one, "value": {"datasource": reference, "targets": targets}}


def _bring_up(tree: Tree, changes: list[Any]) -> None:
    """Bring panels whose options are set to today's form first: the form that edits them shows that one."""
    for one in changes:
        path = one.get("path") if isinstance(one, dict) else None
        if (
            isinstance(path, list)
            and path[:1] in (["options"], ["fieldConfig"])
            and one.get("panel") is not None
        ):
            panel = panel_of(tree, one["panel"])
            plain = orjson.loads(tree_text(panel))
            today = upgraded(plain)
            if today != plain:
                panel.clear()
                panel.update(today)


def _packed(draft: Draft, number: int, did: str, body: str) -> DraftStep:
    return DraftStep(draft_id=draft.id, number=number, did=did, body=zlib.compress(body.encode(), 1))


def make_library_panel(actor: Actor, uid: str, panel_id: int, name: str, folder_uid: str) -> None:
    """Make a library panel of a panel of the draft, which shows it from now on. Raises BadRequest, what `make` raises."""
    tree = read_tree(state(actor, uid).board.body)
    editing.presentable(tree)
    reference = draft_library.make(actor, panel_of(tree, panel_id), name, folder_uid)
    one = {"do": "set", "panel": panel_id, "path": ["libraryPanel"], "value": reference}
    change(actor, uid, [one], "Make a library panel")


def step(actor: Actor, uid: str, by: int) -> None:
    """Undo (by -1) or redo (by 1) a step. Raises NoDraft where there is none."""
    _stored(actor, uid)
    draft = _row(actor, uid, lock=True)
    wanted = draft.at + by if draft is not None else -1
    there = select(func.count()).where(
        DraftStep.draft_id == (draft.id if draft else 0), DraftStep.number == wanted
    )
    if draft is None or not db.session.scalar(there):
        raise NoDraft("There is nothing to undo" if by < 0 else "There is nothing to redo")
    draft.at, draft.updated = wanted, clock.now()
    db.session.flush()


def discard(actor: Actor, uid: str) -> None:
    """Throw unsaved changes away."""
    db.session.execute(
        delete(Draft).where(
            Draft.org_id == actor.org_id, Draft.user_id == actor.user_id, Draft.dashboard_uid == uid
        )
    )


def compared(actor: Actor, uid: str) -> list[diff.Difference]:
    """Return what the draft changes on the version that it began with."""
    now = state(actor, uid)
    old = base_body(actor, now)
    return diff.differences(orjson.loads(old), draft_library.unmarked(orjson.loads(now.board.body)))


def base_body(actor: Actor, now: State) -> str:
    """Return the dashboard that the draft began with, as JSON."""
    draft = _row(actor, now.board.uid)
    if now.is_new or draft is None:
        return "{}" if now.is_new else now.board.body
    query = (
        select(DashboardVersion.body)
        .join(Dashboard, Dashboard.id == DashboardVersion.dashboard_id)
        .where(
            Dashboard.org_id == actor.org_id,
            Dashboard.uid == now.board.uid,
            DashboardVersion.version == now.base,
        )
    )
    kept = db.session.scalars(query).first()
    first = select(func.min(DraftStep.number)).where(DraftStep.draft_id == draft.id)
    return kept if kept is not None else _step(draft, db.session.scalar(first) or 0)


@dataclass(frozen=True)
class Clash:
    """Somebody saved in between: who, when and what; whether both changes fit into one dashboard."""

    by: str
    when: datetime
    message: str
    theirs: list[diff.Difference]
    clashes: tuple[str, ...]


def conflict(actor: Actor, uid: str) -> Clash:
    """Return what somebody else saved since the draft began."""
    now, stored = state(actor, uid), dashboards.find_by_uid(actor, uid)
    base = base_body(actor, now)
    last = db.session.execute(
        select(DashboardVersion.message, DashboardVersion.created, User.name, User.login)
        .outerjoin(User, User.id == DashboardVersion.created_by)
        .where(DashboardVersion.dashboard_id == stored.id, DashboardVersion.version == stored.version)
    ).first()
    merged = diff.merge(read_tree(base), read_tree(now.board.body), read_tree(stored.body))
    return Clash(
        (last.name or last.login or "Somebody") if last else "Somebody",
        last.created if last else stored.updated,
        last.message if last else "",
        diff.differences(orjson.loads(base), orjson.loads(stored.body)),
        merged.clashes,
    )


@dataclass(frozen=True)
class Keep:
    """How a draft is saved. how: "" (as its version), "over" (whatever is there), "copy" (as another), "merge".

    library: what becomes of library panels that it changes (`draft_library`).
    """

    title: str
    folder_uid: str
    message: str
    how: str = ""
    time: dict[str, str] | None = None
    variables: dict[str, list[str]] | None = None
    library: str = draft_library.EVERYWHERE


def keep(actor: Actor, uid: str, wanted: Keep) -> saving.Saved:
    """Save the draft and end it. Raises VersionMismatch where somebody saved in between, and what `save` raises."""
    now = state(actor, uid)
    tree = read_tree(now.board.body)
    version = now.base
    if wanted.how == "merge":
        stored = dashboards.find_by_uid(actor, uid)
        merged = diff.merge(read_tree(base_body(actor, now)), tree, read_tree(stored.body))
        if merged.clashes:
            raise saving.VersionMismatch("Both changed " + ", ".join(merged.clashes))
        tree, version = merged.tree, stored.version
    elif wanted.how == "over":
        version = dashboards.find_by_uid(
            actor, uid
        ).version  # over this one, and never over another of the same title
    draft_library.settle(actor, tree, wanted.library)
    if wanted.title:
        tree["title"] = wanted.title
    if wanted.time:
        tree["time"] = wanted.time
    if wanted.variables is not None:
        _choose(tree, wanted.variables)
    members = document.read(tree_text(tree).encode())
    if wanted.how == "copy":
        members = {name: raw for name, raw in members.items() if name not in {"id", "uid", "version"}}
    else:
        members |= document.members(uid=uid, version=version)
        members |= document.members(id=now.board.id) if now.board.id else document.members(id=None)
    saved = saving.save(
        actor,
        saving.Save(members, folder_uid=wanted.folder_uid, message=wanted.message),
    )
    if wanted.how != "copy":
        discard(actor, uid)
    return saved


def _choose(tree: Tree, chosen: dict[str, list[str]]) -> None:
    """Keep what is chosen now as what the dashboard opens with."""
    held = tree.get("templating")
    for one in held.get("list") or [] if isinstance(held, dict) else []:
        values = chosen.get(f"var-{one.get('name')}") if isinstance(one, dict) else None
        if values:
            several = bool(one.get("multi"))
            texts = ["All" if value == "$__all" else value for value in values]
            one["current"] = {
                "selected": True,
                "text": texts if several else texts[0],
                "value": values if several else values[0],
            }
