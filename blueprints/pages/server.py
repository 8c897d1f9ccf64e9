"""The server, for its administrators: people, organisations, settings, statistics, the log of changes."""

from collections.abc import Callable
from typing import Any

from flask import Response, request

from blueprints.pages.forms import OrgName, Profile
from blueprints.pages.forms.people import Joining, NewUser, Password
from blueprints.pages.members import give_or_take
from blueprints.pages.rendering import PER_PAGE, Listed, asked_page, attempt, go_to, page
from core.access import Actor
from core.errors import DomainError, NotFound
from models.session import transaction
from services import access, audit, identity, orgs, quotas, roles, server, users
from services.roles import Holder
from web.access import can
from web.configured import settings
from web.operation import Pages

pages = Pages("server_pages", __name__)


@pages.operation("GET", "/admin/users", access=can("users:read"))
def list_users(actor: Actor) -> Response:
    """List all people of the server."""
    query, number = asked_page()
    total, rows = users.listed(query=query, limit=PER_PAGE, page=number)
    return page(
        "server_users", actor, "Users", list=Listed(rows, total, number, query, PER_PAGE),
        may_create=actor.may("users:create"), done=request.args.get("done", ""),
    )  # fmt: skip


@pages.operation("GET", "/admin/users/create", access=can("users:create"))
def new_user(actor: Actor) -> Response:
    """Ask who the new person is."""
    return page("server_user_new", actor, "New user", form=NewUser())


@pages.operation("POST", "/admin/users/create", access=can("users:create"), own_transactions=True)
def create_user(actor: Actor) -> Response:
    """Make a person and show them."""
    form, status = NewUser(), 400
    if form.validate_on_submit():
        try:
            quotas.require("user")
            login, email = form.login.data or "", form.email.data or ""
            where = users.first_org(settings(), own=email or login)
            number = users.create(
                login=login,
                email=email,
                name=form.name.data or "",
                password=form.password.data or "",
                org_id=0,
                **where,
            )
            return go_to(f"/admin/users/edit/{number}?done=made")
        except DomainError as fault:
            (form.password if fault.field == "password" else form.login).errors = [fault.text]
            status = fault.status
    with transaction(write=False):
        return page("server_user_new", actor, "New user", status, form=form)


def _user(
    actor: Actor, user_id: int, fault: DomainError | None = None, profile: Profile | None = None
) -> Response:
    user = users.find(user_id)
    here = access.held_in_org(actor.org_id, user.id)
    may_assign = actor.may("users.roles:add") and here
    return page(
        "server_user", actor, user.login, fault.status if fault else 200, user=user, fault=fault.text if fault else "",
        form=profile or Profile(prefix="user-", formdata=None, name=user.name, email=user.email, login=user.login),
        password=Password(prefix="password-", formdata=None), joining=Joining(prefix="org-", formdata=None),
        labels=users.auth_labels(user.auth_module), orgs=users.orgs_of(user.id), every_org=orgs.listed(query="", name="", limit=500, page=0),
        sessions=users.sessions(user.id, actor.session_id) if actor.may("users.authtoken:read") else [],
        given=roles.of(actor, Holder(user_id=user.id)) if here and actor.may("users.roles:read") else [],
        every=[one for one in roles.every(actor) if one.kind != "basic"] if may_assign else [], may_assign=may_assign, here=here,
        may={name: actor.may(action) for name, action in _RIGHTS.items()}, done=request.args.get("done", ""),
    )  # fmt: skip


_RIGHTS = {
    "write": "users:write", "password": "users.password:write", "admin": "users.permissions:write", "disable": "users:disable",
    "enable": "users:enable", "logout": "users:logout", "delete": "users:delete", "sessions": "users.authtoken:write",
}  # fmt: skip


@pages.operation("GET", "/admin/users/edit/<user_id>", access=can("users:read"))
def show_user(actor: Actor, user_id: int) -> Response:
    """Show a person: who they are, where they belong, from where they are signed in."""
    return _user(actor, user_id)


def _changes(path: str, action: str, done: str) -> Callable[[Callable[[Actor, int], object]], Any]:
    """Declare a change of a person that a form asks for; the function makes it."""

    def declare(change: Callable[[Actor, int], object]) -> Any:
        def handler(actor: Actor, user_id: int, **more: int) -> Response:
            return attempt(
                lambda: change(actor, user_id, **more),
                f"/admin/users/edit/{user_id}?done={done}",
                lambda fault: _user(actor, user_id, fault),
            )

        handler.__name__, handler.__doc__ = change.__name__, change.__doc__
        pages.operation(
            "POST", f"/admin/users/edit/<user_id>{path}", access=can(action), own_transactions=True
        )(handler)
        return change

    return declare


@_changes("", "users:write", "saved")
def save_user(actor: Actor, user_id: int) -> None:
    """Change what a person is called."""
    del actor
    form = Profile(prefix="user-")
    held = {
        "theme": "",
        "name": form.name.data or "",
        "email": form.email.data or "",
        "login": form.login.data or "",
    }
    users.change(user_id, held)


@_changes("/admin", "users.permissions:write", "admin")
def set_admin(actor: Actor, user_id: int) -> None:
    """Make a person a server administrator, or not."""
    del actor
    users.set_server_admin(user_id, is_admin=request.form.get("admin") == "1")


@_changes("/disable", "users:disable", "disabled")
def disable_user(actor: Actor, user_id: int) -> None:
    """Let a person in no more."""
    del actor
    users.set_disabled(user_id, disabled=True)


@_changes("/enable", "users:enable", "enabled")
def enable_user(actor: Actor, user_id: int) -> None:
    """Let a person in again."""
    del actor
    users.set_disabled(user_id, disabled=False)


@_changes("/logout", "users:logout", "logout")
def sign_out_user(actor: Actor, user_id: int) -> None:
    """Sign a person out everywhere."""
    del actor
    users.end_sessions(user_id)


@_changes("/sessions/<session_id>/end", "users.authtoken:write", "session")
def end_session(actor: Actor, user_id: int, session_id: int = 0) -> None:
    """End one of a person's sessions."""
    users.end_session(user_id, session_id, actor.session_id)


@_changes("/roles", "users.roles:add", "roles")
def set_roles(actor: Actor, user_id: int) -> None:
    """Give a person a role in the caller's organisation, or take one away."""
    give_or_take(actor, Holder(user_id=user_id))


@_changes("/orgs", "org.users:add", "org")
def join_org(actor: Actor, user_id: int) -> None:
    """Have a person join an organisation."""
    form = Joining(prefix="org-")
    org = orgs.find_by_name((form.org.data or "").strip())
    _in(actor, org.id, "org.users:add", form.role.data)
    quotas.require("org_user", org_id=org.id, user_id=user_id)
    users.find(user_id)
    orgs.add_member(org.id, user_id, form.role.data)


@_changes("/orgs/<org_id>/role", "org.users:write", "org")
def set_org_role(actor: Actor, user_id: int, org_id: int = 0) -> None:
    """Give a person another role in an organisation."""
    role = request.form.get("role", "")
    _in(actor, org_id, "org.users:write", role)
    orgs.change_role(org_id, user_id, role)


@_changes("/orgs/<org_id>/leave", "org.users:remove", "org")
def leave_org(actor: Actor, user_id: int, org_id: int = 0) -> None:
    """Take a person out of an organisation."""
    _in(actor, org_id, "org.users:remove")
    orgs.remove_member(org_id, user_id)


def _in(actor: Actor, org_id: int, action: str, role: str = "") -> None:
    """Refuse what the caller may not do in another organisation. Raises OrgNotFound, RoleTooHigh."""
    there = identity.in_org(actor, org_id)
    if not there.may(action):
        raise orgs.OrgNotFound
    if role:
        access.require_role(there, role)


@pages.operation(
    "POST", "/admin/users/edit/<user_id>/password", access=can("users.password:write"), own_transactions=True
)
def set_password(actor: Actor, user_id: int) -> Response:
    """Set a person's password."""
    form = Password(prefix="password-")
    fault: DomainError | None = None
    if form.validate_on_submit():
        try:
            users.set_password(user_id, form.password.data or "")
            return go_to(f"/admin/users/edit/{user_id}?done=password")
        except DomainError as refused:
            fault = refused
    with transaction(write=False):
        return _user(actor, user_id, fault or users.ShortPassword())


@pages.operation(
    "POST", "/admin/users/edit/<user_id>/delete", access=can("users:delete"), own_transactions=True
)
def delete_user(actor: Actor, user_id: int) -> Response:
    """Delete a person."""
    return attempt(
        lambda: users.remove(user_id), "/admin/users?done=deleted", lambda fault: _user(actor, user_id, fault)
    )


# Organisations -------------------------------------------------------------------------------------------------------
_SERVER_WIDE = can("orgs:create")  # which server administrators alone hold


def _orgs(actor: Actor, form: OrgName, status: int = 200) -> Response:
    query, number = asked_page()
    rows = orgs.listed(query=query, name="", limit=PER_PAGE, page=number - 1)
    return page(
        "server_orgs", actor, "Organizations", status, list=Listed(rows, orgs.count(query), number, query, PER_PAGE), form=form,
        done=request.args.get("done", ""),
    )  # fmt: skip


@pages.operation("GET", "/admin/orgs", access=can("orgs:delete"))
def list_orgs(actor: Actor) -> Response:
    """List all organisations of the server."""
    return _orgs(actor, OrgName(prefix="org-"))


@pages.operation("POST", "/admin/orgs", access=_SERVER_WIDE, own_transactions=True)
def create_org(actor: Actor) -> Response:
    """Make an organisation."""
    form, status = OrgName(prefix="org-"), 400
    if form.validate_on_submit():
        try:
            with transaction():
                quotas.require("org", user_id=actor.user_id)
                number = orgs.create(form.name.data or "", actor)
            return go_to(f"/admin/orgs/edit/{number}" if actor.may("orgs:delete") else f"/?orgId={number}")
        except DomainError as fault:
            form.name.errors, status = [fault.text], fault.status
    with transaction(write=False):
        return _orgs(actor, form, status)


def _org(actor: Actor, org_id: int, fault: DomainError | None = None) -> Response:
    org = orgs.find(org_id)
    query, number = asked_page()
    on = settings().flag("quota", "enabled")
    rows = orgs.members(org.id, query=query, limit=PER_PAGE, page=number)
    return page(
        "server_org", actor, org.name, fault.status if fault else 200, org=org, fault=fault.text if fault else "",
        form=OrgName(prefix="org-", formdata=None, name=org.name), quotas=quotas.of_org(org.id) if on else [],
        list=Listed(rows, orgs.count_members(org.id, query), number, query, PER_PAGE), done=request.args.get("done", ""),
    )  # fmt: skip


@pages.operation("GET", "/admin/orgs/edit/<org_id>", access=can("orgs:delete"))
def show_org(actor: Actor, org_id: int) -> Response:
    """Show an organisation: its name, its limits, its people."""
    return _org(actor, org_id)


@pages.operation("POST", "/admin/orgs/edit/<org_id>", access=can("orgs:delete"), own_transactions=True)
def rename_org(actor: Actor, org_id: int) -> Response:
    """Rename an organisation."""

    def do() -> None:
        name = (OrgName(prefix="org-").name.data or "").strip()
        if not name or len(name) > 190:
            raise NotFound("Give the organization a name of at most 190 characters")
        orgs.rename(org_id, name)

    return attempt(do, f"/admin/orgs/edit/{org_id}?done=saved", lambda fault: _org(actor, org_id, fault))


@pages.operation(
    "POST",
    "/admin/orgs/edit/<org_id>/quotas/<target>",
    access=can("orgs.quotas:write"),
    own_transactions=True,
)
def set_quota(actor: Actor, org_id: int, target: str) -> Response:
    """Set a limit of an organisation."""

    def do() -> None:
        text = request.form.get("limit", "").strip()
        if not text.removeprefix("-").isdecimal() or len(text) > 12:
            raise quotas.BadQuota("Enter a whole number; -1 is any number")
        quotas.set_limit(target, int(text), org_id=orgs.find(org_id).id)

    return attempt(do, f"/admin/orgs/edit/{org_id}?done=quota", lambda fault: _org(actor, org_id, fault))


@pages.operation("POST", "/admin/orgs/edit/<org_id>/delete", access=can("orgs:delete"), own_transactions=True)
def delete_org(actor: Actor, org_id: int) -> Response:
    """Delete an organisation with all it owns."""
    return attempt(
        lambda: orgs.remove(org_id), "/admin/orgs?done=deleted", lambda fault: _org(actor, org_id, fault)
    )


# What the server says of itself --------------------------------------------------------------------------------------


@pages.operation("GET", "/admin/settings", access=can("settings:read"), own_transactions=True)
def show_settings(actor: Actor) -> Response:
    """Show all settings, secrets as stars."""
    shown = server.shown_settings(settings(), old=False)
    return page("server_settings", actor, "Settings", sections=shown, remarks=settings().remarks)


@pages.operation("GET", "/admin/stats", access=can("server.stats:read"))
def show_stats(actor: Actor) -> Response:
    """Count what the server holds."""
    return page("server_stats", actor, "Statistics", stats=server.stats())


@pages.operation("GET", "/admin/audit", access=can("audit:read"))
def show_audit(actor: Actor) -> Response:
    """Show who changed what, newest first."""
    query, number = asked_page()
    kind = request.args.get("kind", "")
    total, rows = audit.listed(actor, query=query, kind=kind, limit=PER_PAGE, page=number)
    return page(
        "audit",
        actor,
        "Changes",
        list=Listed(rows, total, number, query, PER_PAGE),
        kind=kind,
        kinds=audit.KIND_WORDS,
        words=audit.words,
    )
