"""Levels on single objects: given to people, teams and basic roles, listed, replaced; one table for every kind of object."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update

from core import clock, roles
from core.access import Actor, Role
from core.errors import BadRequest
from core.identifiers import avatar_url
from models import Dashboard, ObjectPermission, OrgUser, Team, User, db
from models.base import table

_VIEWED = {"View": roles.VIEW, "Edit": roles.EDIT, "Admin": roles.ADMIN}


@dataclass(frozen=True)
class Kind:
    """A kind of object.

    column: where its id stands; names: its levels as clients call them; for_roles: whether basic roles can hold them;
    by: the attribute of its scopes.
    """

    name: str
    column: str
    levels: roles.Levels
    names: Mapping[str, int] = field(default_factory=lambda: _VIEWED)
    for_roles: bool = True
    by: str = "uid"

    def name_of(self, level: int) -> str:
        """Return what a level is called."""
        return next((name for name, one in self.names.items() if one == level), "")


FOLDERS = Kind("folders", "dashboard_id", roles.FOLDER)
DASHBOARDS = Kind("dashboards", "dashboard_id", roles.DASHBOARD)
SOURCES = Kind(
    "datasources",
    "data_source_id",
    roles.SOURCE,
    {"Query": roles.VIEW, "Edit": roles.EDIT, "Admin": roles.ADMIN},
)
ACCOUNTS = Kind(
    "serviceaccounts",
    "account_id",
    roles.ACCOUNT,
    {"Edit": roles.EDIT, "Admin": roles.ADMIN},
    for_roles=False,
    by="id",
)


@dataclass(frozen=True)
class Grantee:
    """Who a level is given to: one of a person (or service account), a team, a basic role."""

    user_id: int = 0
    team_id: int = 0
    role: str = ""

    @property
    def kind(self) -> str:
        """What it is, as messages call it."""
        return "user" if self.user_id else "team" if self.team_id else "role"


class NotSet(BadRequest):
    """The grantee is not of the organisation, or the level is none of the object's."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"failed to set {kind} permission", field="permission")


_GIVE = insert(table(ObjectPermission))


def give(org_id: int, kind: Kind, object_id: int, levels: Mapping[Grantee, int]) -> None:
    """Give levels to those who have none on an object yet; nothing is checked."""
    now, nothing = clock.now(), {"dashboard_id": None, "data_source_id": None, "account_id": None}
    fresh = [
        {
            **nothing,
            kind.column: object_id,
            "org_id": org_id,
            "user_id": grantee.user_id or None,
            "team_id": grantee.team_id or None,
            "role": grantee.role,
            "level": level,
            "created": now,
            "updated": now,
        }
        for grantee, level in levels.items()
    ]
    if fresh:
        db.session.connection().execute(_GIVE, fresh)


def on_new_board(actor: Actor, board_id: int, *, is_folder: bool, in_folder: bool) -> None:
    """Give what a new dashboard or folder comes with: to its maker everything, and unless its folder says who, to all."""
    levels: dict[Grantee, int] = {}
    if not in_folder:
        levels = {Grantee(role=Role.VIEWER): roles.VIEW, Grantee(role=Role.EDITOR): roles.EDIT}
    if actor.user_id:
        levels[Grantee(user_id=actor.user_id)] = roles.ADMIN
    give(actor.org_id, FOLDERS if is_folder else DASHBOARDS, board_id, levels)


def _of(kind: Kind, object_ids: Sequence[int]) -> Any:
    return getattr(ObjectPermission, kind.column).in_(object_ids)


def rows(kind: Kind, org_id: int, object_ids: Sequence[int]) -> list[Any]:
    """Return who holds what on objects (a dashboard's and its folder's, for one), with their names."""
    query = (
        select(
            *(getattr(ObjectPermission, name) for name in ("id", "user_id", "team_id", "role", "level", "created", "updated")),
            getattr(ObjectPermission, kind.column).label("object_id"),
            User.login,
            User.email.label("user_email"),
            User.is_service_account,
            Team.name.label("team"),
            Team.email.label("team_email"),
        )
        .outerjoin(User, User.id == ObjectPermission.user_id)
        .outerjoin(Team, Team.id == ObjectPermission.team_id)
        .where(ObjectPermission.org_id == org_id, _of(kind, object_ids))
        # Databases do not agree on where nothing sorts.
        .order_by(
            ObjectPermission.role, func.coalesce(User.login, ""), func.coalesce(Team.name, ""), ObjectPermission.id
        )
    )  # fmt: skip
    return list(db.session.execute(query))


def set_level(org_id: int, kind: Kind, object_id: int, grantee: Grantee, level_name: str) -> None:
    """Give a level, change it, or ("") take it away. Raises NotSet."""
    if level_name and level_name not in kind.names:
        raise NotSet(grantee.kind)
    _check(org_id, kind, grantee)
    mine = _of(kind, [object_id]) & _to(grantee)
    if not level_name:
        db.session.execute(delete(ObjectPermission).where(mine))
        return
    level = kind.names[level_name]
    changed = update(ObjectPermission).where(mine).values(level=level, updated=clock.now())
    if not db.session.execute(changed).rowcount:  # type: ignore[attr-defined]
        give(org_id, kind, object_id, {grantee: level})


def _to(grantee: Grantee) -> Any:
    if grantee.user_id:
        return ObjectPermission.user_id == grantee.user_id
    if grantee.team_id:
        return ObjectPermission.team_id == grantee.team_id
    return (ObjectPermission.role == grantee.role) & (ObjectPermission.role != "")


def _check(org_id: int, kind: Kind, grantee: Grantee) -> None:
    """Refuse who is not of the organisation. Raises NotSet."""
    if grantee.user_id:
        here = select(OrgUser.id).where(OrgUser.org_id == org_id, OrgUser.user_id == grantee.user_id)
    elif grantee.team_id:
        here = select(Team.id).where(Team.org_id == org_id, Team.id == grantee.team_id)
    elif grantee.role in set(Role) and kind.for_roles:
        return
    else:
        raise NotSet(grantee.kind)
    if db.session.scalar(here) is None:
        raise NotSet(grantee.kind)


def replace(org_id: int, kind: Kind, object_id: int, wanted: Mapping[Grantee, int]) -> None:
    """Have exactly these hold levels on an object. Raises NotSet."""
    for grantee in wanted:
        _check(org_id, kind, grantee)
    held = {
        Grantee(row.user_id or 0, row.team_id or 0, row.role): row for row in rows(kind, org_id, [object_id])
    }
    gone = [row.id for grantee, row in held.items() if grantee not in wanted]
    if gone:
        db.session.execute(delete(ObjectPermission).where(ObjectPermission.id.in_(gone)))
    for grantee, level in wanted.items():
        row = held.get(grantee)
        if row is None:
            give(org_id, kind, object_id, {grantee: level})
        elif row.level != level:
            same = update(ObjectPermission).where(ObjectPermission.id == row.id)
            db.session.execute(same.values(level=level, updated=clock.now()))


def as_rules(
    kind: Kind, org_id: int, object_id: int, inherited_from: Sequence[int] = ()
) -> list[dict[str, Any]]:
    """Return who holds what, as `access-control/<kind>/<id>` lists it: administrators first, who hold everything.

    inherited_from: the folders that it is in, whose levels hold here as well.
    """
    found: list[dict[str, Any]] = []
    if kind.for_roles:
        highest = kind.levels[roles.ADMIN]
        found.append(
            {**_rule(0, "", managed=False), "builtInRole": "Admin", "actions": highest, "permission": "Admin"}
        )
    if object_id:
        for row in rows(kind, org_id, [object_id, *inherited_from]):
            own = row.object_id == object_id
            found.append(
                {
                    **_rule(row.id, _role_name(row), managed=own, inherited=not own),
                    **_whom(row),
                    "actions": kind.levels[row.level],
                    "permission": kind.name_of(row.level),
                }
            )
    return found


def basic_rule(kind: Kind, role: str, level: int) -> dict[str, Any]:
    """Return the rule of a basic role that holds a level without a row."""
    return {
        **_rule(0, f"basic:{role.lower()}", managed=False),
        "builtInRole": role,
        "actions": kind.levels[level],
        "permission": kind.name_of(level),
    }


def _rule(number: int, role_name: str, *, managed: bool, inherited: bool = False) -> dict[str, Any]:
    return {"id": number, "roleName": role_name, "isManaged": managed, "isInherited": inherited}


def _role_name(row: Any) -> str:
    if row.user_id:
        return f"managed:users:{row.user_id}:permissions"
    return (
        f"managed:teams:{row.team_id}:permissions"
        if row.team_id
        else f"managed:builtins:{row.role.lower()}:permissions"
    )


def _whom(row: Any) -> dict[str, Any]:
    if row.user_id:
        return {"userId": row.user_id, "userLogin": row.login, "userAvatarUrl": avatar_url(row.user_email)}
    if row.team_id:
        return {
            "team": row.team,
            "teamId": row.team_id,
            "teamAvatarUrl": avatar_url(row.team_email, row.team),
        }
    return {"builtInRole": row.role}


def as_items(kind: Kind, org_id: int, object_id: int, shared: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return who holds what, as `/permissions` of dashboards and folders list it. shared: what each item says of the object."""
    return [
        {
            **shared,
            "created": clock.iso(row.created),
            "updated": clock.iso(row.updated),
            "userId": row.user_id or 0,
            "userLogin": row.login or "",
            "userEmail": row.user_email or "",
            "userAvatarUrl": avatar_url(row.user_email) if row.user_id else "",
            "teamId": row.team_id or 0,
            "teamEmail": row.team_email or "",
            "teamAvatarUrl": avatar_url(row.team_email, row.team) if row.team_id else "",
            "team": row.team or "",
            **({"role": row.role} if row.role else {}),
            "permission": row.level,
            "permissionName": kind.name_of(row.level),
            "inherited": False,
        }
        for row in rows(kind, org_id, [object_id])
    ]


def read_items(items: Sequence[Mapping[str, Any]]) -> dict[Grantee, int]:
    """Read the items that clients send; of two for one grantee the later counts, a level that is none is no level.

    Raises BadRequest for an item that names two grantees, or nobody.
    """
    wanted: dict[Grantee, int] = {}
    for item in items:
        grantee = Grantee(item["user_id"], item["team_id"], item["role"])
        if grantee.user_id and grantee.team_id:
            raise BadRequest("team and user permissions cannot have an associated role")
        if grantee.role and (grantee.user_id or grantee.team_id):
            raise BadRequest("permissions cannot have both a user and team")
        if grantee == Grantee():
            raise BadRequest("Failed to update permissions")
        if item["permission"] in _VIEWED.values():
            wanted[grantee] = item["permission"]
    return wanted


def grantees(org_id: int, query: str, limit: int = 20) -> tuple[list[Any], list[Any]]:
    """Return people and teams of an organisation whose name holds a text, for choosing whom to give a level."""
    like = f"%{query.lower()}%"
    people = (
        select(User.id, User.login, User.name, User.email)
        .join(OrgUser, OrgUser.user_id == User.id)
        .where(
            OrgUser.org_id == org_id,
            or_(User.login.ilike(like), User.name.ilike(like), User.email.ilike(like)),
        )
    )
    teams = select(Team.id, Team.name).where(Team.org_id == org_id, Team.name.ilike(like))
    return (
        list(db.session.execute(people.order_by(User.login).limit(limit))),
        list(db.session.execute(teams.order_by(Team.name).limit(limit))),
    )


def custom(org_id: int) -> list[dict[str, Any]]:
    """Return what people and teams were given on dashboards and folders, object by object, for a report."""
    board = table(Dashboard).c
    query = (
        select(
            ObjectPermission.id, ObjectPermission.level, board.uid, board.slug, board.title, board.is_folder, User.login,
            User.id.label("user_id"), Team.id.label("team_id"), Team.name.label("team"), OrgUser.role.label("org_role"),
        )
        .join(table(Dashboard), board.id == ObjectPermission.dashboard_id)
        .outerjoin(User, User.id == ObjectPermission.user_id)
        .outerjoin(OrgUser, (OrgUser.user_id == User.id) & (OrgUser.org_id == org_id))
        .outerjoin(Team, Team.id == ObjectPermission.team_id)
        .where(ObjectPermission.org_id == org_id, ObjectPermission.role == "")
        .order_by(board.title, ObjectPermission.id)
    )  # fmt: skip
    found = []
    for row in db.session.execute(query):
        path = f"/dashboards/f/{row.uid}/{row.slug}" if row.is_folder else f"/d/{row.uid}/{row.slug}"
        found.append(
            {
                "orgId": org_id,
                "id": row.id,
                "title": row.title,
                "slug": row.slug,
                "uid": row.uid,
                "url": path,
                "isFolder": row.is_folder,
                "granteeType": "user" if row.user_id else "team",
                "granteeName": row.login or row.team or "",
                "granteeUrl": f"/admin/users/edit/{row.user_id}"
                if row.user_id
                else f"/org/teams/edit/{row.team_id}",
                "usersCount": 1 if row.user_id else 0,
                "customPermissions": FOLDERS.name_of(row.level),
                "orgRole": row.org_role or "",
            }
        )
    return found


def custom_csv(org_id: int) -> str:
    """Return the report as CSV, its columns in the order of its members."""
    rows = custom(org_id)
    out = io.StringIO()
    writer = csv.DictWriter(
        out, list(rows[0]) if rows else ["orgId", "title", "granteeName", "customPermissions"]
    )
    writer.writeheader()
    writer.writerows({name: _plain(value) for name, value in row.items()} for row in rows)
    return out.getvalue()


def _plain(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula is marked as text."""
    return "'" + value if isinstance(value, str) and value[:1] in {"=", "+", "-", "@"} else value
