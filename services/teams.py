"""Teams and who is in them."""

from typing import Any

from sqlalchemy import delete, func, insert, select, update

from core import clock
from core.access import Actor, Loader
from core.errors import BadRequest, Conflict, NotFound
from core.identifiers import avatar_url
from models import OrgUser, Team, TeamMember, User, db


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


by_id = Loader("team", ("team_id",), find, lambda team: (f"teams:id:{team.id}",))


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
    """Delete a team."""
    db.session.execute(delete(Team).where(Team.id == team.id))


def _shown(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "orgId": row.org_id,
        "name": row.name,
        "email": row.email,
        "avatarUrl": avatar_url(row.email or row.name),
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
    matching: list[Any] = [Team.org_id == actor.org_id]
    if not actor.may("teams:read", "teams:*"):
        matching.append(Team.id.in_(select(TeamMember.team_id).where(TeamMember.user_id == actor.user_id)))
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


def add_member(team: Team, user_id: int) -> None:
    """Let a person of the organisation in. Raises NotFound, BadRequest when they are in it."""
    if not db.session.scalar(
        select(OrgUser.id).where(OrgUser.org_id == team.org_id, OrgUser.user_id == user_id)
    ):
        raise NotFound("user not found", traced=True)
    if db.session.scalar(
        select(TeamMember.id).where(TeamMember.team_id == team.id, TeamMember.user_id == user_id)
    ):
        raise BadRequest("User is already added to this team")
    db.session.execute(insert(TeamMember).values(org_id=team.org_id, team_id=team.id, user_id=user_id))


def change_member(team: Team, user_id: int, permission: int) -> None:
    """Set a member's level. Raises NotFound."""
    mine = TeamMember.team_id == team.id, TeamMember.user_id == user_id
    if not db.session.execute(update(TeamMember).where(*mine).values(permission=permission)).rowcount:  # type: ignore[attr-defined]
        raise NotFound("Team member not found.")


def remove_member(team: Team, user_id: int) -> None:
    """Take a person out. Raises NotFound."""
    mine = TeamMember.team_id == team.id, TeamMember.user_id == user_id
    if not db.session.execute(delete(TeamMember).where(*mine)).rowcount:  # type: ignore[attr-defined]
        raise NotFound("Team member not found")
