"""An organisation's own pages: its name and preferences, and its API keys."""

from flask import Response, request

from blueprints.pages.forms import Key, OrgName, Preferred
from blueprints.pages.profile import preferred_form, save_preferences
from blueprints.pages.rendering import go_to, page
from core.access import Actor
from core.durations import parse_duration
from core.errors import DomainError
from models.session import transaction
from services import api_keys, orgs
from web.access import can
from web.configured import settings
from web.operation import Pages

pages = Pages("org_pages", __name__)


def _shown(
    actor: Actor, status: int = 200, *, name: OrgName | None = None, preferred: Preferred | None = None
) -> Response:
    return page(
        "org",
        actor,
        "Organization",
        status,
        name=name or OrgName(prefix="org-", name=actor.org_name),
        preferred=preferred or preferred_form(actor, 0),
        done=request.args.get("done", ""),
        may_rename=actor.may("orgs:write"),
    )


@pages.operation("GET", "/org", access=can("orgs.preferences:read"))
def show(actor: Actor) -> Response:
    """Show the organisation's name and preferences."""
    return _shown(actor)


@pages.operation("POST", "/org", access=can("orgs:write"), own_transactions=True)
def rename(actor: Actor) -> Response:
    """Give the organisation another name."""
    form, status = OrgName(prefix="org-"), 400
    if form.validate_on_submit():
        try:
            with transaction():
                orgs.rename(actor.org_id, form.name.data or "")
            return go_to("/org?done=name")
        except DomainError as fault:
            form.name.errors, status = [fault.text], fault.status
    with transaction(write=False):
        return _shown(actor, status, name=form)


@pages.operation("POST", "/org/preferences", access=can("orgs.preferences:write"), own_transactions=True)
def prefer(actor: Actor) -> Response:
    """Set what holds for people who chose nothing themselves."""
    return save_preferences(actor, 0, lambda form, status: _shown(actor, status, preferred=form), "/org")


def _keys(actor: Actor, form: Key, status: int = 200, made: str = "") -> Response:
    return page(
        "api_keys",
        actor,
        "API keys",
        status,
        form=form,
        made=made,
        keys=api_keys.listed(actor, include_expired=True),
        live=[one["id"] for one in api_keys.listed(actor, include_expired=False)],
        may_create=actor.may("apikeys:create"),
        may_delete=actor.may("apikeys:delete"),
        base=settings().root_url,
    )


@pages.operation("GET", "/org/apikeys", access=can("apikeys:read"))
def keys(actor: Actor) -> Response:
    """List the organisation's API keys."""
    return _keys(actor, Key(prefix="key-"))


@pages.operation("POST", "/org/apikeys", access=can("apikeys:create"), own_transactions=True)
def make_key(actor: Actor) -> Response:
    """Make a key and show it, this once."""
    form, made, status = Key(prefix="key-"), "", 400
    if form.validate_on_submit():
        try:
            seconds = parse_duration(form.lives.data) // 1000 if form.lives.data else 0
            longest = settings().number("auth", "api_key_max_seconds_to_live")
            with transaction():
                made = api_keys.create(actor, form.name.data or "", form.role.data, seconds, longest=longest)[
                    "key"
                ]
            form, status = Key(prefix="key-", formdata=None), 200
        except ValueError:
            form.lives.errors = ["Write a length of time: 12h, 30d or 1y"]
        except DomainError as fault:
            (form.lives if "expiration" in fault.text or "Seconds" in fault.text else form.name).errors = [
                fault.text
            ]
            status = fault.status
    with transaction(write=False):
        return _keys(actor, form, status, made)


@pages.operation("POST", "/org/apikeys/<key_id>/delete", access=can("apikeys:delete"))
def delete_key(actor: Actor, key_id: int) -> Response:
    """Delete a key; who uses it is refused from the next request on."""
    api_keys.remove(actor, key_id)
    return go_to("/org/apikeys")
