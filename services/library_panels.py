"""Library panels in dashboards: which are shown, and what is shown in their place, which is always the newest."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Select, delete, func, insert, select
from sqlalchemy.orm import aliased

from core import clock
from core.identifiers import avatar_url
from dashboards.tree import every_panel
from models import Dashboard, LibraryConnection, LibraryElement, LibraryVersion, User, db
from models.base import table

PANEL, VARIABLE = 1, 2
_E, _BOARD = table(LibraryElement).c, table(Dashboard).c
_Author, _Editor = aliased(User), aliased(User)
_uses = (
    select(func.count(LibraryConnection.id))
    .where(LibraryConnection.element_id == _E.id)
    .correlate(table(LibraryElement))
    .scalar_subquery()
)
JOINED: Select[Any] = (
    select(
        *_E, _BOARD.uid.label("folder_uid"), _BOARD.title.label("folder_title"), _uses.label("uses"),
        *(getattr(who, name).label(f"{label}_{name}") for who, label in ((_Author, "author"), (_Editor, "editor")) for name in ("login", "email")),
    )
    .select_from(table(LibraryElement))
    .outerjoin(table(Dashboard), _BOARD.id == func.nullif(_E.folder_id, 0))
    .outerjoin(_Author, _Author.id == _E.created_by)
    .outerjoin(_Editor, _Editor.id == _E.updated_by)
)  # fmt: skip


def shown(row: Any, *, folder_title: str = "General") -> dict[str, Any]:
    """Return an element as the API shows it. folder_title: what General is called (nothing after a write, as recorded)."""
    author, editor = (
        {"id": number, "name": login or "", "avatarUrl": avatar_url(email or "")}
        for number, login, email in (
            (row.created_by, row.author_login, row.author_email), (row.updated_by, row.editor_login, row.editor_email),
        )
    )  # fmt: skip
    return {
        "id": row.id,
        "orgId": row.org_id,
        "folderId": row.folder_id,
        "folderUid": row.folder_uid or "",
        "uid": row.uid,
        "name": row.name,
        "kind": row.kind,
        "type": row.type,
        "description": row.description,
        "model": orjson.loads(row.model),
        "version": row.version,
        "meta": {
            "folderName": row.folder_title or folder_title,
            "folderUid": row.folder_uid or "",
            "connectedDashboards": row.uses,
            "created": clock.iso(row.created),
            "updated": clock.iso(row.updated),
            "createdBy": author,
            "updatedBy": editor,
        },
    }


_MARK = '"libraryPanel"'
OWN = ("id", "gridPos", "repeat", "repeatDirection", "maxPerRow")  # what a panel keeps of its own
CHANGED = "changedInDraft"


def shows_some(body: str) -> bool:
    """Say whether a dashboard's text may name an element: what is asked before anything is parsed."""
    return _MARK in body


def uid_in(panel: Mapping[str, Any]) -> str:
    """Return the uid of the element that a panel shows; "" for a panel of the dashboard's own."""
    reference = panel.get("libraryPanel")
    uid = reference.get("uid") if isinstance(reference, dict) else None
    return uid if isinstance(uid, str) else ""


def connect(org_id: int, dashboard_id: int, body: str, who: int) -> None:
    """Note which elements a dashboard shows that was saved. who: by which person."""
    db.session.execute(delete(LibraryConnection).where(LibraryConnection.dashboard_id == dashboard_id))
    if not shows_some(body):
        return
    uids = {uid for _, _, panel in every_panel(orjson.loads(body)) if (uid := uid_in(panel))}
    known = select(LibraryElement.id).where(LibraryElement.org_id == org_id, LibraryElement.uid.in_(uids))
    now = clock.now()
    rows = [
        {"element_id": number, "dashboard_id": dashboard_id, "created": now, "created_by": who}
        for number in db.session.scalars(known.order_by(LibraryElement.id))
    ]
    if rows:
        db.session.execute(insert(table(LibraryConnection)), rows)


def fill(org_id: int, board: dict[str, Any], *, at: datetime | None = None, is_draft: bool = False) -> bool:
    """Put the newest model (or that of a moment) in place of each panel that is an element; say whether there was one.

    A panel whose element has gone stays as it was saved, and one that a draft changes as it is there.
    """
    panels = [
        panel
        for _, _, panel in every_panel(board)
        if uid_in(panel) and not (is_draft and panel["libraryPanel"].get(CHANGED))
    ]
    query = JOINED.where(
        _E.org_id == org_id, _E.uid.in_({uid_in(panel) for panel in panels}), _E.kind == PANEL
    )
    found = {row.uid: row for row in db.session.execute(query)} if panels else {}
    older = {} if at is None else _models_at([row.id for row in found.values()], at)
    for panel in panels:
        row = found.get(uid_in(panel))
        if row is not None:
            _replace(panel, row, orjson.loads(older.get(row.id, row.model)))
    return bool(found)


def _replace(panel: dict[str, Any], row: Any, model: Mapping[str, Any]) -> None:
    place = {name: panel[name] for name in OWN if name in panel}
    told = shown(row)
    reference = {name: told[name] for name in ("uid", "name", "type", "description", "version", "meta")}
    panel.clear()
    panel.update({**model, **place, "libraryPanel": reference})


def _models_at(numbers: Sequence[int], at: datetime) -> dict[int, str]:
    query = (
        select(LibraryVersion.element_id, LibraryVersion.model)
        .where(LibraryVersion.element_id.in_(numbers), LibraryVersion.created <= at)
        .order_by(LibraryVersion.version)
    )
    return {row.element_id: row.model for row in db.session.execute(query)}


def text_filled(org_id: int, body: str, *, at: datetime | None = None) -> str:
    """Return a dashboard's text with its elements in place (as they were at a moment); the very text where there are none."""
    if not shows_some(body):
        return body
    board = orjson.loads(body)
    return orjson.dumps(board).decode() if fill(org_id, board, at=at) else body
