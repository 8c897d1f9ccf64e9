"""Lists filtered in SQL: conditions under which rows are the caller's to see, for the rights of `services.access`."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    union,
    union_all,
)

from core import roles
from core.access import Actor
from models import Dashboard, DashboardTag, DataSource, FolderAncestor, ObjectPermission, TeamMember
from models.base import table
from services import access
from services.access import NO_ROLE, held_by


@dataclass(frozen=True)
class Reach:
    """Which objects of a kind an action is granted on by roles: all of them, or those that scopes name."""

    everything: bool
    ids: frozenset[int]
    uids: frozenset[str]
    names: frozenset[str]


def reach(actor: Actor, action: str, kind: str) -> Reach:
    """Read the scopes of an action. kind: dashboards, folders, datasources, teams, serviceaccounts, users."""
    ids: set[int] = set()
    uids: set[str] = set()
    names: set[str] = set()
    everything = False
    for scope in actor.grants.get(action, ()):
        head, _, rest = scope.partition(":")
        attribute, _, value = rest.partition(":")
        if scope == "*" or (
            head == kind and (rest == "*" or (value == "*" and attribute in {"id", "uid", "name"}))
        ):
            everything = True
        elif head == kind and attribute == "id" and value.isdecimal():
            ids.add(int(value))
        elif head == kind and attribute in {"uid", "name"}:
            (uids if attribute == "uid" else names).add(value)
    return Reach(everything, frozenset(ids), frozenset(uids), frozenset(names))


_board, _folder = table(Dashboard).c, table(Dashboard).alias("given_folder").c
_P, _M, _A = table(ObjectPermission).c, table(TeamMember).c, table(FolderAncestor).c
_T = table(DashboardTag).c


# What conditions need to know of the caller: `params(actor)`. They are made once for each set of scopes, since making
# one takes as long as the database takes to answer it.
_ORG: Any = bindparam("org_id")


def params(actor: Actor) -> dict[str, Any]:
    """Return the parameters of statements that hold a condition of `boards_where`."""
    return {"org_id": actor.org_id, **access.params(actor)}


Reaches = tuple[Reach, Reach, Reach]


def boards_where(actor: Actor, verb: str) -> ColumnElement[bool]:
    """Return the condition under which the caller may read or write a row of dashboards (folders among them)."""
    return boards_condition(verb, boards_reach(actor, verb))


def boards_reach(actor: Actor, verb: str) -> Reaches:
    """Return what that condition depends on, by which statements that hold it can be kept."""
    boards, inside = (reach(actor, f"dashboards:{verb}", kind) for kind in ("dashboards", "folders"))
    return boards, inside, reach(actor, f"folders:{verb}", "folders")


def boards_condition(verb: str, reaches: Reaches) -> ColumnElement[bool]:
    """Return the condition for what a caller reaches."""
    return _boards_where(verb, *reaches)


def sees_all_boards(actor: Actor, verb: str) -> bool:
    """Say whether a role grants everything, so that a list needs no condition."""
    return (
        reach(actor, f"dashboards:{verb}", "dashboards").everything
        or reach(actor, f"dashboards:{verb}", "folders").everything
    ) and reach(actor, f"folders:{verb}", "folders").everything


@lru_cache(maxsize=512)
def _boards_where(verb: str, by_board: Reach, by_folder: Reach, folders: Reach) -> ColumnElement[bool]:
    return or_(
        and_(_board.is_folder.is_(False), _dashboards_where(f"dashboards:{verb}", by_board, by_folder)),
        and_(_board.is_folder.is_(True), _folders_where(f"folders:{verb}", folders)),
    )


@lru_cache(maxsize=512)
def folders_where(verb: str, reached: Reach) -> ColumnElement[bool]:
    """Return the condition for a list of folders alone."""
    return _folders_where(f"folders:{verb}", reached)


def _given(object_id: Any, level: int | None) -> ColumnElement[bool]:
    """Return the condition that a level was given to the caller on a dashboard or folder."""
    mine = access.held_by(access.ACCOUNT, access.ROLE)
    return exists().where(_P.dashboard_id == object_id, _P.level >= (99 if level is None else level), mine)


def _folders_where(action: str, reached: Reach) -> ColumnElement[bool]:
    if reached.everything:
        return true()
    named = [
        column.in_(values)
        for column, values in ((_board.id, reached.ids), (_board.uid, reached.uids))
        if values
    ]
    inside = _board.id.in_(_inside(_given_folders(action, reached)))
    return or_(*named, _given(_board.id, roles.least(roles.FOLDER, action)), inside)


def _dashboards_where(action: str, by_board: Reach, by_folder: Reach) -> ColumnElement[bool]:
    if by_board.everything or by_folder.everything:
        return true()
    # First what costs one look at a small list: the folders that the caller may look into.
    open_folders = _given_folders(action, by_folder)
    conditions: list[ColumnElement[bool]] = [
        _board.folder_id.in_(open_folders),
        _board.folder_id.in_(_inside(open_folders)),
    ]
    if "general" in by_folder.uids:
        conditions.append(_board.folder_id == 0)
    if by_board.ids:
        conditions.append(_board.id.in_(by_board.ids))
    if by_board.uids:
        conditions.append(_board.uid.in_(by_board.uids))
    return or_(*conditions, _given(_board.id, roles.least(roles.DASHBOARD, action)))


def tag_terms(actor: Actor) -> CompoundSelect[Any]:
    """Return a query of the tags of all dashboards that the caller may read: term, number, a row a folder.

    `params(actor)` are its parameters.
    """
    boards, inside, _ = boards_reach(actor, "read")
    return _tag_terms(boards, inside)


@lru_cache(maxsize=512)
def _tag_terms(by_board: Reach, by_folder: Reach) -> CompoundSelect[Any]:
    """First those in the folders that are open, which an index has side by side; then those of single dashboards elsewhere."""
    given = _given_folders("dashboards:read", by_folder)
    general = [select(literal(0))] if "general" in by_folder.uids else []
    open_folders = _T.folder_id.in_(union_all(given, _inside(given), *general))
    least = roles.least(roles.DASHBOARD, "dashboards:read")
    ways = access.ways_held(_ORG, access.ACCOUNT, access.ROLE)
    single = [select(_P.dashboard_id).where(_P.level >= least, way) for way in ways]
    single.append(select(_board.id).where(_board.org_id == _ORG, _board.uid.in_(by_board.uids)))
    single.append(select(_board.id).where(_board.org_id == _ORG, _board.id.in_(by_board.ids)))
    counted = select(_T.term, func.count().label("number")).group_by(_T.folder_id, _T.term)
    return union_all(
        counted.where(_T.org_id == _ORG, open_folders),
        counted.where(_T.org_id + 0 == _ORG, _T.dashboard_id.in_(union(*single)), not_(open_folders)),
    )


def _given_folders(action: str, reached: Reach) -> Any:
    named = []
    if reached.ids:
        named.append(_folder.id.in_(reached.ids))
    if reached.uids:
        named.append(_folder.uid.in_(reached.uids))
    given = _given(_folder.id, roles.least(roles.FOLDER, action))
    return select(_folder.id).where(_folder.org_id == _ORG, _folder.is_folder, or_(given, *named))


def _inside(folders: Any) -> Any:
    """Return a query of the folders that are in one of some folders, at any distance."""
    return select(_A.folder_id).where(_A.ancestor_id.in_(folders))


def sources_where(actor: Actor, action: str) -> ColumnElement[bool]:
    """Return the condition under which an action is allowed on a row of data sources; `params(actor)` are its parameters."""
    is_open = roles.OPEN_SOURCES in actor.grants.get(action, ())
    return _sources_where(action, reach(actor, action, "datasources"), is_open)


@lru_cache(maxsize=512)
def _sources_where(action: str, reached: Reach, is_open: bool) -> ColumnElement[bool]:
    source = table(DataSource).c
    if reached.everything:
        return true()
    conditions: list[ColumnElement[bool]] = [source.restricted.is_(False)] if is_open else []
    for column, values in (
        (source.id, reached.ids),
        (source.uid, reached.uids),
        (source.name, reached.names),
    ):
        if values:
            conditions.append(column.in_(values))
    least = roles.least(roles.SOURCE, action)
    if least is not None:
        mine = held_by(access.ACCOUNT, access.ROLE)
        conditions.append(exists().where(_P.data_source_id == source.id, _P.level >= least, mine))
    return or_(*conditions) if conditions else false()


def teams_where(actor: Actor, action: str, team_id: Any) -> ColumnElement[bool]:
    """Return the condition under which an action is allowed on a team."""
    reached = reach(actor, action, "teams")
    if reached.everything:
        return true()
    least = roles.least(roles.TEAM, action)
    mine = select(_M.team_id).where(
        _M.user_id == actor.account_id, _M.permission >= (99 if least is None else least)
    )
    return or_(team_id.in_(reached.ids), team_id.in_(mine)) if actor.account_id else team_id.in_(reached.ids)


def accounts_where(actor: Actor, action: str, account_id: Any) -> ColumnElement[bool]:
    """Return the condition under which an action is allowed on a service account."""
    reached = reach(actor, action, "serviceaccounts")
    if reached.everything:
        return true()
    given = exists().where(
        _P.account_id == account_id,
        _P.level >= (roles.least(roles.ACCOUNT, action) or 99),
        held_by(actor.account_id, actor.role or NO_ROLE),
    )
    return or_(account_id.in_(reached.ids), given)
