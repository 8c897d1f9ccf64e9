"""Lists filtered in SQL: conditions under which rows are the caller's to see, for the rights of `services.access`."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import aliased

from core import roles
from core.access import Actor
from models import Dashboard, DataSource, ObjectPermission, TeamMember
from models.base import table
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


_board, _folder = table(Dashboard).c, aliased(Dashboard)
_P, _M = table(ObjectPermission).c, table(TeamMember).c


def boards_where(actor: Actor, verb: str) -> ColumnElement[bool]:
    """Return the condition under which the caller may read or write a row of dashboards (folders among them)."""
    boards = _dashboards_where(actor, f"dashboards:{verb}")
    folders = _folders_where(actor, f"folders:{verb}")
    return or_(and_(_board.is_folder.is_(False), boards), and_(_board.is_folder.is_(True), folders))


def sees_all_boards(actor: Actor, verb: str) -> bool:
    """Say whether a role grants everything, so that a list needs no condition."""
    return (
        reach(actor, f"dashboards:{verb}", "dashboards").everything
        or reach(actor, f"dashboards:{verb}", "folders").everything
    ) and reach(actor, f"folders:{verb}", "folders").everything


def _folders_where(actor: Actor, action: str) -> ColumnElement[bool]:
    reached = reach(actor, action, "folders")
    if reached.everything:
        return true()
    own = exists().where(
        _P.dashboard_id == _board.id,
        _P.level >= (roles.least(roles.FOLDER, action) or 99),
        held_by(actor.account_id, actor.role or NO_ROLE),
    )
    named = [
        column.in_(values)
        for column, values in ((_board.id, reached.ids), (_board.uid, reached.uids))
        if values
    ]
    return or_(*named, own)


def _dashboards_where(actor: Actor, action: str) -> ColumnElement[bool]:
    by_board, by_folder = reach(actor, action, "dashboards"), reach(actor, action, "folders")
    if by_board.everything or by_folder.everything:
        return true()
    conditions: list[ColumnElement[bool]] = []
    # First what costs one look at a small list: the folders that the caller may look into.
    inside = _given_folders(actor, roles.least(roles.FOLDER, action) or 99, by_folder)
    conditions.append(_board.folder_id.in_(inside))
    if "general" in by_folder.uids:
        conditions.append(_board.folder_id == 0)
    if by_board.ids:
        conditions.append(_board.id.in_(by_board.ids))
    if by_board.uids:
        conditions.append(_board.uid.in_(by_board.uids))
    own = exists().where(
        _P.dashboard_id == _board.id,
        _P.level >= (roles.least(roles.DASHBOARD, action) or 99),
        held_by(actor.account_id, actor.role or NO_ROLE),
    )
    return or_(*conditions, own)


def _given_folders(actor: Actor, level: int, reached: Reach) -> Any:
    given = exists().where(
        _P.dashboard_id == _folder.id, _P.level >= level, held_by(actor.account_id, actor.role or NO_ROLE)
    )
    named = []
    if reached.ids:
        named.append(_folder.id.in_(reached.ids))
    if reached.uids:
        named.append(_folder.uid.in_(reached.uids))
    return select(_folder.id).where(_folder.org_id == actor.org_id, _folder.is_folder, or_(given, *named))


def sources_where(actor: Actor, action: str) -> ColumnElement[bool]:
    """Return the condition under which an action is allowed on a row of data sources."""
    reached, source = reach(actor, action, "datasources"), table(DataSource).c
    if reached.everything:
        return true()
    conditions: list[ColumnElement[bool]] = []
    if roles.OPEN_SOURCES in actor.grants.get(action, ()):
        conditions.append(source.restricted.is_(False))
    for column, values in (
        (source.id, reached.ids),
        (source.uid, reached.uids),
        (source.name, reached.names),
    ):
        if values:
            conditions.append(column.in_(values))
    least = roles.least(roles.SOURCE, action)
    if least is not None:
        mine = held_by(actor.account_id, actor.role or NO_ROLE)
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
