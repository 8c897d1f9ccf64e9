"""API keys."""

from typing import Any

from flask import Response

from core.access import Actor
from schemas.base import ErrorReply, Message
from schemas.orgs import KeyReply, NewKey
from services import access, api_keys, quotas
from web.access import can
from web.configured import settings
from web.operation import Operations
from web.paging import flag
from web.responses import answer, said

api = Operations("auth_keys", __name__, url_prefix="/api/auth/keys")
_ERRORS = {401: ErrorReply, 403: ErrorReply}


@api.operation(
    "GET",
    "",
    id="getAPIkeys",
    access=can("apikeys:read"),
    query={"includeExpired": "boolean"},
    replies={404: ErrorReply, **_ERRORS},
)
def list_keys(actor: Actor) -> Response:
    """List the organisation's keys."""
    keys = api_keys.listed(actor, include_expired=flag("includeExpired"))
    if flag("accesscontrol"):
        rights = {
            action: actor.may(action) for action in ("apikeys:delete", "apikeys:read") if actor.may(action)
        }
        keys = [{**key, "accessControl": rights} for key in keys]
    return answer(keys)


@api.operation(
    "POST",
    "",
    id="addAPIkey",
    access=can("apikeys:create"),
    body=NewKey,
    replies={200: KeyReply, 400: ErrorReply, 409: ErrorReply, **_ERRORS},
)
def add_key(actor: Actor, body: dict[str, Any]) -> Response:
    """Make a key and show it, this once."""
    access.require_role(actor, body["role"])
    quotas.require("api_key", org_id=actor.org_id)
    longest = settings().number("auth", "api_key_max_seconds_to_live")
    return answer(
        api_keys.create(actor, body["name"], body["role"], body["seconds_to_live"], longest=longest)
    )


@api.operation(
    "DELETE",
    "/<id>",
    id="deleteAPIkey",
    access=can("apikeys:delete"),
    replies={200: Message, 404: ErrorReply, **_ERRORS},
)
def delete_key(actor: Actor, id: int) -> Response:  # noqa: A002 - the name in the address
    """Delete a key."""
    api_keys.remove(actor, id)
    return said("API key deleted")
