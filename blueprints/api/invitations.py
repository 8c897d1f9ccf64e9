"""Invitations into an organisation, and what whoever was invited does with them; signing up; a forgotten password."""

from typing import Any

from flask import Response

from core.access import Actor
from core.errors import BadRequest, DomainError
from schemas.accounts import (
    AcceptedInvitation,
    ForgottenPassword,
    NewInvitation,
    ResetPassword,
    SignUp,
    SignUpDone,
)
from schemas.base import ErrorReply, Message
from services import joining, resetting, users
from services.joining import Account
from web import identity as credentials
from web.access import can, public
from web.configured import settings
from web.operation import Operations
from web.responses import answer, said

api = Operations("org_invites", __name__, url_prefix="/api")
_ERRORS = {400: ErrorReply, 401: ErrorReply, 403: ErrorReply, 412: ErrorReply}


@api.operation("GET", "/org/invites", id="getPendingOrgInvites", access=can("org.users:add"), replies=_ERRORS)
def pending(actor: Actor) -> Response:
    """List invitations that nobody has taken up."""
    return answer(joining.pending(actor, settings()))


@api.operation(
    "POST",
    "/org/invites",
    id="addOrgInvite",
    access=can("org.users:add"),
    body=NewInvitation,
    replies={200: Message, **_ERRORS},
)
def invite(actor: Actor, body: dict[str, Any]) -> Response:
    """Invite somebody, or add who has an account."""
    done = joining.invite(
        actor,
        settings(),
        who=body["login_or_email"],
        name=body["name"],
        role=body["role"],
        send=body["send_email"],
    )
    return said(done.message, **({"userId": done.user_id} if done.user_id else {}))


def _revoke(actor: Actor, code: str) -> Response:
    """Take an invitation back."""
    joining.revoke(actor, code)
    return said("Invite revoked")


for _verb, _id in (("DELETE", "revokeInvite"), ("PATCH", "")):
    api.operation(
        _verb,
        "/org/invites/<code>/revoke",
        id=_id,
        access=can("org.users:add"),
        replies={200: Message, **_ERRORS},
    )(_revoke)


@api.operation(
    "GET", "/user/invite/<code>", access=public("who holds its code was invited"), replies={404: ErrorReply}
)
def look_at(actor: Actor, code: str) -> Response:
    """Return what an invitation says."""
    del actor
    return answer(joining.looked_at(settings(), code))


@api.operation(
    "POST", "/user/invite/complete", access=public("who holds its code was invited"), body=AcceptedInvitation,
    own_transactions=True, replies={200: Message, 404: ErrorReply, **_ERRORS},
)  # fmt: skip
def accept(actor: Actor, body: dict[str, Any]) -> Response:
    """Make the account of an invitation and sign it in."""
    del actor
    if body["confirm"] and body["confirm"] != body["password"]:
        raise BadRequest("Passwords do not match", traced=False)
    wanted = Account(body["username"], body["email"], body["name"], body["password"])
    number = joining.accept(settings(), body["code"], wanted)
    credentials.open_session(number)
    return said("User created and logged in", id=number)


@api.operation(
    "POST", "/user/signup", access=public("asked before there is an account"), body=SignUp,
    replies={200: Message, 422: ErrorReply, **_ERRORS},
)  # fmt: skip
def sign_up(actor: Actor, body: dict[str, Any]) -> Response:
    """Begin a sign-up."""
    del actor
    return answer(joining.sign_up(settings(), body["email"]))


class EmailTaken(DomainError):
    """The address has an account; the original answers 401 here."""

    status = 401
    message = "User with same email address already exists"


@api.operation(
    "POST", "/user/signup/step2", access=public("asked before there is an account"), body=SignUpDone,
    own_transactions=True, replies={200: Message, 404: ErrorReply, **_ERRORS},
)  # fmt: skip
def complete_sign_up(actor: Actor, body: dict[str, Any]) -> Response:
    """Make the account of who signs up and sign it in."""
    del actor
    wanted = Account(body["username"], body["email"], body["name"], body["password"])
    try:
        number, where = joining.complete_sign_up(
            settings(), wanted, code=body["code"], org_name=body["org_name"]
        )
    except users.UserExists:
        raise EmailTaken from None
    credentials.open_session(number)
    return said("User sign up completed successfully", code=where)


@api.operation(
    "POST", "/user/password/send-reset-email", access=public("for who cannot sign in"), body=ForgottenPassword,
    replies={200: Message, **_ERRORS},
)  # fmt: skip
def send_reset(actor: Actor, body: dict[str, Any]) -> Response:
    """Send a code for a new password; the answer is the same for who is not known."""
    del actor
    resetting.send(settings(), body["user_or_email"])
    return said("Email sent")


@api.operation(
    "POST", "/user/password/reset", access=public("for who cannot sign in"), body=ResetPassword, own_transactions=True,
    replies={200: Message, **_ERRORS},
)  # fmt: skip
def reset(actor: Actor, body: dict[str, Any]) -> Response:
    """Set a password by a code that was sent."""
    del actor
    resetting.reset(body["code"], body["new_password"], body["confirm"])
    return said("User password changed")
