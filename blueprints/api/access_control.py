"""Roles, who has them, and why somebody may do something."""

from typing import Any

from flask import Response, request

from core.access import Actor
from core.errors import BadRequest
from schemas.access import AddedRole, GivenRoles, HardReset, Holders, RoleForm
from schemas.base import ErrorReply, Message
from services import access, explain, identity, roles
from services.roles import Holder, Wanted
from web.access import can, signed_in
from web.operation import Operations
from web.paging import flag
from web.responses import answer, said

api = Operations("access_control", __name__, url_prefix="/api/access-control")
_ERRORS = {400: ErrorReply, 401: ErrorReply, 403: ErrorReply, 404: ErrorReply}
_READ, _WRITE = can("roles:read"), can("roles:write")


@api.operation(
    "GET", "/status", id="getAccessControlStatus", access=can("status:accesscontrol"), replies=_ERRORS
)
def status(actor: Actor) -> Response:
    """Say that roles are on."""
    del actor
    return answer({"enabled": True})


@api.operation("GET", "/user/actions", access=signed_in, replies=_ERRORS)
def own_actions(actor: Actor) -> Response:
    """Return the actions that the caller may do on anything."""
    return answer(access.actions(actor))


def _own_permissions(actor: Actor) -> Response:
    """Return all that the caller may do, with scopes."""
    return answer(access.permissions(actor))


for _path in ("/user/permissions", "/users/permissions"):
    api.operation("GET", _path, access=signed_in, replies=_ERRORS)(_own_permissions)


@api.operation("GET", "/users/<user_id>/permissions", access=can("users.permissions:read"), replies=_ERRORS)
def permissions_of(actor: Actor, user_id: int) -> Response:
    """Return all that a person or service account may do in the organisation, with scopes."""
    return answer(access.permissions(identity.as_account(actor, user_id)))


@api.operation(
    "GET", "/explain", access=can("users.permissions:read"),
    query={"userId": "integer", "action": "string", "scope": "string"}, replies=_ERRORS,
)  # fmt: skip
def explained(actor: Actor) -> Response:
    """Say whether and why somebody may do something: through which role, team, folder or object."""
    number, action = request.args.get("userId", ""), request.args.get("action", "")
    if not number.isdecimal() or len(number) > 18 or not action:
        raise BadRequest("Name a userId and an action, and a scope such as dashboards:uid:abc", traced=False)
    return answer(explain.as_json(explain.why(actor, int(number), action, request.args.get("scope", ""))))


@api.operation(
    "GET",
    "/roles",
    id="listRoles",
    access=can("roles:read", "roles:list"),
    query={"delegatable": "boolean"},
    replies=_ERRORS,
)
def list_roles(actor: Actor) -> Response:
    """List roles without what they allow; delegatable=true: those that the caller may give."""
    found = []
    for role in roles.every(actor):
        givable = roles.may_give(actor, role.permissions)
        if (role.hidden and not flag("includeHidden")) or (flag("delegatable") and not givable):
            continue
        found.append(
            roles.shown(role, with_permissions=False, delegatable=givable if flag("delegatable") else None)
        )
    return answer(found)


def _wanted(body: dict[str, Any]) -> Wanted:
    names = ("name", "uid", "display_name", "description", "group", "hidden", "version", "is_global")
    return Wanted(**{name: body[name] for name in names}, permissions=_pairs(body) or ())


def _pairs(body: dict[str, Any]) -> list[tuple[str, str]] | None:
    given = body["permissions"]
    return None if given is None else [(one["action"], one["scope"]) for one in given]


@api.operation(
    "POST",
    "/roles",
    id="createRole",
    access=_WRITE,
    body=RoleForm,
    replies={201: Message, 409: ErrorReply, **_ERRORS},
)
def create_role(actor: Actor, body: dict[str, Any]) -> Response:
    """Make a role."""
    return answer(roles.shown(roles.create(actor, _wanted(body))), 201)


@api.operation("POST", "/roles/hard-reset", access=_WRITE, body=HardReset, replies={200: Message, **_ERRORS})
def hard_reset(actor: Actor, body: dict[str, Any]) -> Response:
    """Put basic roles back to what they were delivered as."""
    if not actor.server_admin:
        raise roles.NotYours("Only server administrators reset basic roles")
    if body["basic_roles"]:
        roles.reset_basic()
    return said("Reset performed")


@api.operation("GET", "/roles/<role_uid>", id="getRole", access=_READ, replies=_ERRORS)
def get_role(actor: Actor, role_uid: str) -> Response:
    """Return a role with what it allows."""
    return answer(roles.shown(roles.find(actor, role_uid)))


@api.operation(
    "PUT",
    "/roles/<role_uid>",
    id="updateRole",
    access=_WRITE,
    body=RoleForm,
    replies={200: Message, 409: ErrorReply, **_ERRORS},
)
def update_role(actor: Actor, role_uid: str, body: dict[str, Any]) -> Response:
    """Change a role."""
    changed = roles.change(actor, roles.find(actor, role_uid), _wanted(body), _pairs(body))
    return answer(roles.shown(changed))


@api.operation(
    "DELETE", "/roles/<role_uid>", id="deleteRole", access=can("roles:delete"), query={"force": "boolean", "global": "boolean"},
    replies={200: Message, **_ERRORS},
)  # fmt: skip
def delete_role(actor: Actor, role_uid: str) -> Response:
    """Delete a role."""
    roles.remove(actor, roles.find(actor, role_uid), force=flag("force"))
    return said("Role deleted")


@api.operation("GET", "/roles/<role_uid>/assignments", id="getRoleAssignments", access=_READ, replies=_ERRORS)
def role_holders(actor: Actor, role_uid: str) -> Response:
    """List who has a role."""
    return answer(roles.holders(actor, roles.find(actor, role_uid)))


@api.operation(
    "PUT",
    "/roles/<role_uid>/assignments",
    id="setRoleAssignments",
    access=can("users.roles:add"),
    body=Holders,
    replies=_ERRORS,
)
def set_role_holders(actor: Actor, role_uid: str, body: dict[str, Any]) -> Response:
    """Have exactly these hold a role."""
    role = roles.find(actor, role_uid)
    roles.set_holders(actor, role, body)
    return answer(roles.holders(actor, role))


def _declare(kind: str, ids: tuple[str, str, str, str], whom: Any) -> None:
    """Declare the roles of people, and in the same way of teams."""
    key, base = f"{kind}_id", f"/{kind}s/<{kind}_id>/roles"

    @api.operation("GET", base, id=ids[0], access=can(f"{kind}s.roles:read"), replies=_ERRORS)
    def listed(actor: Actor, **path: int) -> Response:
        """List the roles that somebody was given."""
        found = roles.of(actor, whom(path[key]), hidden=flag("includeHidden"))
        return answer([roles.shown(role, with_permissions=False) for role in found])

    @api.operation(
        "POST",
        base,
        id=ids[1],
        access=can(f"{kind}s.roles:add"),
        body=AddedRole,
        replies={200: Message, 409: ErrorReply, **_ERRORS},
    )
    def given(actor: Actor, body: dict[str, Any], **path: int) -> Response:
        """Give a role."""
        roles.give(actor, whom(path[key]), body["role_uid"], everywhere=body["is_global"])
        return said(f"Role added to the {kind}.")

    @api.operation(
        "PUT",
        base,
        id=ids[2],
        access=can(f"{kind}s.roles:add"),
        body=GivenRoles,
        replies={200: Message, **_ERRORS},
    )
    def set_all(actor: Actor, body: dict[str, Any], **path: int) -> Response:
        """Have somebody hold exactly these roles."""
        roles.set_all(
            actor,
            whom(path[key]),
            body["role_uids"],
            everywhere=body["is_global"],
            hidden=body["include_hidden"],
        )
        return said(f"{kind.capitalize()} roles have been updated.")

    @api.operation(
        "DELETE", base + "/<role_uid>", id=ids[3], access=can(f"{kind}s.roles:remove"), query={"global": "boolean"} if kind == "user" else {},
        replies={200: Message, **_ERRORS},
    )  # fmt: skip
    def taken(actor: Actor, role_uid: str, **path: int) -> Response:
        """Take a role away."""
        roles.take(actor, whom(path[key]), role_uid, everywhere=flag("global"))
        return said(f"Role removed from {kind}.")


_declare(
    "user",
    ("listUserRoles", "addUserRole", "setUserRoles", "removeUserRole"),
    lambda number: Holder(user_id=number),
)
_declare(
    "team",
    ("listTeamRoles", "addTeamRole", "setTeamRoles", "removeTeamRole"),
    lambda number: Holder(team_id=number),
)
