"""Service accounts and their tokens."""

from typing import Any

from flask import Response, request

from blueprints.pages.forms.people import Account, Token
from blueprints.pages.members import give_or_take
from blueprints.pages.rendering import PER_PAGE, Listed, asked_page, attempt, go_to, page
from core.access import Actor
from core.durations import parse_duration
from core.errors import DomainError
from models.session import transaction
from services import access, accounts, quotas, roles
from services.roles import Holder
from web.access import can
from web.configured import settings
from web.operation import Pages

pages = Pages("account_pages", __name__)
_READ, _WRITE, _DELETE = (
    can(f"serviceaccounts:{verb}", of=accounts.by_id) for verb in ("read", "write", "delete")
)


def _accounts(actor: Actor, form: Account, status: int = 200, fault: str = "") -> Response:
    query, number = asked_page()
    shown = request.args.get("show", "")
    total, rows = accounts.listed(
        actor,
        query=query,
        disabled=shown == "disabled",
        expired=shown == "expired",
        limit=PER_PAGE,
        page=number,
    )
    return page(
        "accounts", actor, "Service accounts", status, list=Listed(rows, total, number, query, PER_PAGE), shown=shown, form=form,
        may_create=actor.may("serviceaccounts:create"), fault=fault, done=request.args.get("done", ""),
    )  # fmt: skip


@pages.operation("GET", "/org/serviceaccounts", access=can("serviceaccounts:read", any_scope=True))
def listed(actor: Actor) -> Response:
    """List service accounts."""
    return _accounts(actor, Account(prefix="account-"))


@pages.operation("POST", "/org/serviceaccounts", access=can("serviceaccounts:create"), own_transactions=True)
def create(actor: Actor) -> Response:
    """Make a service account and show it."""
    form, status = Account(prefix="account-"), 400
    if form.validate_on_submit():
        try:
            with transaction():
                number = accounts.create(actor, form.name.data or "", form.role.data, disabled=False).id
            return go_to(f"/org/serviceaccounts/{number}")
        except DomainError as fault:
            form.name.errors, status = [fault.text], fault.status
    with transaction(write=False):
        return _accounts(actor, form, status)


@pages.operation(
    "POST", "/org/serviceaccounts/migrate", access=can("serviceaccounts:create"), own_transactions=True
)
def migrate(actor: Actor) -> Response:
    """Make all API keys tokens of service accounts."""
    return attempt(
        lambda: accounts.migrate(actor), "/org/serviceaccounts?done=migrated",
        lambda fault: _accounts(actor, Account(prefix="account-", formdata=None), fault.status, fault.text),
    )  # fmt: skip


def _account(
    actor: Actor, account: Any, *, form: Account | None = None, token: Token | None = None, made: str = "",
    fault: DomainError | None = None, status: int = 200,
) -> Response:  # fmt: skip
    actor, held = access.on_account(actor, account), accounts.by_id.scopes(account)
    may_assign = actor.may("users.roles:add")
    return page(
        "account", actor, account.name, fault.status if fault else status, account=account, made=made,
        form=form or Account(prefix="account-", formdata=None, name=account.name, role=account.role),
        token_form=token or Token(prefix="token-", formdata=None), tokens=accounts.tokens(actor, account.id),
        given=roles.of(actor, Holder(user_id=account.id)) if actor.may("users.roles:read") else [],
        every=[one for one in roles.every(actor) if one.kind != "basic"] if may_assign else [], may_assign=may_assign,
        may_write=actor.may("serviceaccounts:write", *held), may_delete=actor.may("serviceaccounts:delete", *held),
        may_give=actor.may("serviceaccounts.permissions:read", *held),
        base=settings().root_url, fault=fault.text if fault else "", done=request.args.get("done", ""),
    )  # fmt: skip


@pages.operation("GET", "/org/serviceaccounts/<account>", access=_READ)
def show(actor: Actor, account: Any) -> Response:
    """Show a service account with its tokens."""
    return _account(actor, account)


def _tried(actor: Actor, account: Any, do: Any, done: str) -> Response:
    try:
        do()
    except DomainError as fault:
        return _account(actor, account, fault=fault)
    return go_to(f"/org/serviceaccounts/{account.id}?done={done}")


@pages.operation("POST", "/org/serviceaccounts/<account>", access=_WRITE)
def save(actor: Actor, account: Any) -> Response:
    """Rename a service account or give it another role."""
    form = Account(prefix="account-")
    if not form.validate_on_submit():
        return _account(actor, account, form=form, status=400)
    return _tried(
        actor,
        account,
        lambda: accounts.change(actor, account, name=form.name.data, role=form.role.data, disabled=None),
        "saved",
    )


@pages.operation("POST", "/org/serviceaccounts/<account>/disabled", access=_WRITE)
def disable(actor: Actor, account: Any) -> Response:
    """Have its tokens let nobody in, or let them in again."""
    wanted = request.form.get("disabled") == "1"
    return _tried(
        actor,
        account,
        lambda: accounts.change(actor, account, name=None, role=None, disabled=wanted),
        "disabled" if wanted else "enabled",
    )


@pages.operation("POST", "/org/serviceaccounts/<account>/delete", access=_DELETE)
def delete(actor: Actor, account: Any) -> Response:
    """Delete a service account."""
    del actor
    accounts.remove(account)
    return go_to("/org/serviceaccounts?done=deleted")


@pages.operation("POST", "/org/serviceaccounts/<account>/tokens", access=_WRITE)
def add_token(actor: Actor, account: Any) -> Response:
    """Make a token and show it, this once."""
    form = Token(prefix="token-")
    if not form.validate_on_submit():
        return _account(actor, account, token=form, status=400)
    try:
        seconds = parse_duration(form.lives.data) // 1000 if form.lives.data else 0
        quotas.require("api_key", org_id=actor.org_id)
        longest = settings().number("auth", "api_key_max_seconds_to_live")
        made = accounts.add_token(account, form.name.data or "", seconds, longest=longest)["key"]
    except ValueError:
        form.lives.errors = ["Write a length of time: 12h, 30d or 1y"]
        return _account(actor, account, token=form, status=400)
    except DomainError as fault:
        (form.lives if fault.field == "secondsToLive" else form.name).errors = [fault.text]
        return _account(actor, account, token=form, status=fault.status)
    return _account(actor, account, made=made)


@pages.operation("POST", "/org/serviceaccounts/<account>/tokens/<token>/delete", access=_WRITE)
def delete_token(actor: Actor, account: Any, token: str) -> Response:
    """Delete a token."""
    return _tried(actor, account, lambda: accounts.remove_token(actor, account.id, token), "token")


@pages.operation(
    "POST", "/org/serviceaccounts/<account>/roles", access=can("users.roles:add"), own_transactions=True
)
def set_roles(actor: Actor, account: str) -> Response:
    """Give a service account a role, or take one away."""
    with transaction(write=False):
        number = accounts.find(actor, account).id
    return attempt(
        lambda: give_or_take(actor, Holder(user_id=number)), f"/org/serviceaccounts/{number}?done=roles",
        lambda fault: _account(actor, accounts.find(actor, number), fault=fault),
    )  # fmt: skip
