"""Teams."""

from typing import Any

from flask import Response, request

from core.access import Actor
from models import Team
from schemas.base import ErrorReply, Message
from schemas.orgs import NewTeam, Preferred, TeamPerson, TeamRight
from services import access, orgs, teams
from web.access import can
from web.operation import Operations
from web.paging import flag, number
from web.responses import answer, said

api = Operations("teams", __name__, url_prefix="/api/teams")
_ERRORS = {401: ErrorReply, 403: ErrorReply, 404: ErrorReply}


@api.operation(
    "POST",
    "",
    id="createTeam",
    access=can("teams:create"),
    body=NewTeam,
    replies={200: Message, 409: ErrorReply, **_ERRORS},
)
def create_team(actor: Actor, body: dict[str, Any]) -> Response:
    """Make a team."""
    return said("Team created", teamId=teams.create(actor, body["name"], body["email"]))


@api.operation("GET", "/search", id="searchTeams", access=can("teams:read", any_scope=True))
def search_teams(actor: Actor) -> Response:
    """List teams by page."""
    limit, page = number("perpage", 1000), number("page", 1)
    total, found = teams.listed(
        actor, query=request.args.get("query", ""), name=request.args.get("name", ""), limit=limit, page=page
    )
    if flag("accesscontrol"):
        found = [{**one, "accessControl": _rights(actor, one["id"])} for one in found]
    return answer({"totalCount": total, "teams": found, "page": page, "perPage": limit})


@api.operation(
    "GET", "/<team_id>", id="getTeamByID", access=can("teams:read", of=teams.by_id), replies=_ERRORS
)
def get_team(actor: Actor, team: Team) -> Response:
    """Return a team."""
    return answer({**teams.shown(team), "accessControl": _rights(actor, team.id)})


_RIGHTS = ("teams.permissions:read", "teams.permissions:write", "teams:delete", "teams:read", "teams:write")


def _rights(actor: Actor, team_id: int) -> dict[str, bool] | None:
    return access.flags(actor, _RIGHTS, f"teams:id:{team_id}") if flag("accesscontrol") else None


@api.operation(
    "PUT",
    "/<team_id>",
    id="updateTeam",
    access=can("teams:write", of=teams.by_id),
    body=NewTeam,
    replies={200: Message, **_ERRORS},
)
def update_team(actor: Actor, team: Team, body: dict[str, Any]) -> Response:
    """Rename a team."""
    teams.change(actor, team, body["name"], body["email"])
    return said("Team updated")


@api.operation(
    "DELETE",
    "/<team_id>",
    id="deleteTeamByID",
    access=can("teams:delete", of=teams.by_id),
    replies={200: Message, **_ERRORS},
)
def delete_team(actor: Actor, team: Team) -> Response:
    """Delete a team."""
    del actor
    teams.remove(team)
    return said("Team deleted")


@api.operation(
    "GET",
    "/<team_id>/members",
    id="getTeamMembers",
    access=can("teams.permissions:read", of=teams.by_id),
    replies=_ERRORS,
)
def team_members(actor: Actor, team: Team) -> Response:
    """List who is in a team."""
    del actor
    return answer(teams.members(team))


@api.operation(
    "POST",
    "/<team_id>/members",
    id="addTeamMember",
    access=can("teams.permissions:write", of=teams.by_id),
    body=TeamPerson,
    replies={200: Message, **_ERRORS},
)
def add_member(actor: Actor, team: Team, body: dict[str, Any]) -> Response:
    """Let a person in."""
    del actor
    teams.add_member(team, body["user_id"])
    return said("Member added to Team")


@api.operation(
    "PUT",
    "/<team_id>/members/<user_id>",
    id="updateTeamMember",
    access=can("teams.permissions:write", of=teams.by_id),
    body=TeamRight,
    replies={200: Message, **_ERRORS},
)
def change_member(actor: Actor, team: Team, user_id: int, body: dict[str, Any]) -> Response:
    """Set a member's level."""
    del actor
    teams.change_member(team, user_id, body["permission"])
    return said("Team member updated")


@api.operation(
    "DELETE",
    "/<team_id>/members/<user_id>",
    id="removeTeamMember",
    access=can("teams.permissions:write", of=teams.by_id),
    replies={200: Message, **_ERRORS},
)
def remove_member(actor: Actor, team: Team, user_id: int) -> Response:
    """Take a person out."""
    del actor
    teams.remove_member(team, user_id)
    return said("Team Member removed")


@api.operation(
    "GET",
    "/<team_id>/preferences",
    id="getTeamPreferences",
    access=can("teams:read", of=teams.by_id),
    replies=_ERRORS,
)
def team_preferences(actor: Actor, team: Team) -> Response:
    """Return a team's preferences."""
    return answer(orgs.preferences(actor.org_id, team_id=team.id))


@api.operation(
    "PUT",
    "/<team_id>/preferences",
    id="updateTeamPreferences",
    access=can("teams:write", of=teams.by_id),
    body=Preferred,
    replies={200: Message, **_ERRORS},
)
def set_team_preferences(actor: Actor, team: Team, body: dict[str, Any]) -> Response:
    """Replace a team's preferences."""
    orgs.prefer(actor, body, team_id=team.id, partly=False)
    return said("Preferences updated")
