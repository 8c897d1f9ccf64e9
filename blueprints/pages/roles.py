"""Roles: what they allow, who has them, and why somebody may do something."""

from flask import Response, request

from blueprints.pages.forms.people import Role as RoleForm
from blueprints.pages.forms.people import Why
from blueprints.pages.rendering import attempt, go_to, page
from core.access import Actor
from core.errors import DomainError, NotFound
from core.roles import FIXED
from models.session import transaction
from services import access, explain, orgs, roles, teams, users
from services.roles import Holder, Role, Wanted
from web.access import can
from web.operation import Pages

pages = Pages("role_pages", __name__)
_READ, _WRITE = can("roles:read"), can("roles:write")


def _lines(role: Role) -> str:
    return "\n".join(f"{action} {scope}".strip() for action, scope in role.permissions)


def _pairs(text: str) -> list[tuple[str, str]]:
    found = []
    for line in text.splitlines():
        action, _, scope = line.strip().partition(" ")
        if action:
            found.append((action, scope.strip()))
    return found


@pages.operation("GET", "/admin/roles", access=_READ)
def listed(actor: Actor) -> Response:
    """List roles: custom, basic, fixed."""
    every = roles.every(actor)
    groups = [(title, [one for one in every if one.kind == kind]) for kind, title in _TITLES]
    return page(
        "roles",
        actor,
        "Roles",
        groups=groups,
        may_write=actor.may("roles:write"),
        done=request.args.get("done", ""),
    )


_TITLES = (("custom", "Your own roles"), ("basic", "Basic roles"), ("fixed", "Fixed roles"))


@pages.operation("GET", "/admin/roles/new", access=_WRITE)
def new(actor: Actor) -> Response:
    """Ask what a new role allows; from=uid begins with another role's permissions."""
    form = RoleForm()
    source = request.args.get("from", "")
    if source:
        form.permissions.data = _lines(roles.find(actor, source))
    return _form(actor, form)


def _form(actor: Actor, form: RoleForm, status: int = 200) -> Response:
    return page("role_new", actor, "New role", status, form=form, actions=_actions())


def _actions() -> list[str]:
    return sorted({action for grants in FIXED.values() for action in grants})


@pages.operation("POST", "/admin/roles/new", access=_WRITE, own_transactions=True)
def create(actor: Actor) -> Response:
    """Make a role."""
    form, status = RoleForm(), 400
    if form.validate_on_submit():
        title = (form.display_name.data or "").strip()
        wanted = Wanted(
            "custom:" + "".join(char if char.isalnum() else "." for char in title.lower())[:180],
            _pairs(form.permissions.data or ""), display_name=title, description=form.description.data or "",
            is_global=form.is_global.data,
        )  # fmt: skip
        try:
            with transaction():
                uid = roles.create(actor, wanted).uid
            return go_to(f"/admin/roles/edit/{uid}")
        except DomainError as fault:
            (form.permissions if fault.field == "permissions" else form.display_name).errors = [fault.text]
            status = fault.status
    with transaction(write=False):
        return _form(actor, form, status)


def _role(actor: Actor, uid: str, fault: DomainError | None = None, form: RoleForm | None = None) -> Response:
    role = roles.find(actor, uid)
    held = roles.holders(actor, role)
    members = {one["userId"]: one["login"] for one in orgs.members(actor.org_id)}
    names = {one["id"]: one["name"] for one in teams.listed(actor, query="", name="", limit=1000, page=1)[1]}
    ours = RoleForm(
        formdata=None,
        display_name=role.title,
        description=role.description,
        permissions=_lines(role),
        is_global=role.org_id == 0,
    )
    return page(
        "role", actor, role.title, fault.status if fault else 200, role=role, form=form or ours, fault=fault.text if fault else "",
        people=[(number, members.get(number, f"#{number}")) for number in held["users"]],
        accounts=[(number, f"Service account #{number}") for number in held["service_accounts"]],
        teams=[(number, names.get(number, f"#{number}")) for number in held["teams"]], every=members.values(), every_team=names.values(),
        may_write=actor.may("roles:write") and role.kind != "fixed", may_assign=actor.may("users.roles:add") and role.kind != "basic",
        may_delete=actor.may("roles:delete") and role.kind == "custom", actions=_actions(), done=request.args.get("done", ""),
    )  # fmt: skip


@pages.operation("GET", "/admin/roles/edit/<role_uid>", access=_READ)
def show(actor: Actor, role_uid: str) -> Response:
    """Show what a role allows and who has it."""
    return _role(actor, role_uid)


@pages.operation("POST", "/admin/roles/edit/<role_uid>", access=_WRITE, own_transactions=True)
def save(actor: Actor, role_uid: str) -> Response:
    """Change a role."""
    form = RoleForm()

    def do() -> None:
        role = roles.find(actor, role_uid)
        wanted = Wanted(
            role.name,
            display_name=form.display_name.data or role.title,
            description=form.description.data or "",
            group=role.group,
        )
        roles.change(actor, role, wanted, _pairs(form.permissions.data or ""))

    return attempt(
        do, f"/admin/roles/edit/{role_uid}?done=saved", lambda fault: _role(actor, role_uid, fault, form)
    )


@pages.operation(
    "POST", "/admin/roles/edit/<role_uid>/delete", access=can("roles:delete"), own_transactions=True
)
def delete(actor: Actor, role_uid: str) -> Response:
    """Delete a role, and take it from who had it."""
    return attempt(
        lambda: roles.remove(actor, roles.find(actor, role_uid), force=True), "/admin/roles?done=deleted",
        lambda fault: _role(actor, role_uid, fault),
    )  # fmt: skip


@pages.operation("POST", "/admin/roles/reset", access=_WRITE, own_transactions=True)
def reset(actor: Actor) -> Response:
    """Put basic roles back to what they were delivered as."""

    def do() -> None:
        if not actor.server_admin:
            raise roles.NotYours
        roles.reset_basic()

    def again(fault: DomainError) -> Response:
        del fault
        return listed(actor)

    return attempt(do, "/admin/roles?done=reset", again)


@pages.operation(
    "POST", "/admin/roles/edit/<role_uid>/holders", access=can("users.roles:add"), own_transactions=True
)
def hold(actor: Actor, role_uid: str) -> Response:
    """Give a role to a person or a team, or take it away."""

    def do() -> None:
        form = request.form
        if form.get("take_user", "").isdecimal():
            roles.take(actor, Holder(user_id=int(form["take_user"])), role_uid)
        elif form.get("take_team", "").isdecimal():
            roles.take(actor, Holder(team_id=int(form["take_team"])), role_uid)
        elif form.get("team"):
            found = teams.listed(actor, query="", name=form["team"], limit=1, page=1)[1]
            if not found:
                raise NotFound(f"There is no team called {form['team']!r}")
            roles.give(actor, Holder(team_id=found[0]["id"]), role_uid)
        else:
            roles.give(actor, Holder(user_id=_account(actor, form.get("user", ""))), role_uid)

    return attempt(do, f"/admin/roles/edit/{role_uid}?done=held", lambda fault: _role(actor, role_uid, fault))


def _account(actor: Actor, name: str) -> int:
    """Return the id of a person or service account of the organisation. Raises NotFound."""
    found = users.account_called(actor.org_id, name.strip())
    if found is None:
        raise NotFound(f"There is nobody called {name!r} in this organization")
    return found


@pages.operation("GET", "/admin/why", access=can("users.permissions:read"))
def why(actor: Actor) -> Response:
    """Say whether and why somebody may do something; without an action, all that they may."""
    form = Why(request.args)
    answer, held, fault, status = None, {}, "", 200
    if form.login.data:
        try:
            number = _account(actor, form.login.data)
            if form.action.data:
                answer = explain.why(actor, number, form.action.data.strip(), (form.scope.data or "").strip())
            else:
                held = access.permissions(explain.account(actor, number))
        except DomainError as refused:
            fault, status = refused.text, refused.status
    people = [one["login"] for one in orgs.members(actor.org_id, limit=500)]
    return page(
        "why",
        actor,
        "Why may they?",
        status,
        form=form,
        answer=answer,
        held=held,
        fault=fault,
        actions=_actions(),
        people=people,
    )
