"""A person's own settings: who they are, what they prefer, where they are signed in, which organisation they look at."""

from datetime import datetime
from typing import Any

from flask import Response, request

from blueprints.pages.forms import Preferred, Profile
from blueprints.pages.rendering import go_to, page
from core import clock
from core.access import Actor
from core.errors import DomainError
from models.session import transaction
from services import orgs, search, teams, users
from web.access import person
from web.operation import Pages

pages = Pages("profile_pages", __name__)
MOST_CHOICES = 500


def preferred_form(actor: Actor, user_id: int) -> Preferred:
    """Return the form of preferences, filled in with a person's (or, user_id 0, the organisation's)."""
    held = orgs.preferences(actor.org_id, user_id)
    form = Preferred(
        prefix="preferred-",
        theme=held["theme"],
        home=held.get("homeDashboardUID", ""),
        timezone=held["timezone"],
        week_start=held["weekStart"],
    )
    offer_dashboards(actor, form)
    return form


def offer_dashboards(actor: Actor, form: Preferred) -> None:
    """Let the form choose among dashboards, starred ones first."""
    starred = search.find(actor, search.Wanted(starred=True, kind="dash-db", limit=MOST_CHOICES)).rows
    every = search.find(actor, search.Wanted(kind="dash-db", limit=MOST_CHOICES)).rows
    choices = {row.uid: row.title for row in [*starred, *every]}
    if form.home.data and form.home.data not in choices:
        choices[form.home.data] = form.home.data
    form.home.choices = [("", "Default"), *choices.items()]


def _shown(
    actor: Actor, status: int = 200, *, profile: Profile | None = None, preferred: Preferred | None = None
) -> Response:
    user = users.find(actor.user_id)
    sessions = [
        {**one, "seen": clock.age(datetime.fromisoformat(one["seenAt"]).replace(tzinfo=None), clock.now())}
        for one in users.sessions(actor.user_id, actor.session_id)
    ]
    return page(
        "profile",
        actor,
        "Profile",
        status,
        profile=profile or Profile(prefix="profile-", name=user.name, email=user.email, login=user.login),
        preferred=preferred or preferred_form(actor, actor.user_id),
        orgs=users.orgs_of(actor.user_id),
        teams=teams.of_user(actor.org_id, actor.user_id),
        sessions=sessions,
        done=request.args.get("done", ""),
    )


@pages.operation("GET", "/profile", access=person)
def show(actor: Actor) -> Response:
    """Show who one is and what one prefers."""
    return _shown(actor)


def _done(what: str) -> Response:
    return go_to(f"/profile?done={what}")


@pages.operation("POST", "/profile", access=person, own_transactions=True)
def change(actor: Actor) -> Response:
    """Change name, e-mail and login."""
    form, status = Profile(prefix="profile-"), 400
    if form.validate_on_submit():
        try:
            with transaction():
                wanted = {name: getattr(form, name).data or "" for name in ("name", "email", "login")}
                users.change(actor.user_id, {**wanted, "theme": ""})
            return _done("profile")
        except DomainError as fault:
            form.login.errors, status = [fault.text], fault.status
    with transaction(write=False):
        return _shown(actor, status, profile=form)


@pages.operation("POST", "/profile/preferences", access=person, own_transactions=True)
def prefer(actor: Actor) -> Response:
    """Set one's preferences."""
    return save_preferences(
        actor, actor.user_id, lambda form, status: _shown(actor, status, preferred=form), "/profile"
    )


def save_preferences(actor: Actor, user_id: int, again: Any, address: str) -> Response:
    """Keep the preferences that a form sent, or show it again with what is wrong."""
    form, status = Preferred(prefix="preferred-"), 400
    with transaction(write=False):
        offer_dashboards(actor, form)
    if form.validate_on_submit():
        given = {
            "theme": form.theme.data,
            "timezone": form.timezone.data or "",
            "week_start": form.week_start.data,
            "home_dashboard_uid": form.home.data or "",
        }
        try:
            with transaction():
                orgs.prefer(actor, given, user_id=user_id, partly=True)
            return go_to(f"{address}?done=preferences")
        except DomainError as fault:
            form.home.errors, status = [fault.text], fault.status
    with transaction(write=False):
        shown: Response = again(form, status)
        return shown


@pages.operation("POST", "/profile/sessions/<session_id>/end", access=person)
def end_session(actor: Actor, session_id: int) -> Response:
    """Sign out elsewhere."""
    users.end_session(actor.user_id, session_id, actor.session_id)
    return _done("session")


@pages.operation("POST", "/profile/using/<org_id>", access=person)
def use_org(actor: Actor, org_id: int) -> Response:
    """Look at another organisation."""
    users.use_org(actor.user_id, org_id)
    return go_to("/")
