"""What others sell and clients ask for: data source permissions, groups of teams, and the answers of a licence."""

from typing import Any

from flask import Response, request

from core.access import Actor
from core.errors import BadRequest, NotFound
from models import DataSource, Team
from schemas.base import Body, ErrorReply, Message
from schemas.orgs import TeamGroupForm
from services import data_sources, permissions, server, teams
from services.permissions import SOURCES, Grantee
from web.access import can
from web.operation import Operations
from web.responses import answer, said

api = Operations("enterprise", __name__, url_prefix="/api")
_ERRORS = {400: ErrorReply, 401: ErrorReply, 403: ErrorReply, 404: ErrorReply}
_SOURCE = data_sources.by_id
_READ, _WRITE = (can(f"datasources.permissions:{verb}", of=_SOURCE) for verb in ("read", "write"))


def _restricted(restricted: bool) -> Any:
    def handler(actor: Actor, source: DataSource) -> Response:
        """Have only those query a data source who are named, or everybody again."""
        del actor
        data_sources.restrict(source, restricted=restricted)
        return said("Datasource permissions enabled" if restricted else "Datasource permissions disabled")

    return handler


for _word, _on in (("enable", True), ("disable", False)):
    api.operation(
        "POST", f"/datasources/<source_id>/{_word}-permissions", id=f"{_word}Permissions", access=_WRITE,
        replies={200: Message, **_ERRORS},
    )(_restricted(_on))  # fmt: skip


@api.operation(
    "GET", "/datasources/<source_id>/permissions", id="getAllPermissions", access=_READ, replies=_ERRORS
)
def source_permissions(actor: Actor, source: DataSource) -> Response:
    """List who may query or change a data source."""
    del actor
    shared = {"datasourceId": source.id}
    rows = permissions.as_items(SOURCES, source.org_id, source.id, shared)
    found = [
        {
            **{name: one[name] for name in one if name not in {"role", "inherited"}},
            "isManaged": True,
            "builtInRole": one.get("role", ""),
        }
        for one in rows
    ]
    return answer({**shared, "enabled": source.restricted, "permissions": found})


@api.operation(
    "POST", "/datasources/<source_id>/permissions", id="addPermission", access=_WRITE,
    query={"userId": "integer", "teamId": "integer", "builtinRole": "string", "permission": "integer"},
    replies={200: Message, **_ERRORS},
)  # fmt: skip
def add_source_permission(actor: Actor, source: DataSource) -> Response:
    """Let somebody query (1) or change (2) a data source."""
    given = {**request.args.to_dict(), **(request.get_json(silent=True) or {})}
    grantee = Grantee(
        _whole(given.get("userId")),
        _whole(given.get("teamId")),
        str(given.get("builtinRole") or given.get("builtInRole") or ""),
    )
    level = SOURCES.name_of(_whole(given.get("permission")))
    if not level or grantee == Grantee():
        raise BadRequest(
            "Name one of userId, teamId, builtinRole, and a permission: 1 to query, 2 to edit", traced=False
        )
    permissions.set_level(actor.org_id, SOURCES, source.id, grantee, level)
    return said("Datasource permission added")


def _whole(value: Any) -> int:
    return int(value) if str(value).isdecimal() and len(str(value)) < 19 else 0


@api.operation(
    "DELETE", "/datasources/<source_id>/permissions/<permission_id>", id="deletePermissions", access=_WRITE,
    replies={200: Message, **_ERRORS},
)  # fmt: skip
def remove_source_permission(actor: Actor, source: DataSource, permission_id: int) -> Response:
    """Take a level on a data source away."""
    row = next(
        (one for one in permissions.rows(SOURCES, actor.org_id, [source.id]) if one.id == permission_id), None
    )
    if row is None:
        raise NotFound("Permission not found")
    grantee = Grantee(row.user_id or 0, row.team_id or 0, row.role)
    permissions.set_level(actor.org_id, SOURCES, source.id, grantee, "")
    return said("Datasource permission removed")


_TEAM = teams.by_id


@api.operation(
    "GET",
    "/teams/<team_id>/groups",
    id="getTeamGroupsApi",
    access=can("teams.permissions:read", of=_TEAM),
    replies=_ERRORS,
)
def team_groups(actor: Actor, team: Team) -> Response:
    """List the groups of other servers whose people are in a team."""
    del actor
    return answer([{"orgId": team.org_id, "teamId": team.id, "groupId": one} for one in teams.groups(team)])


@api.operation(
    "POST", "/teams/<team_id>/groups", id="addTeamGroupApi", access=can("teams.permissions:write", of=_TEAM),
    body=TeamGroupForm, replies={200: Message, **_ERRORS},
)  # fmt: skip
def add_team_group(actor: Actor, team: Team, body: dict[str, Any]) -> Response:
    """Have the people of a group be in a team."""
    del actor
    teams.add_group(team, body["group_id"])
    return said("Group added to Team")


@api.operation(
    "DELETE", "/teams/<team_id>/groups/<path:group>", id="removeTeamGroupApi", access=can("teams.permissions:write", of=_TEAM),
    replies={200: Message, **_ERRORS},
)  # fmt: skip
def remove_team_group(actor: Actor, team: Team, group: str) -> Response:
    """Have a group be of no more concern to a team."""
    del actor
    teams.remove_group(team, group)
    return said("Team Group removed")


@api.operation(
    "DELETE", "/teams/<team_id>/groups", access=can("teams.permissions:write", of=_TEAM), query={"groupId": "string"},
    replies={200: Message, **_ERRORS},
)  # fmt: skip
def remove_team_group_by_query(actor: Actor, team: Team) -> Response:
    """Have a group be of no more concern to a team, as clients of later generations name it."""
    return remove_team_group(actor, team, request.args.get("groupId", ""))


# A licence: nothing is sold here, and everything is on.
_LICENSING = can("licensing:read", known=False)


@api.operation("GET", "/licensing/check", id="getStatus", access=_LICENSING)
def licence_check(actor: Actor) -> Response:
    """Say that everything is on."""
    del actor
    return answer(True)


@api.operation("GET", "/licensing/token", id="getLicenseToken", access=_LICENSING, replies=_ERRORS)
def licence_token(actor: Actor) -> Response:
    """Return a licence that does not end."""
    del actor
    return answer(
        {
            "status": 1,
            "lid": "",
            "company": "",
            "prod": [],
            "limit_by": "",
            "included_users": 0,
            "trial": False,
        }
    )


def _no_licence(actor: Actor, body: dict[str, Any] | None = None) -> Response:
    """Answer as with a licence that is in order: there is none to keep."""
    del body
    return licence_token(actor)


for _path, _id in (
    ("/licensing/token", "postLicenseToken"),
    ("/licensing/token/renew", "postRenewLicenseToken"),
):
    api.operation(
        "POST",
        _path,
        id=_id,
        access=can("licensing:write", known=False),
        body=Body,
        writes=False,
        replies=_ERRORS,
    )(_no_licence)


@api.operation(
    "DELETE",
    "/licensing/token",
    id="deleteLicenseToken",
    access=can("licensing:delete", known=False),
    writes=False,
    replies={202: Message, **_ERRORS},
)
def delete_licence(actor: Actor) -> Response:
    """Accept that there is no licence."""
    del actor
    return said("Accepted", 202)


@api.operation(
    "GET", "/licensing/refresh-stats", id="refreshLicenseStats", access=_LICENSING, replies=_ERRORS
)
def licence_stats(actor: Actor) -> Response:
    """Count people by what they may do."""
    del actor
    found = server.stats()
    return answer(
        {
            "activeUsers": found["activeUsers"],
            "activeAdminsAndEditors": found["activeAdmins"] + found["activeEditors"],
            "activeViewers": found["activeViewers"],
        }
    )


@api.operation(
    "GET",
    "/licensing/custom-permissions",
    id="getCustomPermissionsReport",
    access=_LICENSING,
    replies=_ERRORS,
)
def custom_permissions(actor: Actor) -> Response:
    """List what was given on single dashboards and folders beyond roles."""
    return answer(permissions.custom(actor.org_id))


@api.operation(
    "GET",
    "/licensing/custom-permissions-csv",
    id="getCustomPermissionsCSV",
    access=_LICENSING,
    replies=_ERRORS,
)
def custom_permissions_csv(actor: Actor) -> Response:
    """Return the same as CSV."""
    return Response(permissions.custom_csv(actor.org_id), content_type="text/csv; charset=utf-8")
