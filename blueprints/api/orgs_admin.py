"""All organisations, for server administrators."""

from typing import Any

from flask import Response, request

from blueprints.api.orgs import ERRORS, add_by_name, shown_org
from core.access import Actor, Loader
from schemas.base import ErrorReply, Message
from schemas.orgs import Address, NewMember, OrgName, OrgReply, RoleChange
from services import access, identity, orgs, quotas
from web.access import AccessDenied, can
from web.operation import Operations
from web.paging import number
from web.responses import answer, said

api = Operations("orgs_admin", __name__, url_prefix="/api/orgs")


def _number(actor: Actor, org: str) -> int:
    del actor
    if not org.isdecimal() or len(org) > 18:
        raise AccessDenied(())
    return int(org)


def _there(actor: Actor, org_id: int) -> Actor:
    return identity.in_org(actor, org_id)


# The organisation of the address, in which rights are asked: those of a member there, or of a server administrator.
TARGET = Loader("org_id", ("org",), _number, lambda _: (), _there, elsewhere=True)


@api.operation(
    "GET",
    "",
    id="searchOrgs",
    access=can("orgs:read"),
    query={"page": "integer", "perpage": "integer", "name": "string", "query": "string"},
)
def search_orgs(actor: Actor) -> Response:
    """List organisations."""
    _only_admin(actor)
    query, name = request.args.get("query", ""), request.args.get("name", "")
    return answer(
        orgs.listed(query=query, name=name, limit=number("perpage", 1000), page=number("page", 0, least=0))
    )


def _only_admin(actor: Actor) -> None:
    """`orgs:read` is held by everybody for the own organisation; these routes reach all of them."""
    if not actor.server_admin:
        raise AccessDenied(("orgs:read",))


@api.operation(
    "POST",
    "",
    id="createOrg",
    access=can("orgs:create"),
    body=OrgName,
    replies={200: Message, 409: ErrorReply, **ERRORS},
)
def create_org(actor: Actor, body: dict[str, Any]) -> Response:
    """Make an organisation."""
    quotas.require("org", user_id=actor.user_id)
    return said("Organization created", orgId=orgs.create(body["name"], actor))


@api.operation(
    "GET", "/name/<path:name>", id="getOrgByName", access=can("orgs:read"), replies={200: OrgReply, **ERRORS}
)
def org_by_name(actor: Actor, name: str) -> Response:
    """Return an organisation by its name."""
    _only_admin(actor)
    return shown_org(orgs.find_by_name(name.rstrip("/")))


@api.operation(
    "GET", "/<org>", id="getOrgByID", access=can("orgs:read", of=TARGET), replies={200: OrgReply, **ERRORS}
)
def org_by_id(actor: Actor, org_id: int) -> Response:
    """Return an organisation."""
    del actor
    return shown_org(orgs.find(org_id))


@api.operation(
    "PUT",
    "/<org>",
    id="updateOrg",
    access=can("orgs:write", of=TARGET),
    body=OrgName,
    replies={200: Message, **ERRORS},
)
def rename_org(actor: Actor, org_id: int, body: dict[str, Any]) -> Response:
    """Rename an organisation."""
    del actor
    orgs.rename(org_id, body["name"])
    return said("Organization updated")


@api.operation(
    "PUT",
    "/<org>/address",
    id="updateOrgAddress",
    access=can("orgs:write", of=TARGET),
    body=Address,
    replies={200: Message, **ERRORS},
)
def move_org(actor: Actor, org_id: int, body: dict[str, Any]) -> Response:
    """Set an organisation's address."""
    del actor
    orgs.move(org_id, body)
    return said("Address updated")


@api.operation(
    "DELETE",
    "/<org>",
    id="deleteOrgByID",
    access=can("orgs:delete", of=TARGET),
    replies={200: Message, **ERRORS},
)
def delete_org(actor: Actor, org_id: int) -> Response:
    """Delete an organisation and all it owns."""
    del actor
    orgs.remove(org_id)
    return said("Organization deleted")


@api.operation("GET", "/<org>/users", id="getOrgUsers", access=can("org.users:read", of=TARGET))
def users_of_org(actor: Actor, org_id: int) -> Response:
    """List an organisation's members."""
    del actor
    return answer(orgs.members(org_id))


@api.operation(
    "POST",
    "/<org>/users",
    id="addOrgUser",
    access=can("org.users:add", of=TARGET),
    body=NewMember,
    replies={200: Message, **ERRORS},
)
def add_user_to_org(actor: Actor, org_id: int, body: dict[str, Any]) -> Response:
    """Let a person into an organisation."""
    return add_by_name(actor, org_id, body)


@api.operation(
    "PATCH",
    "/<org>/users/<user_id>",
    id="updateOrgUser",
    access=can("org.users:write", of=TARGET),
    body=RoleChange,
    replies={200: Message, **ERRORS},
)
def change_user_of_org(actor: Actor, org_id: int, user_id: int, body: dict[str, Any]) -> Response:
    """Give a member of an organisation another role."""
    access.require_role(actor, body["role"])
    orgs.change_role(org_id, user_id, body["role"])
    return said("Organization user updated")


@api.operation(
    "DELETE",
    "/<org>/users/<user_id>",
    id="removeOrgUser",
    access=can("org.users:remove", of=TARGET),
    replies={200: Message, **ERRORS},
)
def remove_user_from_org(actor: Actor, org_id: int, user_id: int) -> Response:
    """Take a person out of an organisation."""
    del actor
    orgs.remove_member(org_id, user_id)
    return said("User removed from organization")
