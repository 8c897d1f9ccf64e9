"""The signed-in person."""

from typing import Any

from flask import Response

from core.access import Actor, Loader
from core.errors import BadRequest
from schemas.base import ErrorReply, Message
from schemas.orgs import HomeDashboard, OwnPassword, Preferred, Profile, RevokedSession, UserReply
from services import dashboards, identity, orgs, teams, users
from web.access import can, person
from web.operation import Operations
from web.responses import answer, said

api = Operations("user", __name__, url_prefix="/api/user")
_ERRORS = {400: ErrorReply, 401: ErrorReply, 403: ErrorReply}


@api.operation("GET", "", id="getSignedInUser", access=person, replies={200: UserReply, **_ERRORS})
def get_self(actor: Actor) -> Response:
    """Return the signed-in person."""
    return answer(users.shown(users.find(actor.user_id)))


@api.operation(
    "PUT", "", id="updateSignedInUser", access=person, body=Profile, replies={200: Message, **_ERRORS}
)
def update_self(actor: Actor, body: dict[str, Any]) -> Response:
    """Change what the signed-in person is called."""
    users.change(actor.user_id, body)
    return said("User updated")


@api.operation("GET", "/orgs", id="getSignedInUserOrgList", access=person)
def own_orgs(actor: Actor) -> Response:
    """List the person's organisations."""
    return answer(users.orgs_of(actor.user_id))


@api.operation("GET", "/teams", id="getSignedInUserTeamList", access=person)
def own_teams(actor: Actor) -> Response:
    """List the person's teams."""
    return answer(teams.of_user(actor.org_id, actor.user_id))


@api.operation("POST", "/using/<id>", id="userSetUsingOrg", access=person, replies={200: Message, **_ERRORS})
def use_org(actor: Actor, id: int) -> Response:  # noqa: A002 - the name in the address
    """Look at another organisation."""
    users.use_org(actor.user_id, id)
    return said("Active organization changed")


@api.operation(
    "PUT",
    "/password",
    id="changeUserPassword",
    access=person,
    body=OwnPassword,
    own_transactions=True,
    replies={200: Message, **_ERRORS},
)
def own_password(actor: Actor, body: dict[str, Any]) -> Response:
    """Change the own password."""
    identity.change_password(actor, body["old_password"], body["new_password"])
    return said("User password changed")


@api.operation("GET", "/auth-tokens", id="getUserAuthTokens", access=person)
def own_sessions(actor: Actor) -> Response:
    """List the person's sessions."""
    return answer(users.sessions(actor.user_id, actor.session_id))


@api.operation(
    "POST",
    "/revoke-auth-token",
    id="revokeUserAuthToken",
    access=person,
    body=RevokedSession,
    replies={200: Message, **_ERRORS},
)
def revoke_session(actor: Actor, body: dict[str, Any]) -> Response:
    """End one of the person's sessions."""
    users.end_session(actor.user_id, body["session_id"], actor.session_id)
    return said("User auth token revoked")


@api.operation("PUT", "/helpflags/<id>", id="setHelpFlag", access=person, replies={200: Message, **_ERRORS})
def set_help_flag(actor: Actor, id: int) -> Response:  # noqa: A002 - the name in the address
    """Note that the person has seen a hint."""
    return said("Help flag set", helpFlags1=users.set_help_flag(actor.user_id, id))


@api.operation(
    "GET",
    "/helpflags/clear",
    id="clearHelpFlags",
    access=person,
    writes=True,
    replies={200: Message, **_ERRORS},
)
def clear_help_flags(actor: Actor) -> Response:
    """Show all hints again."""
    return said("Help flag set", helpFlags1=users.set_help_flag(actor.user_id, None))


@api.operation("GET", "/preferences", id="getUserPreferences", access=person)
def own_preferences(actor: Actor) -> Response:
    """Return the person's preferences."""
    return answer(orgs.preferences(actor.org_id, actor.user_id))


@api.operation(
    "PUT",
    "/preferences",
    id="updateUserPreferences",
    access=person,
    body=Preferred,
    replies={200: Message, **_ERRORS},
)
def set_own_preferences(actor: Actor, body: dict[str, Any]) -> Response:
    """Replace the person's preferences."""
    orgs.prefer(actor, body, user_id=actor.user_id, partly=False)
    return said("Preferences updated")


@api.operation(
    "PATCH",
    "/preferences",
    id="patchUserPreferences",
    access=person,
    body=Preferred,
    replies={200: Message, **_ERRORS},
)
def patch_own_preferences(actor: Actor, body: dict[str, Any]) -> Response:
    """Change some of the person's preferences."""
    orgs.prefer(actor, body, user_id=actor.user_id, partly=True)
    return said("Preferences updated")


old_preferences = Operations("preferences", __name__, url_prefix="/api/preferences")


@old_preferences.operation(
    "POST", "/set-home-dash", access=person, body=HomeDashboard, replies={200: Message, **_ERRORS}
)
def set_home_dashboard(actor: Actor, body: dict[str, Any]) -> Response:
    """Set the dashboard that the person begins with."""
    orgs.prefer(actor, body, user_id=actor.user_id, partly=True)
    return said("Home dashboard set")


stars = Operations("stars", __name__, url_prefix="/api/user/stars")


def _by_number(actor: Actor, number: str) -> Any:
    if not number.isdecimal() or len(number) > 18:
        raise BadRequest("Invalid dashboard ID", traced=False)
    if int(number) == 0:
        raise BadRequest("Missing dashboard id", traced=False)
    return dashboards.find_by_id(actor, int(number))


_BY_ID = Loader("dashboard", ("number",), _by_number, dashboards.scopes, dashboards.by_id.holding)


@stars.operation("GET", "", access=person)
def list_stars(actor: Actor) -> Response:
    """List the uids of marked dashboards."""
    return answer(users.stars(actor))


@stars.operation(
    "POST",
    "/dashboard/uid/<uid>",
    id="starDashboardByUID",
    access=can("dashboards:read", of=dashboards.by_uid),
    replies={200: Message, **_ERRORS},
)
def star_by_uid(actor: Actor, dashboard: Any) -> Response:
    """Mark a dashboard."""
    users.star(actor, dashboard.id)
    return said("Dashboard starred!")


@stars.operation(
    "DELETE",
    "/dashboard/uid/<uid>",
    id="unstarDashboardByUID",
    access=can("dashboards:read", of=dashboards.by_uid),
    replies={200: Message, **_ERRORS},
)
def unstar_by_uid(actor: Actor, dashboard: Any) -> Response:
    """Take a dashboard's mark away."""
    users.unstar(actor, dashboard.id)
    return said("Dashboard unstarred")


@stars.operation(
    "POST",
    "/dashboard/<number>",
    id="starDashboard",
    access=can("dashboards:read", of=_BY_ID),
    replies={200: Message, **_ERRORS},
)
def star_by_id(actor: Actor, dashboard: Any) -> Response:
    """Mark a dashboard by its number."""
    users.star(actor, dashboard.id)
    return said("Dashboard starred!")


@stars.operation(
    "DELETE",
    "/dashboard/<number>",
    id="unstarDashboard",
    access=can("dashboards:read", of=_BY_ID),
    replies={200: Message, **_ERRORS},
)
def unstar_by_id(actor: Actor, dashboard: Any) -> Response:
    """Take a dashboard's mark away, by its number."""
    users.unstar(actor, dashboard.id)
    return said("Dashboard unstarred")
