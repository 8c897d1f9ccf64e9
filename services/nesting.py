"""Folders in folders: which folders one is in, at any distance, kept as rows so that one join finds them all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, bindparam, cast, delete, func, insert, select

from core.errors import BadRequest
from models import Dashboard, FolderAncestor, Org, db
from models.base import table
from models.session import fetch

DEPTH_MAX = 8
_A, _BOARD = table(FolderAncestor).c, table(Dashboard).c
_OUTER = table(Dashboard).alias("outer_folder")


class TooDeep(BadRequest):
    """The folder would be deeper than folders go."""

    code, traced = "folder.maximum-depth-reached", False
    message = f"Folders go {DEPTH_MAX} levels deep"


class Circular(BadRequest):
    """The folder would be in itself."""

    code, traced = "folder.circular-reference", False
    message = "A folder cannot be in itself or in one of its own folders"


@dataclass(frozen=True)
class Step:
    """One of the folders that something is in."""

    id: int
    uid: str
    title: str
    slug: str


def above(folder_id: Any) -> Any:
    """Return a column: the folders that a folder is in, as `id:uid` with commas between (None for none of them).

    folder_id: a column of the surrounding statement.
    """
    named = cast(_OUTER.c.id, String(20)) + ":" + _OUTER.c.uid
    return (
        select(func.aggregate_strings(named, ","))
        .select_from(table(FolderAncestor).join(_OUTER, _OUTER.c.id == _A.ancestor_id))
        .where(_A.folder_id == folder_id)
        .correlate_except(table(FolderAncestor), _OUTER)
        .scalar_subquery()
    )


def scopes(named: str | None) -> tuple[str, ...]:
    """Return the scopes of the folders of an `above` column."""
    found: list[str] = []
    for one in named.split(",") if named else ():
        number, _, uid = one.partition(":")
        found += f"folders:uid:{uid}", f"folders:id:{number}"
    return tuple(found)


_STEPS = (
    select(_BOARD.id, _BOARD.uid, _BOARD.title, _BOARD.slug, _A.folder_id)
    .join(table(FolderAncestor), _A.ancestor_id == _BOARD.id)
    .where(_A.folder_id.in_(bindparam("ids", expanding=True)))
    .order_by(_A.distance.desc())
)


def path(folder_id: int) -> list[Step]:
    """Return the folders that a folder is in, the outermost first."""
    return paths([folder_id]).get(folder_id, [])


def paths(folder_ids: Sequence[int]) -> dict[int, list[Step]]:
    """Return for each of some folders the folders that it is in, the outermost first; none for one in General."""
    found: dict[int, list[Step]] = {}
    for row in fetch(_STEPS, ids=list(folder_ids)) if folder_ids else ():
        found.setdefault(row.folder_id, []).append(Step(row.id, row.uid, row.title, row.slug))
    return found


def around(row: Any) -> list[int]:
    """Return the ids of all folders that a dashboard or folder is in."""
    outer = [int(one.partition(":")[0]) for one in row.above.split(",")] if row.above else []
    return [row.folder_id, *outer] if row.folder_id else []


def below(folder_id: int) -> list[int]:
    """Return the ids of the folders in a folder at any distance, each after the one that it is in."""
    query = select(_A.folder_id).where(_A.ancestor_id == folder_id).order_by(_A.distance, _A.folder_id)
    return list(db.session.execute(query).scalars())


def _one_at_a_time(org_id: int) -> None:
    """Let nobody else of the organisation move folders now: two at once could put two folders into each other."""
    db.session.execute(select(Org.id).where(Org.id == org_id).with_for_update())


def enter(org_id: int, folder_id: int, parent_id: int) -> None:
    """Note that a folder, which has none in it, is in another one (0: General). Raises TooDeep."""
    if not parent_id:
        return
    _one_at_a_time(org_id)
    chain = _chain(parent_id)
    if len(chain) >= DEPTH_MAX:
        raise TooDeep
    rows = [
        {"folder_id": folder_id, "ancestor_id": number, "distance": distance} for number, distance in chain
    ]
    db.session.execute(insert(table(FolderAncestor)), rows)


def _chain(folder_id: int) -> list[tuple[int, int]]:
    """Return a folder and those it is in, with how far each is from what would enter it."""
    query = select(_A.ancestor_id, _A.distance).where(_A.folder_id == folder_id).order_by(_A.distance)
    return [(folder_id, 1), *((row.ancestor_id, row.distance + 1) for row in db.session.execute(query))]


def move(org_id: int, folder_id: int, parent_id: int) -> None:
    """Put a folder, with all that is in it, into another one (0: General). Raises Circular, TooDeep."""
    _one_at_a_time(org_id)
    inside = select(_A.folder_id, _A.distance).where(_A.ancestor_id == folder_id)
    moved = {folder_id: 0, **{row.folder_id: row.distance for row in db.session.execute(inside)}}
    if parent_id in moved:
        raise Circular
    chain = _chain(parent_id) if parent_id else []
    if len(chain) + max(moved.values()) >= DEPTH_MAX:
        raise TooDeep
    db.session.execute(
        delete(table(FolderAncestor)).where(_A.folder_id.in_(moved), _A.ancestor_id.not_in(moved))
    )
    rows = [
        {"folder_id": inner, "ancestor_id": outer, "distance": depth + distance}
        for inner, depth in moved.items()
        for outer, distance in chain
    ]
    if rows:
        db.session.execute(insert(table(FolderAncestor)), rows)
