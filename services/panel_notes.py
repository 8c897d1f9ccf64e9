"""What annotation queries find: those that are kept here are read with the dashboard, data sources are asked with its panels."""

from collections.abc import Iterable
from dataclasses import replace

import orjson

from core.access import Actor
from core.members import mapping, mappings, text
from core.notes import Note
from core.timerange import TimeRange
from queries.annotation_queries import Definition
from services import annotations
from services.annotations import Wanted

LIMIT_MAX = 1000


def kept(
    actor: Actor, dashboard_id: int, wanted: Iterable[Definition], span: TimeRange
) -> list[tuple[Definition, Note]]:
    """Return the annotations that are kept here and that a dashboard shows, each with the query that found it.

    dashboard_id: 0 for a dashboard that is not stored, which has none of its own.
    """
    found: list[tuple[Definition, Note]] = []
    for one in wanted:
        if one.shown and isinstance(one.model.get("snapshotData"), list):
            found += [(one, note) for note in _frozen(one)]
        elif one.shown and one.native:
            found += [(one, note) for note in _found(actor, dashboard_id, one, span)]
    return found


def _frozen(wanted: Definition) -> Iterable[Note]:
    """Yield the annotations that stand in a snapshot."""
    for one in mappings(wanted.model["snapshotData"]):
        first, last, tags = one.get("time"), one.get("timeEnd"), one.get("tags")
        if isinstance(first, int | float):
            end = int(last) if isinstance(last, int | float) else int(first)
            said = tuple(str(tag) for tag in tags) if isinstance(tags, list) else ()
            panel = one.get("panelId")
            yield Note(
                int(first), max(int(first), end), text(one.get("text")), text(one.get("title")), said,
                text(one.get("color")) or wanted.color, panel if isinstance(panel, int) else 0,
            )  # fmt: skip


def _found(actor: Actor, dashboard_id: int, wanted: Definition, span: TimeRange) -> Iterable[Note]:
    target = wanted.target
    by_tags = text(target.get("type") or wanted.model.get("type")) == "tags"
    tags = target.get("tags") if isinstance(target.get("tags"), list) else ()
    limit = target.get("limit")
    if not actor.may("annotations:read") or (not tags if by_tags else not dashboard_id):
        return
    filters = Wanted(
        time_from=max(1, span.from_ms),
        time_to=max(1, span.to_ms),
        dashboard_id=0 if by_tags else dashboard_id,
        tags=tuple(str(tag) for tag in tags or ()) if by_tags else (),
        match_any=bool(target.get("matchAny")),
        limit=min(limit, LIMIT_MAX) if isinstance(limit, int) and limit > 0 else annotations.LIMIT,
    )
    for row in annotations.listed(actor, filters):
        data = mapping(orjson.loads(row.data))
        note = Note(
            row.time,
            row.time_end,
            row.text,
            text(data.get("title")),
            tuple(orjson.loads(row.tags) or ()),
            wanted.color,
            id=row.id,
        )
        yield note if by_tags else replace(note, panel_id=row.panel_id)
