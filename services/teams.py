"""Teams and who is in them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from core import clock, roles
from core.access import Actor, Loader
from core.errors import BadRequest, Conflict, NotFound
from core.identifiers import avatar_url
from models import OrgUser, Preferences, Team, TeamGroup, TeamMember, User, db
from services import access, reach


class TeamNotFound(NotFound):
    """No such team in the caller's organisation."""

    message = "Team not found"
    traced = True


def find(actor: Actor, team_id: int) -> Team:
    """Return a team. Raises TeamNotFound."""
    team = db.session.scalar(select(Team).where(Team.org_id == actor.org_id, Team.id == team_id))
    if team is None:
        raise TeamNotFound
    return team


def _scopes(team: Team) -> tuple[str, ...]:
    return f"teams:id:{team.id}", f"teams:name:{team.name}"


by_id = Loader("team", ("team_id",), find, _scopes, access.on_team)


def create(actor: Actor, name: str, email: str) -> int:
    """Make a team with its maker as administrator. Raises Conflict when the name is taken."""
    if not name:
        raise BadRequest
    if _taken(actor, name, 0):
        raise Conflict("Team name taken", traced=True)
    now = clock.now()
    team = Team(org_id=actor.org_id, name=name, email=email, created=now, updated=now)
    db.session.add(team)
    db.session.flush()
    if actor.user_id:
        db.session.execute(
            insert(TeamMember).values(
                org_id=actor.org_id, team_id=team.id, user_id=actor.user_id, permission=4
            )
        )
    return team.id


def _taken(actor: Actor, name: str, but: int) -> bool:
    return bool(
        db.session.scalar(
            select(Team.id).where(Team.org_id == actor.org_id, Team.name == name, Team.id != but)
        )
    )


def change(actor: Actor, team: Team, name: str, email: str) -> None:
    """Rename a team. Raises BadRequest when the name is taken."""
    if _taken(actor, name, team.id):
        raise BadRequest("Team name taken")
    db.session.execute(
        update(Team).where(Team.id == team.id).values(name=name, email=email, updated=clock.now())
    )


def remove(team: Team) -> None:
    """Delete a team, and with it what its members had through it."""
    db.session.execute(delete(Preferences).where(Preferences.team_id == team.id))
    db.session.execute(delete(Team).where(Team.id == team.id))
    access.changed()


def _shown(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "orgId": row.org_id,
        "name": row.name,
        "email": row.email,
        "avatarUrl": avatar_url(row.email, row.name),
        "memberCount": row.number,
        "permission": 0,
        "accessControl": None,
    }


_number = (
    select(func.count())
    .select_from(TeamMember)
    .where(TeamMember.team_id == Team.id)
    .correlate(Team)
    .scalar_subquery()
)
_COLUMNS = (Team.id, Team.org_id, Team.name, Team.email, _number.label("number"))


def shown(team: Team) -> dict[str, Any]:
    """Return a team as the API shows it."""
    return _shown(db.session.execute(select(*_COLUMNS).where(Team.id == team.id)).one())


def listed(actor: Actor, *, query: str, name: str, limit: int, page: int) -> tuple[int, list[dict[str, Any]]]:
    """Return how many teams match and a page of them: the caller's own, or all for who may read all."""
    matching: list[Any] = [Team.org_id == actor.org_id, reach.teams_where(actor, "teams:read", Team.id)]
    if query:
        matching.append(func.lower(Team.name).like(f"%{query.lower()}%"))
    if name:
        matching.append(Team.name == name)
    rows = db.session.execute(
        select(*_COLUMNS).where(*matching).order_by(Team.name).limit(limit).offset(limit * (page - 1))
    )
    return db.session.scalar(select(func.count()).select_from(Team).where(*matching)) or 0, [
        _shown(row) for row in rows
    ]


def of_user(org_id: int, user_id: int) -> list[dict[str, Any]]:
    """Return a person's teams in an organisation."""
    mine = select(TeamMember.team_id).where(TeamMember.user_id == user_id)
    return [
        _shown(row)
        for row in db.session.execute(
            select(*_COLUMNS).where(Team.org_id == org_id, Team.id.in_(mine)).order_by(Team.name)
        )
    ]


def members(team: Team) -> list[dict[str, Any]]:
    """Return who is in a team."""
    query = select(User.id, User.email, User.name, User.login, TeamMember.permission).join(
        TeamMember, TeamMember.user_id == User.id
    )
    return [
        {
            "orgId": team.org_id,
            "teamId": team.id,
            "userId": row.id,
            "auth_module": "",
            "email": row.email,
            "name": row.name,
            "login": row.login,
            "avatarUrl": avatar_url(row.email),
            "labels": [],
            "permission": row.permission,
        }
        for row in db.session.execute(query.where(TeamMember.team_id == team.id).order_by(User.login))
    ]


def add_member(team: Team, user_id: int, permission: int = 0) -> None:
    """Let a person of the organisation in. Raises NotFound, BadRequest when they are in it."""
    here = OrgUser.org_id == team.org_id, OrgUser.user_id == user_id, User.is_service_account.is_(False)
    if not db.session.scalar(select(OrgUser.id).join(User, User.id == OrgUser.user_id).where(*here)):
        raise NotFound("user not found", traced=True)
    if db.session.scalar(
        select(TeamMember.id).where(TeamMember.team_id == team.id, TeamMember.user_id == user_id)
    ):
        raise BadRequest("User is already added to this team")
    db.session.execute(
        insert(TeamMember).values(org_id=team.org_id, team_id=team.id, user_id=user_id, permission=permission)
    )
    access.changed()


def change_member(team: Team, user_id: int, permission: int) -> None:
    """Set a member's level. Raises NotFound."""
    mine = TeamMember.team_id == team.id, TeamMember.user_id == user_id
    if not db.session.execute(update(TeamMember).where(*mine).values(permission=permission)).rowcount:  # type: ignore[attr-defined]
        raise NotFound("Team member not found.")


def set_member(team: Team, user_id: int, permission: int | None) -> None:
    """Have a person be in a team at a level, or (None) not at all. Raises NotFound for who is not of the organisation."""
    if permission is None:
        remove_member(team, user_id)
        return
    try:
        change_member(team, user_id, permission)
    except NotFound:
        add_member(team, user_id, permission)


def remove_member(team: Team, user_id: int) -> None:
    """Take a person out. Raises NotFound."""
    mine = TeamMember.team_id == team.id, TeamMember.user_id == user_id
    if not db.session.execute(delete(TeamMember).where(*mine)).rowcount:  # type: ignore[attr-defined]
        raise NotFound("Team member not found")
    access.changed()


def groups(team: Team) -> list[str]:
    """Return the groups of other servers whose people are in a team."""
    query = select(TeamGroup.group_id).where(TeamGroup.team_id == team.id)
    return list(db.session.scalars(query.order_by(TeamGroup.group_id)))


def add_group(team: Team, group: str) -> None:
    """Have the people of a group be in a team, from their next sign-in on. Raises BadRequest."""
    if len(group) > 190:
        raise BadRequest("A group's name has at most 190 characters", field="groupId", traced=False)
    if group in groups(team):
        raise BadRequest("Group is already added to this team", field="groupId", traced=False)
    db.session.execute(insert(TeamGroup).values(org_id=team.org_id, team_id=team.id, group_id=group))


def remove_group(team: Team, group: str) -> None:
    """Have a group bring nobody into a team any more; who came by it leaves with their next sign-in. Raises NotFound."""
    mine = TeamGroup.team_id == team.id, TeamGroup.group_id == group
    if not db.session.execute(delete(TeamGroup).where(*mine)).rowcount:  # type: ignore[attr-defined]
        raise NotFound("Team Group not found")


def sync_groups(user_id: int, names: Sequence[str]) -> None:
    """Have a person be in the teams of their groups, in organisations they belong to; those that they were put in stay."""
    orgs = select(OrgUser.org_id).where(OrgUser.user_id == user_id)
    query = select(TeamGroup.team_id, TeamGroup.org_id).where(
        TeamGroup.group_id.in_(list(names)), TeamGroup.org_id.in_(orgs)
    )
    wanted = {row.team_id: row.org_id for row in db.session.execute(query)}
    mine = select(TeamMember.team_id, TeamMember.is_external).where(TeamMember.user_id == user_id)
    held = {row.team_id: row.is_external for row in db.session.execute(mine)}
    fresh = {team_id: org_id for team_id, org_id in wanted.items() if team_id not in held}
    gone = [team_id for team_id, external in held.items() if external and team_id not in wanted]
    for team_id, org_id in fresh.items():
        values = {"org_id": org_id, "team_id": team_id, "user_id": user_id, "is_external": True}
        db.session.execute(insert(TeamMember).values(**values))
    if gone:
        db.session.execute(
            delete(TeamMember).where(TeamMember.user_id == user_id, TeamMember.team_id.in_(gone))
        )
    if fresh or gone:
        access.changed()


def rules(actor: Actor, team: Team) -> list[dict[str, Any]]:
    """Return who is in a team, as `access-control/teams/<id>` lists it."""
    del actor
    return [
        {
            "id": one["userId"],
            "roleName": f"managed:users:{one['userId']}:permissions",
            "isManaged": True,
            "isInherited": False,
            "userId": one["userId"],
            "userLogin": one["login"],
            "userAvatarUrl": one["avatarUrl"],
            "actions": roles.TEAM[one["permission"] and roles.ADMIN],
            "permission": "Admin" if one["permission"] else "Member",
        }
        for one in members(team)
    ]
