"""The caller's organisation."""

from typing import Any

from flask import Response, request

from core.access import Actor
from schemas.base import ErrorReply, Message
from schemas.orgs import Address, NewMember, OrgName, OrgReply, Preferred, RoleChange
from services import access, orgs, quotas, users
from web.access import can
from web.configured import settings
from web.generations import Generation, older_than
from web.operation import Operations
from web.paging import number
from web.responses import answer, said

api = Operations("orgs", __name__, url_prefix="/api")
ERRORS = {400: ErrorReply, 401: ErrorReply, 403: ErrorReply}


def shown_org(found: Any) -> Response:
    """Answer an organisation."""
    return answer(orgs.shown(found))


@api.operation("GET", "/org", id="getCurrentOrg", access=can("orgs:read"), replies={200: OrgReply, **ERRORS})
def current_org(actor: Actor) -> Response:
    """Return the caller's organisation."""
    return shown_org(orgs.find(actor.org_id))


@api.operation(
    "PUT",
    "/org",
    id="updateCurrentOrg",
    access=can("orgs:write"),
    body=OrgName,
    replies={200: Message, **ERRORS},
)
def rename_current_org(actor: Actor, body: dict[str, Any]) -> Response:
    """Rename the caller's organisation."""
    orgs.rename(actor.org_id, body["name"])
    return said("Organization updated")


@api.operation(
    "PUT",
    "/org/address",
    id="updateCurrentOrgAddress",
    access=can("orgs:write"),
    body=Address,
    replies={200: Message, **ERRORS},
)
def move_current_org(actor: Actor, body: dict[str, Any]) -> Response:
    """Set the address of the caller's organisation."""
    orgs.move(actor.org_id, body)
    return said("Address updated")


@api.operation(
    "GET",
    "/org/users",
    id="getOrgUsersForCurrentOrg",
    access=can("org.users:read"),
    query={"query": "string", "limit": "integer"},
)
def org_users(actor: Actor) -> Response:
    """List the members of the caller's organisation."""
    return answer(
        orgs.members(
            actor.org_id,
            query=request.args.get("query", ""),
            limit=number("limit", 0),
            hide=hidden_from(actor),
        )
    )


def hidden_from(actor: Actor) -> list[str]:
    """Return the logins of `users.hidden_users`, which only they themselves and server administrators see."""
    if actor.server_admin:
        return []
    return [one for one in settings().words("users", "hidden_users") if one != actor.login]


@api.operation("GET", "/org/users/search", access=can("org.users:read"))
def search_org_users(actor: Actor) -> Response:
    """List members by page."""
    query, limit, page = request.args.get("query", ""), number("perpage", 1000), number("page", 1)
    found = orgs.members(actor.org_id, query=query, limit=limit, page=page, hide=hidden_from(actor))
    return answer(
        {
            "totalCount": orgs.count_members(actor.org_id, query),
            "OrgUsers": found,
            "page": page,
            "perPage": limit,
        }
    )


@api.operation(
    "GET",
    "/org/users/lookup",
    id="getOrgUsersForCurrentOrgLookup",
    access=can("org.users:read", "teams:read", any_scope=True),
)
def lookup_org_users(actor: Actor) -> Response:
    """List members by name and picture alone."""
    found = orgs.members(
        actor.org_id, query=request.args.get("query", ""), limit=number("limit", 0), hide=hidden_from(actor)
    )
    return answer([{name: one[name] for name in ("userId", "login", "avatarUrl")} for one in found])


@api.operation(
    "POST",
    "/org/users",
    id="addOrgUserToCurrentOrg",
    access=can("org.users:add"),
    body=NewMember,
    replies={200: Message, **ERRORS},
)
def add_org_user(actor: Actor, body: dict[str, Any]) -> Response:
    """Let a person into the caller's organisation."""
    return add_by_name(actor, actor.org_id, body)


def add_by_name(actor: Actor, org_id: int, body: dict[str, Any]) -> Response:
    """Let a person in by login or e-mail."""
    access.require_role(actor, body["role"])
    try:
        user = users.find_by_name(body["login_or_email"])
    except users.UserNotFound:
        raise users.UserNotFound("User not found") from None
    quotas.require("org_user", org_id=org_id, user_id=user.id)
    orgs.add_member(org_id, user.id, body["role"])
    if older_than(Generation.G5):
        return said("User added to organization")
    return said("User added to organization", userId=user.id)


@api.operation(
    "PATCH",
    "/org/users/<user_id>",
    id="updateOrgUserForCurrentOrg",
    access=can("org.users:write"),
    body=RoleChange,
    replies={200: Message, **ERRORS},
)
def change_org_user(actor: Actor, user_id: int, body: dict[str, Any]) -> Response:
    """Give a member another role."""
    access.require_role(actor, body["role"])
    orgs.change_role(actor.org_id, user_id, body["role"])
    return said("Organization user updated")


@api.operation(
    "DELETE",
    "/org/users/<user_id>",
    id="removeOrgUserForCurrentOrg",
    access=can("org.users:remove"),
    replies={200: Message, **ERRORS},
)
def remove_org_user(actor: Actor, user_id: int) -> Response:
    """Take a person out of the caller's organisation."""
    orgs.remove_member(actor.org_id, user_id)
    return said("User removed from organization")


@api.operation("GET", "/org/preferences", id="getOrgPreferences", access=can("orgs.preferences:read"))
def org_preferences(actor: Actor) -> Response:
    """Return the organisation's preferences."""
    return answer(orgs.preferences(actor.org_id))


@api.operation(
    "PUT",
    "/org/preferences",
    id="updateOrgPreferences",
    access=can("orgs.preferences:write"),
    body=Preferred,
    replies={200: Message, **ERRORS},
)
def set_org_preferences(actor: Actor, body: dict[str, Any]) -> Response:
    """Replace the organisation's preferences."""
    orgs.prefer(actor, body, partly=False)
    return said("Preferences updated")


@api.operation(
    "PATCH",
    "/org/preferences",
    id="patchOrgPreferences",
    access=can("orgs.preferences:write"),
    body=Preferred,
    replies={200: Message, **ERRORS},
)
def patch_org_preferences(actor: Actor, body: dict[str, Any]) -> Response:
    """Change some of the organisation's preferences."""
    orgs.prefer(actor, body, partly=True)
    return said("Preferences updated")
