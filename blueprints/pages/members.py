"""Who belongs to an organisation, who was invited, and teams."""

from typing import Any

from flask import Response, request

from blueprints.pages.forms.people import Invite, NewTeam
from blueprints.pages.rendering import PER_PAGE, Listed, asked_page, attempt, go_to, page
from core.access import Actor
from core.errors import DomainError, NotFound
from models import Team
from models.session import transaction
from services import access, joining, mail, orgs, permissions, roles, teams, users
from services.roles import Holder
from web.access import can
from web.configured import settings
from web.operation import Pages

pages = Pages("member_pages", __name__)


def hidden_logins(actor: Actor) -> list[str]:
    """Return the logins that only server administrators see."""
    words = settings().words("users", "hidden_users")
    return [] if actor.server_admin else [one for one in words if one != actor.login]


def _members(actor: Actor, fault: DomainError | None = None, done: str = "") -> Response:
    query, number = asked_page()
    rows = orgs.members(actor.org_id, query=query, limit=PER_PAGE, page=number, hide=hidden_logins(actor))
    return page(
        "members", actor, "Users", fault.status if fault else 200,
        list=Listed(rows, orgs.count_members(actor.org_id, query), number, query, PER_PAGE),
        invites=joining.pending(actor, settings()) if actor.may("org.users:add") else [],
        fault=fault.text if fault else "", done=done or request.args.get("done", ""),
        may_add=actor.may("org.users:add"), may_change=actor.may("org.users:write"), may_remove=actor.may("org.users:remove"),
    )  # fmt: skip


@pages.operation("GET", "/org/users", access=can("org.users:read"))
def members(actor: Actor) -> Response:
    """List the organisation's people and open invitations."""
    return _members(actor)


@pages.operation("POST", "/org/users/<user_id>/role", access=can("org.users:write"), own_transactions=True)
def set_role(actor: Actor, user_id: int) -> Response:
    """Give a person another role."""
    role = request.form.get("role", "")

    def do() -> None:
        access.require_role(actor, role)
        orgs.change_role(actor.org_id, user_id, role)

    return attempt(do, "/org/users?done=role", lambda fault: _members(actor, fault))


@pages.operation("POST", "/org/users/<user_id>/remove", access=can("org.users:remove"), own_transactions=True)
def remove(actor: Actor, user_id: int) -> Response:
    """Take a person out."""
    return attempt(
        lambda: orgs.remove_member(actor.org_id, user_id),
        "/org/users?done=removed",
        lambda fault: _members(actor, fault),
    )


@pages.operation("GET", "/org/users/invite", access=can("org.users:add"))
def invite_form(actor: Actor) -> Response:
    """Ask whom to invite."""
    form = Invite()
    form.send.data = mail.is_on(settings())
    return page("invite", actor, "Invite", form=form, mails=mail.is_on(settings()), sent="")


@pages.operation("POST", "/org/users/invite", access=can("org.users:add"), own_transactions=True)
def invite(actor: Actor) -> Response:
    """Invite somebody, or add who has an account; without mail, show the link to hand on."""
    form, sent, status = Invite(), "", 400
    if form.validate_on_submit():
        try:
            with transaction():
                joining.invite(
                    actor, settings(), who=(form.who.data or "").strip(), name=form.name.data or "", role=form.role.data,
                    send=form.send.data and mail.is_on(settings()),
                )  # fmt: skip
                made = joining.pending(actor, settings())
            if mail.is_on(settings()) and form.send.data:
                return go_to("/org/users?done=invited")
            sent = next((one["url"] for one in made if one["email"] == (form.who.data or "").strip()), "")
            if not sent:
                return go_to("/org/users?done=added")
            form, status = Invite(formdata=None), 200
        except DomainError as fault:
            form.who.errors, status = [fault.text], fault.status
    return page("invite", actor, "Invite", status, form=form, mails=mail.is_on(settings()), sent=sent)


@pages.operation("POST", "/org/invites/<code>/revoke", access=can("org.users:add"))
def revoke(actor: Actor, code: str) -> Response:
    """Take an invitation back."""
    joining.revoke(actor, code)
    return go_to("/org/users?done=revoked")


# Teams ---------------------------------------------------------------------------------------------------------------


def _teams(actor: Actor, form: NewTeam, status: int = 200) -> Response:
    query, number = asked_page()
    total, rows = teams.listed(actor, query=query, name="", limit=PER_PAGE, page=number)
    return page(
        "teams", actor, "Teams", status, list=Listed(rows, total, number, query, PER_PAGE), form=form,
        may_create=actor.may("teams:create"), done=request.args.get("done", ""),
    )  # fmt: skip


@pages.operation("GET", "/org/teams", access=can("teams:read", "teams:create", any_scope=True))
def list_teams(actor: Actor) -> Response:
    """List teams."""
    return _teams(actor, NewTeam(prefix="team-"))


@pages.operation("POST", "/org/teams", access=can("teams:create"), own_transactions=True)
def make_team(actor: Actor) -> Response:
    """Make a team and show it."""
    form, status = NewTeam(prefix="team-"), 400
    if form.validate_on_submit():
        try:
            with transaction():
                number = teams.create(actor, form.name.data or "", form.email.data or "")
            return go_to(f"/org/teams/edit/{number}")
        except DomainError as fault:
            form.name.errors, status = [fault.text], fault.status
    with transaction(write=False):
        return _teams(actor, form, status)


def _team(
    actor: Actor, team: Team, fault: DomainError | None = None, form: NewTeam | None = None
) -> Response:
    held = teams.by_id.scopes(team)
    actor = teams.by_id.holding(actor, team)
    may_see = actor.may("teams.permissions:read", *held)
    may_assign = actor.may("teams.roles:add")
    return page(
        "team", actor, team.name, fault.status if fault else 200,
        team=team, form=form or NewTeam(prefix="team-", name=team.name, email=team.email),
        members=teams.members(team) if may_see else [], groups=teams.groups(team) if may_see else [],
        people=permissions.grantees(actor.org_id, "", 500)[0] if actor.may("teams.permissions:write", *held) else [],
        given=roles.of(actor, Holder(team_id=team.id)) if actor.may("teams.roles:read") else [],
        every=[one for one in roles.every(actor) if one.kind != "basic"] if may_assign else [],
        may_see=may_see, may_write=actor.may("teams:write", *held), may_delete=actor.may("teams:delete", *held),
        may_members=actor.may("teams.permissions:write", *held), may_assign=may_assign,
        fault=fault.text if fault else "", done=request.args.get("done", ""),
    )  # fmt: skip


@pages.operation("GET", "/org/teams/edit/<team_id>", access=can("teams:read", of=teams.by_id))
def show_team(actor: Actor, team: Team) -> Response:
    """Show a team: its people, its groups, its roles."""
    return _team(actor, team)


_MEMBERS = can("teams.permissions:write", of=teams.by_id)


def _back(team: Team, done: str) -> Response:
    return go_to(f"/org/teams/edit/{team.id}?done={done}")


@pages.operation("POST", "/org/teams/edit/<team_id>", access=can("teams:write", of=teams.by_id))
def save_team(actor: Actor, team: Team) -> Response:
    """Rename a team."""
    form = NewTeam(prefix="team-")
    if not form.validate_on_submit():
        return _team(actor, team, form=form)
    try:
        teams.change(actor, team, form.name.data or "", form.email.data or "")
    except DomainError as fault:
        form.name.errors = [fault.text]
        return _team(actor, team, fault, form)
    return _back(team, "saved")


@pages.operation("POST", "/org/teams/edit/<team_id>/delete", access=can("teams:delete", of=teams.by_id))
def delete_team(actor: Actor, team: Team) -> Response:
    """Delete a team."""
    del actor
    teams.remove(team)
    return go_to("/org/teams?done=deleted")


def _person(name: str) -> int:
    try:
        return users.find_by_name(name.strip()).id
    except users.UserNotFound:
        raise NotFound(f"There is nobody called {name!r}") from None


def _tried(actor: Actor, team: Team, do: Any, done: str) -> Response:
    try:
        do()
    except DomainError as fault:
        return _team(actor, team, fault)
    return _back(team, done)


@pages.operation("POST", "/org/teams/edit/<team_id>/members", access=_MEMBERS)
def add_member(actor: Actor, team: Team) -> Response:
    """Let a person in."""
    name = request.form.get("who", "")
    return _tried(actor, team, lambda: teams.add_member(team, _person(name)), "member")


@pages.operation("POST", "/org/teams/edit/<team_id>/members/<user_id>/level", access=_MEMBERS)
def set_level(actor: Actor, team: Team, user_id: int) -> Response:
    """Have a member administer the team, or not."""
    level = 4 if request.form.get("permission") == "4" else 0
    return _tried(actor, team, lambda: teams.change_member(team, user_id, level), "level")


@pages.operation("POST", "/org/teams/edit/<team_id>/members/<user_id>/remove", access=_MEMBERS)
def remove_member(actor: Actor, team: Team, user_id: int) -> Response:
    """Take a person out of a team."""
    return _tried(actor, team, lambda: teams.remove_member(team, user_id), "left")


@pages.operation("POST", "/org/teams/edit/<team_id>/groups", access=_MEMBERS)
def add_group(actor: Actor, team: Team) -> Response:
    """Have the people of a group be in a team."""
    group = request.form.get("group", "").strip()
    return _tried(actor, team, lambda: teams.add_group(team, group) if group else None, "group")


@pages.operation("POST", "/org/teams/edit/<team_id>/groups/remove", access=_MEMBERS)
def remove_group(actor: Actor, team: Team) -> Response:
    """Have a group bring nobody in any more."""
    return _tried(actor, team, lambda: teams.remove_group(team, request.form.get("group", "")), "ungrouped")


@pages.operation(
    "POST", "/org/teams/edit/<team_id>/roles", access=can("teams.roles:add"), own_transactions=True
)
def set_team_roles(actor: Actor, team_id: int) -> Response:
    """Give a team a role, or take one away."""

    def do() -> None:
        give_or_take(actor, Holder(team_id=team_id))

    def again(fault: DomainError) -> Response:
        return _team(actor, teams.find(actor, team_id), fault)

    return attempt(do, f"/org/teams/edit/{team_id}?done=roles", again)


def give_or_take(actor: Actor, holder: Holder) -> None:
    """Do what the form of a list of roles asks for."""
    if request.form.get("take"):
        roles.take(actor, holder, request.form["take"])
    elif request.form.get("give"):
        roles.give(actor, holder, request.form["give"])
