"""Service accounts and their tokens."""

from typing import Any

from flask import Response, request

from core.access import Actor, Loader
from core.errors import BadRequest
from schemas.accounts import ChangedAccount, NewAccount, NewToken
from schemas.base import ErrorReply, Message
from schemas.orgs import KeyReply
from services import access, accounts, quotas
from web.access import can
from web.configured import settings
from web.operation import Operations
from web.paging import flag, number
from web.responses import answer, said

api = Operations("service_accounts", __name__, url_prefix="/api/serviceaccounts")
_ERRORS = {400: ErrorReply, 401: ErrorReply, 403: ErrorReply, 404: ErrorReply}
_RIGHTS = (
    "serviceaccounts.permissions:read", "serviceaccounts.permissions:write", "serviceaccounts:delete",
    "serviceaccounts:read", "serviceaccounts:write",
)  # fmt: skip
_ACCOUNT = accounts.by_id


@api.operation("GET", "/search", id="searchOrgServiceAccountsWithPaging",
    access=can("serviceaccounts:read", any_scope=True, known=False), replies=_ERRORS,
)  # fmt: skip
def search(actor: Actor) -> Response:
    """List service accounts by page."""
    limit, page = number("perpage", 1000), number("page", 1)
    total, found = accounts.listed(
        actor, query=request.args.get("query", ""), disabled=flag("disabled"), expired=flag("expiredTokens"),
        limit=limit, page=page,
    )  # fmt: skip
    if flag("accesscontrol"):
        found = [
            {**one, "accessControl": access.flags(actor, _RIGHTS, f"serviceaccounts:id:{one['id']}")}
            for one in found
        ]
    return answer({"totalCount": total, "serviceAccounts": found, "page": page, "perPage": limit})


@api.operation("POST", "", id="createServiceAccount", access=can("serviceaccounts:create", known=False), body=NewAccount,
    replies={201: Message, **_ERRORS},
)  # fmt: skip
def create(actor: Actor, body: dict[str, Any]) -> Response:
    """Make a service account."""
    row = accounts.create(actor, body["name"], body["role"], disabled=body["is_disabled"])
    made = {"id": row.id, "name": row.name, "login": row.login, "orgId": -1, "isDisabled": row.is_disabled}
    return answer({**made, "role": row.role, "tokens": 0, "avatarUrl": ""}, 201)  # orgId as recorded


@api.operation("GET", "/migrationstatus", access=can("serviceaccounts:read", known=False))
def migration_status(actor: Actor) -> Response:
    """Say whether all API keys were made tokens."""
    return answer({"migrated": accounts.is_migrated(actor)})


@api.operation(
    "POST", "/hideApiKeys", access=can("serviceaccounts:create", known=False), replies={200: Message}
)
def hide_keys(actor: Actor) -> Response:
    """Take the page of API keys away."""
    accounts.hide_keys(actor)
    return said("API keys hidden")


@api.operation("POST", "/migrate", access=can("serviceaccounts:create", known=False), replies={200: Message})
def migrate_all(actor: Actor) -> Response:
    """Make all API keys tokens of service accounts."""
    accounts.migrate(actor)
    return said("API keys migrated to service accounts")


@api.operation(
    "POST", "/migrate/<key>", access=can("serviceaccounts:create", known=False), replies={200: Message}
)
def migrate_one(actor: Actor, key: str) -> Response:
    """Make one API key a token of a service account; one that is not there is no fault (as recorded)."""
    accounts.migrate(actor, _key(key))
    return said("Service accounts migrated")


def _key(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise BadRequest("Key ID is invalid")
    return int(text)


@api.operation("GET", "/<account>", id="retrieveServiceAccount", access=can("serviceaccounts:read", of=_ACCOUNT, known=False),
    replies=_ERRORS,
)  # fmt: skip
def retrieve(actor: Actor, account: Any) -> Response:
    """Return a service account."""
    shown = accounts.shown(account)
    if flag("accesscontrol"):
        shown["accessControl"] = access.flags(actor, _RIGHTS, f"serviceaccounts:id:{account.id}")
    return answer(shown)


@api.operation("PATCH", "/<account>", id="updateServiceAccount", access=can("serviceaccounts:write", of=_ACCOUNT, known=False),
    body=ChangedAccount, replies={200: Message, **_ERRORS},
)  # fmt: skip
def update(actor: Actor, account: Any, body: dict[str, Any]) -> Response:
    """Change a service account."""
    changed = accounts.change(
        actor, account, name=body["name"], role=body["role"], disabled=body["is_disabled"]
    )
    return said(
        "Service account updated", id=changed.id, name=changed.name, serviceaccount=accounts.shown(changed)
    )


class _Deleting(accounts.AccountNotFound):
    """There is nothing to delete."""

    message = "Service account deletion error"


def _to_delete(actor: Actor, account: str) -> Any:
    try:
        return accounts.find(actor, account)
    except BadRequest:
        raise BadRequest("Service account ID is invalid") from None
    except accounts.AccountNotFound:
        raise _Deleting from None


@api.operation("DELETE", "/<account>", id="deleteServiceAccount",
    access=can("serviceaccounts:delete", of=Loader("account", ("account",), _to_delete, _ACCOUNT.scopes, _ACCOUNT.holding), known=False),
    replies={200: Message, **_ERRORS},
)  # fmt: skip
def delete(actor: Actor, account: Any) -> Response:
    """Delete a service account and its tokens."""
    del actor
    accounts.remove(account)
    return said("Service account deleted")


def _revert(actor: Actor, account: Any, key: str) -> Response:
    """Make a token an API key again."""
    accounts.revert(actor, account, _key(key))
    return said("reverted service account to API key")


for _verb in ("POST", "DELETE"):
    api.operation(
        _verb, "/<account>/revert/<key>", access=can("serviceaccounts:delete", of=_ACCOUNT, known=False),
        replies={200: Message, **_ERRORS},
    )(_revert)  # fmt: skip


class _NoAccount:
    """What a list of tokens is asked of where no service account is: it has none (as recorded)."""

    def __init__(self, number: int) -> None:
        self.id = number


def _or_none(actor: Actor, account: str) -> Any:
    try:
        return accounts.find(actor, account)
    except accounts.AccountNotFound:
        return _NoAccount(int(account))


@api.operation("GET", "/<account>/tokens", id="listTokens",
    access=can("serviceaccounts:read", of=Loader("account", ("account",), _or_none, _ACCOUNT.scopes, _ACCOUNT.holding), known=False),
    replies=_ERRORS,
)  # fmt: skip
def list_tokens(actor: Actor, account: Any) -> Response:
    """List a service account's tokens."""
    return answer(accounts.tokens(actor, account.id))


@api.operation("POST", "/<account>/tokens", id="createToken", access=can("serviceaccounts:write", of=_ACCOUNT, known=False),
    body=NewToken, replies={200: KeyReply, 409: ErrorReply, **_ERRORS},
)  # fmt: skip
def create_token(actor: Actor, account: Any, body: dict[str, Any]) -> Response:
    """Make a token and show it, this once."""
    quotas.require("api_key", org_id=actor.org_id)
    longest = settings().number("auth", "api_key_max_seconds_to_live")
    return answer(accounts.add_token(account, body["name"], body["seconds_to_live"], longest=longest))


@api.operation("DELETE", "/<account>/tokens/<token>", id="deleteToken",
    access=can("serviceaccounts:write", of=_ACCOUNT, known=False), replies={200: Message, **_ERRORS},
)  # fmt: skip
def delete_token(actor: Actor, account: Any, token: str) -> Response:
    """Delete a token."""
    accounts.remove_token(actor, account.id, token)
    return said("Service account token deleted")
