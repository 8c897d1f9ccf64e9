"""Titles by the runs of characters in them: a part of a title is looked up, where LIKE alone would read all titles.

The runs are rows of `title_gram`, one way for every database. A search asks how often those of its words occur and reads
the dashboards of the rarest; LIKE then decides about each of them.
"""

from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from core import grams
from models import Dashboard, TitleGram, db
from models.base import table
from models.session import fetch

# A run that more titles hold is no help: a page of hits fills up sooner along the index of titles.
MOST = 1000
BATCH = 500
# As many runs of a query are counted; of a longer query every second, every third, ….
_COUNTED = 16
_GRAM, _BOARD = table(TitleGram), table(Dashboard).c
_G = _GRAM.c
_INSERT = insert(_GRAM)
_FORGET = delete(_GRAM).where(_G.dashboard_id == bindparam("its_id"))


def _count(place: int) -> Any:
    some = select(_G.dashboard_id).where(
        _G.org_id == bindparam("org_id"), _G.gram == bindparam(f"gram_{place}")
    )
    return select(func.count()).select_from(some.limit(MOST).subquery()).scalar_subquery()


_COUNTS = select(*(_count(place).label(f"count_{place}") for place in range(_COUNTED)))


def enter(org_id: int, number: int, title: str) -> None:
    """Note the title of a dashboard or folder that is new."""
    rows = _rows(org_id, number, title)
    if rows:
        db.session.connection().execute(_INSERT, rows)


def change(org_id: int, number: int, title: str) -> None:
    """Note that a dashboard or folder has another title now."""
    fetch(_FORGET, its_id=number)
    enter(org_id, number, title)


def _rows(org_id: int, number: int, title: str) -> list[dict[str, Any]]:
    return [{"org_id": org_id, "gram": gram, "dashboard_id": number} for gram in grams.of_text(title)]


def candidates(org_id: int, query: str) -> Any:
    """Return a query of the ids of few dashboards, among which are all whose title is LIKE %query%.

    None where that is of no help: for a query that is short, or whose runs are all common.
    """
    found = grams.of_pattern(query)
    chosen = found[:: -(-len(found) // _COUNTED)] if found else []
    if not chosen:
        return None
    named = {f"gram_{place}": chosen[place] if place < len(chosen) else "" for place in range(_COUNTED)}
    counts = fetch(_COUNTS, org_id=org_id, **named).one()[: len(chosen)]
    least = min(counts)
    if least >= MOST:
        return None
    return select(_G.dashboard_id).where(_G.org_id == org_id, _G.gram == chosen[counts.index(least)])


def rebuild(connection: Connection) -> None:
    """Work out the runs of all titles anew, where dashboards came in as rows."""
    connection.execute(delete(_GRAM))
    last = 0
    while True:
        query = select(_BOARD.id, _BOARD.org_id, _BOARD.title).where(_BOARD.id > last)
        found = connection.execute(query.order_by(_BOARD.id).limit(BATCH)).all()
        if not found:
            return
        rows = [row for board in found for row in _rows(board.org_id, board.id, board.title)]
        if rows:
            connection.execute(_INSERT, rows)
        last = found[-1].id
