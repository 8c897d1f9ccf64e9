"""People, for server administrators."""

from typing import Any

from flask import Response, request

from core.access import Actor
from core.errors import BadRequest
from schemas.base import ErrorReply, Message
from schemas.orgs import NewPassword, NewUser, Profile, RevokedSession, ServerAdmin, UserReply
from services import quotas, teams, users
from web.access import can
from web.configured import settings
from web.operation import Operations
from web.paging import number
from web.responses import answer, said

api = Operations("users", __name__, url_prefix="/api")
_ERRORS = {400: ErrorReply, 401: ErrorReply, 403: ErrorReply}


def _page() -> tuple[int, list[dict[str, Any]], int, int]:
    limit, page = number("perpage", 1000), number("page", 1)
    total, found = users.listed(query=request.args.get("query", ""), limit=limit, page=page)
    return total, found, page, limit


@api.operation(
    "GET",
    "/users",
    id="searchUsers",
    access=can("users:read"),
    query={"perpage": "integer", "page": "integer"},
)
def list_users(actor: Actor) -> Response:
    """List people."""
    del actor
    return answer(_page()[1])


@api.operation("GET", "/users/search", id="searchUsersWithPaging", access=can("users:read"))
def search_users(actor: Actor) -> Response:
    """List people by page."""
    del actor
    total, found, page, limit = _page()
    return answer({"totalCount": total, "users": found, "page": page, "perPage": limit})


@api.operation(
    "GET",
    "/users/lookup",
    id="getUserByLoginOrEmail",
    access=can("users:read"),
    replies={200: UserReply, 404: ErrorReply, **_ERRORS},
)
def lookup_user(actor: Actor) -> Response:
    """Return a person by login or e-mail."""
    del actor
    return answer(
        {
            **users.shown(users.find_by_name(request.args.get("loginOrEmail", ""))),
            "authLabels": None,
            "avatarUrl": "",
        }
    )


@api.operation(
    "GET",
    "/users/<id>",
    id="getUserByID",
    access=can("users:read"),
    replies={200: UserReply, 404: ErrorReply, **_ERRORS},
)
def get_user(actor: Actor, id: int) -> Response:  # noqa: A002 - the name in the address
    """Return a person."""
    del actor
    return answer(users.shown(users.find(id)))


@api.operation(
    "PUT",
    "/users/<id>",
    id="updateUser",
    access=can("users:write"),
    body=Profile,
    replies={200: Message, **_ERRORS},
)
def update_user(actor: Actor, id: int, body: dict[str, Any]) -> Response:  # noqa: A002
    """Change what a person is called."""
    del actor
    users.change(id, body)
    return said("User updated")


@api.operation("GET", "/users/<id>/orgs", id="getUserOrgList", access=can("users:read"))
def user_orgs(actor: Actor, id: int) -> Response:  # noqa: A002
    """List a person's organisations."""
    del actor
    return answer(users.orgs_of(id))


@api.operation("GET", "/users/<id>/teams", id="getUserTeams", access=can("users:read"))
def user_teams(actor: Actor, id: int) -> Response:  # noqa: A002
    """List a person's teams in the caller's organisation."""
    return answer(teams.of_user(actor.org_id, id))


@api.operation(
    "POST", "/users/<id>/using/<org_id>", access=can("users:write"), replies={200: Message, **_ERRORS}
)
def user_using(actor: Actor, id: int, org_id: int) -> Response:  # noqa: A002
    """Have a person look at another organisation."""
    del actor
    users.use_org(id, org_id)
    return said("Active organization changed")


@api.operation(
    "POST",
    "/admin/users",
    id="adminCreateUser",
    access=can("users:create", known=False),
    body=NewUser,
    own_transactions=True,
    replies={200: Message, 412: ErrorReply, **_ERRORS},
)
def create_user(actor: Actor, body: dict[str, Any]) -> Response:
    """Make a person."""
    del actor
    quotas.require("user")
    where = users.first_org(settings(), own=body["email"] or body["login"])
    return said("User created", id=users.create(**body, **where))


@api.operation(
    "PUT",
    "/admin/users/<id>/password",
    id="adminUpdateUserPassword",
    access=can("users.password:write", known=False),
    body=NewPassword,
    own_transactions=True,
    replies={200: Message, **_ERRORS},
)
def set_user_password(actor: Actor, id: int, body: dict[str, Any]) -> Response:  # noqa: A002
    """Set a person's password."""
    del actor
    users.set_password(id, body["password"])
    return said("User password updated")


@api.operation(
    "PUT",
    "/admin/users/<id>/permissions",
    id="adminUpdateUserPermissions",
    access=can("users.permissions:write", known=False),
    body=ServerAdmin,
    replies={200: Message, **_ERRORS},
)
def set_user_permissions(actor: Actor, id: int, body: dict[str, Any]) -> Response:  # noqa: A002
    """Make a person a server administrator, or not."""
    del actor
    users.set_server_admin(id, is_admin=body["is_admin"])
    return said("User permissions updated")


@api.operation("POST", "/admin/users/<id>/disable", id="adminDisableUser", access=can("users:disable", known=False),
    replies={200: Message, 404: ErrorReply, **_ERRORS},
)  # fmt: skip
def disable_user(actor: Actor, id: int) -> Response:  # noqa: A002 - the name in the address
    """Let a person in no more."""
    del actor
    users.set_disabled(id, disabled=True)
    return said("User disabled")


@api.operation("POST", "/admin/users/<id>/enable", id="adminEnableUser", access=can("users:enable", known=False),
    replies={200: Message, 404: ErrorReply, **_ERRORS},
)  # fmt: skip
def enable_user(actor: Actor, id: int) -> Response:  # noqa: A002
    """Let a person in again."""
    del actor
    users.set_disabled(id, disabled=False)
    return said("User enabled")


@api.operation("POST", "/admin/users/<id>/logout", id="adminLogoutUser", access=can("users:logout", known=False),
    replies={200: Message, 404: ErrorReply, **_ERRORS},
)  # fmt: skip
def logout_user(actor: Actor, id: int) -> Response:  # noqa: A002
    """Sign a person out everywhere."""
    if id == actor.user_id:
        raise BadRequest("You cannot logout yourself", traced=False)
    users.end_sessions(id)
    return said("User logged out")


@api.operation("GET", "/admin/users/<id>/auth-tokens", id="adminGetUserAuthTokens",
    access=can("users.authtoken:read", known=False), replies={404: ErrorReply, **_ERRORS},
)  # fmt: skip
def sessions_of_user(actor: Actor, id: int) -> Response:  # noqa: A002
    """List a person's sessions."""
    users.find(id)
    return answer(users.sessions(id, actor.session_id))


@api.operation("POST", "/admin/users/<id>/revoke-auth-token", id="adminRevokeUserAuthToken",
    access=can("users.authtoken:write", known=False), body=RevokedSession,
    replies={200: Message, 404: ErrorReply, **_ERRORS},
)  # fmt: skip
def revoke_session_of_user(actor: Actor, id: int, body: dict[str, Any]) -> Response:  # noqa: A002
    """End one of a person's sessions."""
    users.find(id)
    users.end_session(id, body["session_id"], actor.session_id if id == actor.user_id else 0)
    return said("User auth token revoked")


@api.operation(
    "DELETE",
    "/admin/users/<id>",
    id="adminDeleteUser",
    access=can("users:delete", known=False),
    replies={200: Message, 404: ErrorReply, **_ERRORS},
)
def delete_user(actor: Actor, id: int) -> Response:  # noqa: A002
    """Delete a person."""
    del actor
    users.remove(id)
    return said("User deleted")
