"""Why somebody may do something: every way in which roles, teams, folders and objects grant it, or that none does."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core import roles
from core.access import Actor
from core.errors import BadRequest
from core.roles import SERVER_ADMIN
from models import ObjectPermission, RoleAssignment, Team, TeamMember, db
from services import access, accounts, dashboards, data_sources, identity, nesting, permissions, teams
from services import roles as kept_roles


@dataclass(frozen=True)
class Way:
    """One way in which a right comes about. via: role, team, folder, object; words: for people; scope: what is granted."""

    via: str
    name: str
    words: str
    scope: str


@dataclass(frozen=True)
class Answer:
    """Whether somebody may do something, and every way."""

    who: str
    action: str
    scope: str
    allowed: bool
    ways: tuple[Way, ...]


def why(actor: Actor, user_id: int, action: str, scope: str) -> Answer:
    """Explain whether an account of the caller's organisation may do something. Raises UserNotFound, NotFound, BadRequest.

    scope: one object by id, uid or name (`dashboards:uid:x`, `folders:id:3`), or "" for anything at all.
    """
    whom = identity.as_account(actor, user_id)
    target = _Target.find(actor, scope)
    ways = [*_by_roles(whom, action, target.scopes), *_by_objects(whom, action, target)]
    return Answer(whom.login, action, scope, bool(ways), tuple(ways))


def account(actor: Actor, user_id: int) -> Actor:
    """Return an account of the caller's organisation as the server sees it when it asks. Raises NotFound."""
    return identity.as_account(actor, user_id)


def as_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as the API shows it."""
    ways = [
        {"via": way.via, "name": way.name, "explanation": way.words, "scope": way.scope}
        for way in answer.ways
    ]
    return {
        "login": answer.who,
        "action": answer.action,
        "scope": answer.scope,
        "allowed": answer.allowed,
        "ways": ways,
    }


@dataclass(frozen=True)
class _Target:
    """The object that a scope names: its scopes, and the objects (own and folder) on which levels count."""

    scopes: tuple[str, ...] = ()
    levels: tuple[tuple[str, permissions.Kind, int, str], ...] = ()
    team_id: int = 0

    @classmethod
    def find(cls, actor: Actor, scope: str) -> "_Target":
        if not scope:
            return cls()
        kind, _, rest = scope.partition(":")
        attribute, _, value = rest.partition(":")
        if kind in {"dashboards", "folders"} and attribute in {"uid", "id"} and value and "*" not in value:
            return cls._board(actor, attribute, value)
        if kind == "datasources" and attribute in {"uid", "id", "name"} and "*" not in value:
            find = {"uid": data_sources.find_by_uid, "name": data_sources.find_by_name}.get(attribute)
            row = find(actor, value) if find else data_sources.find_by_id(actor, _number(value))
            own = ("object", permissions.SOURCES, row.id, f"the data source {row.name}")
            return cls(data_sources.scopes(row), (own,))
        if kind == "serviceaccounts" and attribute == "id":
            row = accounts.find(actor, value)
            own = ("object", permissions.ACCOUNTS, row.id, f"the service account {row.name}")
            return cls(accounts.by_id.scopes(row), (own,))
        if kind == "teams" and attribute == "id":
            team = teams.find(actor, _number(value))
            return cls(teams.by_id.scopes(team), (), team.id)
        return cls((scope,))

    @classmethod
    def _board(cls, actor: Actor, attribute: str, value: str) -> "_Target":
        if value == "general" or (attribute, value) == ("id", "0"):
            return cls(dashboards.folder_scopes("", 0))
        row = (
            dashboards.find_by_uid(actor, value)
            if attribute == "uid"
            else dashboards.find_by_id(actor, _number(value))
        )
        if row.is_folder:
            found = [("folder", permissions.FOLDERS, row.id, f"the folder {row.title}")]
        else:
            found = [("object", permissions.DASHBOARDS, row.id, f"the dashboard {row.title}")]
        if row.folder_id:
            found.append(("folder", permissions.FOLDERS, row.folder_id, f"its folder {row.folder_title}"))
        found += [
            ("folder", permissions.FOLDERS, step.id, f"the folder {step.title} around it")
            for step in nesting.path(row.folder_id)
        ]
        return cls(dashboards.scopes(row), tuple(found))


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise BadRequest("The scope names no object", field="scope", traced=False)
    return int(text)


def _by_roles(whom: Actor, action: str, scopes: tuple[str, ...]) -> list[Way]:
    basics = [whom.role] if whom.role else []
    basics += [SERVER_ADMIN] if whom.server_admin else []
    by_uid = {role.uid: role for role in kept_roles.every(whom)}
    uid_of = {name: uid for uid, name in access.BASIC_UIDS.items()}
    named = [(by_uid[uid_of[basic]], "role", f"has the basic role {basic}") for basic in basics]
    for uid, team in _assigned(whom):
        role = by_uid.get(uid)
        if role is not None:
            words = f"is in the team {team}, which has" if team else "was given"
            named.append((role, "team" if team else "role", f"{words} the role {role.title}"))
    found = []
    for role, via, words in named:
        grants = _grants(whom, role)
        holder = Actor(grants=grants)
        if holder.may(action, *scopes):
            covering = next((one for one in grants[action] if not scopes or holder_covers(one, scopes)), "")
            found.append(Way(via, role.name, words, access.shown_scope(covering)))
    return found


def _grants(whom: Actor, role: kept_roles.Role) -> roles.Grants:
    kept = access.permissions_of([role.uid], whom.org_id)
    if role.uid in kept:
        return kept[role.uid]
    return (
        access.delivered(access.BASIC_UIDS[role.uid])
        if role.kind == "basic"
        else access.fixed_by_uid(role.uid)
    )


def holder_covers(pattern: str, scopes: tuple[str, ...]) -> bool:
    """Say whether one granted scope covers an object."""
    return Actor(grants={"x": (pattern,)}).may("x", *scopes)


def _assigned(whom: Actor) -> list[tuple[str, str]]:
    """Return the uids of roles that an account was given, with the name of the team that brings it ("" for none)."""
    query = (
        select(RoleAssignment.role_uid, Team.name)
        .outerjoin(Team, Team.id == RoleAssignment.team_id)
        .where(
            RoleAssignment.org_id.in_((0, whom.org_id)),
            (RoleAssignment.user_id == whom.account_id)
            | RoleAssignment.team_id.in_(
                select(TeamMember.team_id).where(
                    TeamMember.user_id == whom.account_id, TeamMember.org_id == whom.org_id
                )
            ),
        )
    )
    return [(uid, name or "") for uid, name in db.session.execute(query.order_by(RoleAssignment.id))]


def _by_objects(whom: Actor, action: str, target: _Target) -> list[Way]:
    found = []
    for via, kind, object_id, name in target.levels:
        for row in _levels(whom, kind, object_id):
            if action in kind.levels.get(row.level, ()):
                level = kind.name_of(row.level)
                words = {
                    True: f"is in the team {row.team}, which has {level} on {name}",
                    False: f"has {level} on {name}"
                    if row.user_id
                    else f"everybody with the basic role {row.role} has {level} on {name}",
                }[bool(row.team_id)]
                found.append(Way("team" if row.team_id else via, name, words, f"{kind.name}:id:{object_id}"))
    if target.team_id:
        mine = select(TeamMember.permission).where(
            TeamMember.team_id == target.team_id, TeamMember.user_id == whom.account_id
        )
        permission = db.session.scalar(mine)
        if permission is not None and action in roles.TEAM[permission and roles.ADMIN]:
            words = "administers the team" if permission else "is in the team"
            found.append(Way("team", "the team", words, f"teams:id:{target.team_id}"))
    return found


def _levels(whom: Actor, kind: permissions.Kind, object_id: int) -> list[Any]:
    column = getattr(ObjectPermission, kind.column)
    query = (
        select(ObjectPermission.level, ObjectPermission.user_id, ObjectPermission.team_id, ObjectPermission.role, Team.name.label("team"))
        .outerjoin(Team, Team.id == ObjectPermission.team_id)
        .where(
            ObjectPermission.org_id == whom.org_id, column == object_id,
            access.held_by(whom.account_id, whom.role or access.NO_ROLE),
        )
    )  # fmt: skip
    return list(db.session.execute(query))
