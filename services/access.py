"""Rights, evaluated in one place: what roles allow, and what was given on single objects, in Python and in SQL.

An object's route asks `Actor.may` after one of the `on_…` has added what was given on that object; a list asks the
database with a condition of `services.reach`. Both read the same tables, so that a page never shows what a route refuses.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select, update

from core import roles
from core.access import Actor, grants_of
from core.errors import BadRequest, Forbidden
from core.roles import FIXED, SERVER_ADMIN, Grants, Role
from models import (
    AccessRevision,
    AccessRole,
    Dashboard,
    DataSource,
    FolderAncestor,
    ObjectPermission,
    OrgUser,
    RoleAssignment,
    RolePermission,
    TeamMember,
    User,
    db,
)
from models.base import table
from models.session import fetch

_KEPT_MOST = 10_000
BASIC_UIDS = {
    "basic_viewer": Role.VIEWER, "basic_editor": Role.EDITOR, "basic_admin": Role.ADMIN,
    "basic_grafana_admin": SERVER_ADMIN,
}  # fmt: skip
revision_column = func.coalesce(select(func.max(AccessRevision.number)).scalar_subquery(), 0)


@dataclass
class _Options:
    """What `[users]` adds to basic roles, and what this process has worked out at which revision."""

    viewers_can_edit: bool = False
    editors_can_admin: bool = False
    allow_org_create: bool = False


_options = _Options()
_kept: dict[tuple[int, str, int, bool], tuple[int, Grants]] = {}


def configure(*, viewers_can_edit: bool, editors_can_admin: bool, allow_org_create: bool) -> None:
    """Set what `[users]` says of basic roles (once, at start)."""
    _options.viewers_can_edit, _options.editors_can_admin = viewers_can_edit, editors_can_admin
    _options.allow_org_create = allow_org_create
    _kept.clear()


def viewers_can_edit() -> bool:
    """Say whether viewers may change what they look at, without saving it."""
    return _options.viewers_can_edit


def changed() -> None:
    """Have every process read roles again with its next request."""
    number = max(time.time_ns() // 1000, (db.session.scalar(select(AccessRevision.number)) or 0) + 1)
    if not db.session.execute(update(AccessRevision).values(number=number)).rowcount:  # type: ignore[attr-defined]
        db.session.add(AccessRevision(number=number))
        db.session.flush()


def delivered(basic: str) -> Grants:
    """Return what a basic role may do while nobody has changed it."""
    more = []
    if basic == Role.VIEWER and _options.viewers_can_edit:
        more.append(FIXED["fixed:datasources:explorer"])
    if basic == Role.EDITOR and _options.editors_can_admin:
        more.append(FIXED["fixed:teams:creator"])
    if basic in set(Role) and _options.allow_org_create:
        more.append(roles.granted("orgs:create"))
    return (
        roles.joined((grants_of(basic, server_admin=False), *more))
        if more
        else roles.BASIC.get(basic, roles.NOTHING)
    )


def grants_for(org_id: int, role: str, account_id: int, *, server_admin: bool, revision: int) -> Grants:
    """Return what somebody's roles allow in an organisation. revision: that of the row that told who they are."""
    key = (org_id, role, account_id, server_admin)
    kept = _kept.get(key)
    if kept is not None and kept[0] == revision:
        return kept[1]
    basics = [role, SERVER_ADMIN] if server_admin else [role]
    found = _stored(org_id, basics, account_id) if revision else [delivered(basic) for basic in basics]
    made = found[0] if len(found) == 1 else roles.joined(found)
    if len(_kept) >= _KEPT_MOST:
        _kept.clear()
    _kept[key] = (revision, made)
    return made


def _stored(org_id: int, basics: Sequence[str], account_id: int) -> list[Grants]:
    assigned = set(assigned_roles(org_id, basics, account_id))
    names = {uid for uid, basic in BASIC_UIDS.items() if basic in basics}
    kept = permissions_of(assigned | names, org_id)
    found = [kept[uid] if uid in kept else delivered(BASIC_UIDS[uid]) for uid in sorted(names)]
    found += [kept.get(uid) or fixed_by_uid(uid) for uid in sorted(assigned)]
    return found or [roles.NOTHING]


def assigned_roles(org_id: int, basics: Sequence[str], account_id: int) -> list[str]:
    """Return the uids of roles given to an account, to its teams, or to basic roles."""
    teams = select(TeamMember.team_id).where(TeamMember.user_id == account_id, TeamMember.org_id == org_id)
    whom: list[ColumnElement[bool]] = [RoleAssignment.builtin.in_([basic for basic in basics if basic])]
    if account_id:
        whom += [RoleAssignment.user_id == account_id, RoleAssignment.team_id.in_(teams)]
    query = select(RoleAssignment.role_uid).where(RoleAssignment.org_id.in_((0, org_id)), or_(*whom))
    return list(db.session.scalars(query.distinct()))


def permissions_of(uids: Iterable[str], org_id: int) -> dict[str, Grants]:
    """Return what kept roles allow, by uid; roles of other organisations and unknown ones are not among them."""
    query = (
        select(AccessRole.uid, RolePermission.action, RolePermission.scope)
        .outerjoin(RolePermission, RolePermission.role_id == AccessRole.id)
        .where(AccessRole.uid.in_(list(uids)), AccessRole.org_id.in_((0, org_id)))
    )
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for uid, action, scope in db.session.execute(query.order_by(RolePermission.id)):
        of_role = found.setdefault(uid, {})
        if action is not None:
            of_role[action] = (*of_role.get(action, ()), scope)
    return dict(found)


_BY_UID = {name.replace(":", "_"): name for name in FIXED}


def fixed_by_uid(uid: str) -> Grants:
    """Return what a fixed role allows; nothing for a uid that is none."""
    return FIXED.get(_BY_UID.get(uid, ""), roles.NOTHING)


# Rights on single objects -------------------------------------------------------------------------------------------

_P, _M, _BOARD = table(ObjectPermission).c, table(TeamMember).c, table(Dashboard).c
_A = table(FolderAncestor).c
ACCOUNT: Any = bindparam("account_id", type_=User.id.type)
ROLE: Any = bindparam("role")
NO_ROLE = "none"


def params(actor: Actor) -> dict[str, Any]:
    """Return what statements with `level_on` need to know of the caller."""
    return {"account_id": actor.account_id, "role": actor.role or NO_ROLE}


def held_by(account: Any, role: Any) -> ColumnElement[bool]:
    """Return the condition under which a row of rights is an account's: its own, its teams', its role's."""
    return or_(_P.role == role, _P.user_id == account, _P.team_id.in_(_teams_of(account)))


def ways_held(org_id: Any, account: Any, role: Any) -> list[ColumnElement[bool]]:
    """Return the same as conditions of their own within an organisation: by role, by the account itself, by its teams."""
    here = _P.org_id + 0 == org_id  # "+ 0" keeps SQLite from walking through all of the organisation
    return [
        (_P.org_id == org_id) & (_P.role == role),
        here & (_P.user_id == account),
        here & _P.team_id.in_(_teams_of(account)),
    ]


def _teams_of(account: Any) -> Any:
    return select(_M.team_id).where(_M.user_id == account)


def level_on(which: Any, object_id: Any) -> Any:
    """Return a column: the caller's level on an object (None without one). which: a column of ObjectPermission.

    object_id: a column of the surrounding statement, whose parameters are `params(actor)`.
    """
    return (
        select(func.max(_P.level))
        .where(which == object_id, held_by(ACCOUNT, ROLE))
        .correlate_except(table(ObjectPermission), table(TeamMember))
    ).scalar_subquery()


def board_levels(board: Any) -> tuple[Any, Any, Any]:
    """Return columns for a select of dashboards: the caller's level on each, on its folder, and on the folders around that."""
    own = level_on(_P.dashboard_id, board.id)
    folder = level_on(_P.dashboard_id, func.nullif(board.folder_id, 0))
    outer = (
        select(func.max(_P.level))
        .select_from(table(FolderAncestor).join(table(ObjectPermission), _P.dashboard_id == _A.ancestor_id))
        .where(_A.folder_id == board.folder_id, held_by(ACCOUNT, ROLE))
        .correlate_except(table(ObjectPermission), table(TeamMember), table(FolderAncestor))
    ).scalar_subquery()
    return own.label("own_level"), folder.label("folder_level"), outer.label("outer_level")


def on_board(actor: Actor, row: Any) -> Actor:
    """Return the caller with what was given on a dashboard or folder and on the folders that it is in."""
    inherited = max(row.folder_level or 0, row.outer_level or 0)
    if row.is_folder:
        level = max(row.own_level or 0, inherited)
        return actor.plus(roles.FOLDER[level], f"folders:uid:{row.uid}") if level else actor
    if row.own_level:
        actor = actor.plus(roles.DASHBOARD[row.own_level], f"dashboards:uid:{row.uid}")
    if inherited:
        actor = actor.plus(roles.FOLDER[inherited], f"folders:uid:{row.folder_uid}")
    return actor


def on_source(actor: Actor, row: Any) -> Actor:
    """Return the caller with what was given on a data source."""
    level = _level(actor, _P.data_source_id == row.id)
    return actor.plus(roles.SOURCE[level], f"datasources:uid:{row.uid}") if level else actor


def on_account(actor: Actor, account: Any) -> Actor:
    """Return the caller with what was given on a service account."""
    level = _level(actor, _P.account_id == account.id)
    return actor.plus(roles.ACCOUNT.get(level, ()), f"serviceaccounts:id:{account.id}") if level else actor


def on_team(actor: Actor, team: Any) -> Actor:
    """Return the caller with what membership of a team brings."""
    mine = TeamMember.team_id == team.id, TeamMember.user_id == actor.account_id
    permission = db.session.scalar(select(TeamMember.permission).where(*mine)) if actor.account_id else None
    return (
        actor
        if permission is None
        else actor.plus(roles.TEAM[permission and roles.ADMIN], f"teams:id:{team.id}")
    )


def _level(actor: Actor, which: ColumnElement[bool]) -> int:
    query = select(func.max(_P.level)).where(which, held_by(actor.account_id, actor.role or NO_ROLE))
    return db.session.scalar(query) or 0


# What somebody holds at all -----------------------------------------------------------------------------------------

_KINDS = (roles.FOLDER, roles.DASHBOARD, roles.SOURCE, roles.ACCOUNT, roles.TEAM)
_GIVEN_ON_OBJECTS = frozenset(action for kind in _KINDS for actions in kind.values() for action in actions)


def given_on_objects(actions: Iterable[str]) -> bool:
    """Say whether one of the actions can be given on a single object."""
    return any(action in _GIVEN_ON_OBJECTS for action in actions)


_USUAL = {Role.VIEWER: roles.FOLDER[roles.VIEW], Role.EDITOR: roles.FOLDER[roles.EDIT]}


class RoleTooHigh(Forbidden):
    """Nobody gives a basic role that is above their own."""

    message, early = "Cannot assign a role higher than user's role", False


def require_org(actor: Actor, words: str) -> None:
    """Refuse who is in no organisation what is kept in one. words: which that is. Raises Forbidden."""
    if actor.org_id < 1:
        raise Forbidden(f"{words}, and you are in none")


def require_role(actor: Actor, role: str) -> None:
    """Refuse to give what is no basic role, or one above the caller's own; server administrators give any.

    Raises BadRequest, RoleTooHigh.
    """
    if role not in set(Role):
        raise BadRequest("There is no such role: Viewer, Editor or Admin", field="role", traced=False)
    if not actor.server_admin and not roles.includes(actor.role, role):
        raise RoleTooHigh


def held_in_org(org_id: int, user_id: int) -> bool:
    """Say whether somebody belongs to an organisation."""
    here = select(OrgUser.id).where(OrgUser.org_id == org_id, OrgUser.user_id == user_id)
    return db.session.scalar(here) is not None


def expected(actor: Actor, actions: Iterable[str]) -> bool:
    """Say whether a new folder would give the caller one of the actions: nothing is hidden by saying "not found" then."""
    usual = _USUAL.get(actor.role, ())  # type: ignore[call-overload]  # a role is text
    return any(action in usual for action in actions)


def holds_somewhere(actor: Actor, actions: Iterable[str]) -> bool:
    """Say whether one of the actions was given to the caller on any object of the organisation."""
    return any(
        db.session.scalar(query) is not None for action in actions for query in _given_anywhere(actor, action)
    )


def _given_anywhere(actor: Actor, action: str) -> Iterator[Select[Any]]:
    """Yield queries, for each kind of object and each way to hold a level; each has a row where the action was given.

    One for each way, since a database looks such a question up in one index, and walks through all where it holds an OR.
    """
    ways = ways_held(actor.org_id, actor.account_id, actor.role or NO_ROLE)
    for levels, kind in _ON_KINDS:
        least = roles.least(levels, action)
        if least is not None:
            yield from (kind.where(_P.level >= least, way).limit(1) for way in ways)
    least = roles.least(roles.TEAM, action)
    if least is not None and actor.account_id:
        mine = _M.org_id == actor.org_id, _M.user_id == actor.account_id
        yield select(_M.id).where(*mine, _M.permission >= least)


_ANY = select(_P.id)
_ON_BOARD = _ANY.join(table(Dashboard), _BOARD.id == _P.dashboard_id)
_ON_KINDS = (
    (roles.FOLDER, _ON_BOARD.where(_BOARD.is_folder.is_(True))),
    (roles.DASHBOARD, _ON_BOARD.where(_BOARD.is_folder.is_(False))),
    (roles.SOURCE, _ANY.where(_P.data_source_id.is_not(None))),
    (roles.ACCOUNT, _ANY.where(_P.account_id.is_not(None))),
)


def holds(actor: Actor, action: str) -> bool:
    """Say whether the caller may do something on anything at all, by a role or on an object."""
    return actor.may(action) or (given_on_objects((action,)) and holds_somewhere(actor, (action,)))


_HELD = (
    select(
        func.max(_P.level).label("level"),
        _BOARD.uid.label("board"),
        _BOARD.is_folder,
        table(DataSource).c.uid.label("source"),
        _P.account_id.label("account"),
    )
    .select_from(table(ObjectPermission))
    .outerjoin(table(Dashboard), _BOARD.id == _P.dashboard_id)
    .outerjoin(table(DataSource), table(DataSource).c.id == _P.data_source_id)
    .where(_P.org_id == bindparam("org_id"), held_by(ACCOUNT, ROLE))
    .group_by(_BOARD.uid, _BOARD.is_folder, table(DataSource).c.uid, _P.account_id)
)
_SOURCED = _P.data_source_id.is_not(None).label("source")
ACCOUNTED = _P.account_id.is_not(None).label("account")
_HELD_KINDS = (
    select(_P.level, _BOARD.is_folder, _SOURCED, ACCOUNTED)
    .select_from(table(ObjectPermission))
    .outerjoin(table(Dashboard), _BOARD.id == _P.dashboard_id)
    .where(_P.org_id == bindparam("org_id"), held_by(ACCOUNT, ROLE))
    .distinct()
)
_TEAMS = select(_M.team_id, _M.permission).where(_M.org_id == bindparam("org_id"), _M.user_id == ACCOUNT)


def held_on_objects(actor: Actor, *, scopes: bool = True) -> dict[str, list[str]]:
    """Return the actions that were given to the caller on single objects, with the objects' scopes.

    scopes: False asks which actions there are alone, which takes a few rows however many objects there are.
    """
    found: dict[str, list[str]] = {}

    def add(levels: roles.Levels, level: int, scope: str) -> None:
        for action in levels.get(level, ()):
            found.setdefault(action, []).append(scope)

    for row in fetch(_HELD if scopes else _HELD_KINDS, org_id=actor.org_id, **params(actor)):
        if row.source:
            add(roles.SOURCE, row.level, f"datasources:uid:{row.source}")
        elif row.account:
            add(roles.ACCOUNT, row.level, f"serviceaccounts:id:{row.account}")
        elif row.is_folder:
            add(roles.FOLDER, row.level, f"folders:uid:{row.board}" if scopes else "")
        else:
            add(roles.DASHBOARD, row.level, f"dashboards:uid:{row.board}" if scopes else "")
    if actor.account_id:
        for row in fetch(_TEAMS, org_id=actor.org_id, account_id=actor.account_id):
            add(roles.TEAM, row.permission and roles.ADMIN, f"teams:id:{row.team_id}")
    return found


def shown_scope(scope: str) -> str:
    """Return a scope as clients know it."""
    return "datasources:*" if scope == roles.OPEN_SOURCES else scope


def flags(actor: Actor, actions: Iterable[str], *scopes: str) -> dict[str, bool]:
    """Return which of some actions are allowed on an object, as `accesscontrol=true` asks."""
    return {action: True for action in actions if actor.may(action, *scopes)}


def permissions(actor: Actor) -> dict[str, list[str]]:
    """Return all that the caller may do: actions with their scopes."""
    found = {action: [shown_scope(scope) for scope in scopes] for action, scopes in actor.grants.items()}
    for action, scopes in held_on_objects(actor).items():
        found[action] = [*found.get(action, ()), *scopes]
    return {action: list(dict.fromkeys(scopes)) for action, scopes in sorted(found.items())}


def actions(actor: Actor) -> dict[str, bool]:
    """Return the actions that the caller may do on anything at all."""
    return dict.fromkeys(sorted({*actor.grants, *held_on_objects(actor, scopes=False)}), True)
