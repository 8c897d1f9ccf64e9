"""Quotas: of the caller's organisation, of the caller, and (for server administrators) of all."""

from typing import Any

from flask import Response

from blueprints.api.orgs_admin import TARGET
from core.access import Actor
from schemas.access import QuotaLimit
from schemas.base import ErrorReply, Message
from services import orgs, quotas, users
from web.access import can, person
from web.operation import Operations
from web.responses import answer, said

api = Operations("quotas", __name__, url_prefix="/api")
_ERRORS = {400: ErrorReply, 401: ErrorReply, 403: ErrorReply}


class NoQuotas(quotas.BadQuota):
    """Quotas are not enabled, as the caller's own route says it."""


@api.operation("GET", "/org/quotas", access=can("orgs.quotas:read"), replies=_ERRORS)
def own_org(actor: Actor) -> Response:
    """List the quotas of the caller's organisation."""
    return answer(quotas.of_org(actor.org_id))


@api.operation("GET", "/user/quotas", id="getUserQuotas", access=person, replies=_ERRORS)
def own(actor: Actor) -> Response:
    """List the caller's quotas."""
    try:
        return answer(quotas.of_user(actor.user_id))
    except quotas.Off:
        raise NoQuotas from None


@api.operation(
    "GET", "/orgs/<org>/quotas", id="getOrgQuota", access=can("orgs.quotas:read", of=TARGET), replies=_ERRORS
)
def of_org(actor: Actor, org_id: int) -> Response:
    """List the quotas of an organisation."""
    del actor
    orgs.find(org_id)
    return answer(quotas.of_org(org_id))


@api.operation(
    "PUT", "/orgs/<org>/quotas/<target>", id="updateOrgQuota", access=can("orgs.quotas:write", of=TARGET), body=QuotaLimit,
    replies={200: Message, 404: ErrorReply, **_ERRORS},
)  # fmt: skip
def set_of_org(actor: Actor, org_id: int, target: str, body: dict[str, Any]) -> Response:
    """Set a quota of an organisation."""
    del actor
    orgs.find(org_id)
    quotas.set_limit(target, body["limit"], org_id=org_id)
    return said("Organization quota updated")


@api.operation(
    "GET",
    "/admin/users/<id>/quotas",
    id="getUserQuota",
    access=can("users.quotas:read", known=False),
    replies=_ERRORS,
)
def of_user(actor: Actor, id: int) -> Response:  # noqa: A002 - the name in the address
    """List a person's quotas."""
    del actor
    users.find(id)
    return answer(quotas.of_user(id))


@api.operation(
    "PUT", "/admin/users/<id>/quotas/<target>", id="updateUserQuota", access=can("users.quotas:write", known=False),
    body=QuotaLimit, replies={200: Message, 404: ErrorReply, **_ERRORS},
)  # fmt: skip
def set_of_user(actor: Actor, id: int, target: str, body: dict[str, Any]) -> Response:  # noqa: A002
    """Set a person's quota."""
    del actor
    users.find(id)
    quotas.set_limit(target, body["limit"], user_id=id)
    return said("User quota updated")
