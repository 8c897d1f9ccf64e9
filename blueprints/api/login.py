"""Signing in and out."""

from flask import Response, redirect, request

from core.access import Actor
from core.errors import Unauthorized
from schemas.base import ErrorReply, Message
from schemas.orgs import Login
from services import identity
from web import identity as credentials
from web import session
from web.access import public
from web.configured import settings
from web.operation import Operations
from web.prefix import url
from web.responses import answer, said

api = Operations("login", __name__)


@api.operation(
    "POST",
    "/login",
    access=public("signing in"),
    own_transactions=True,
    replies={200: Message, 400: ErrorReply, 401: ErrorReply},
)
def login(actor: Actor) -> Response:
    """Open a session."""
    del actor
    body = Login().read(request.get_json(silent=True) if request.mimetype == "application/json" else None)
    credentials.sign_in(body["user"], body["password"])
    return said("Logged in")


@api.operation("GET", "/logout", access=public("whoever has no session is out already"), writes=True)
def logout(actor: Actor) -> Response:
    """End the session."""
    identity.sign_out(actor)
    session.issue("")
    return redirect(url("/login"))  # type: ignore[return-value]  # redirect() builds this application's Response


class NotIn(Unauthorized):
    """Nobody is signed in, says the route itself (the gate's own refusal names a charset)."""

    early = False


@api.operation(
    "GET",
    "/api/login/ping",
    access=public("it answers whether somebody is signed in"),
    own_transactions=True,
    replies={200: Message, 401: ErrorReply},
)
def ping(actor: Actor) -> Response:
    """Renew the session.

    Who names JSON in `Accept`, as all documents do, gets the object that they show; others the bare text that a
    Grafana sends.
    """
    if not actor.known:
        raise NotIn
    if actor.credential == "session":
        identity.touch_session(actor.credential_id, actor.user_id)
    if "application/json" in request.accept_mimetypes.values():
        return said("Logged in")
    return Response("Logged in", mimetype="application/json")


@api.operation("GET", "/login/<name>", access=public("where other ways in begin"), own_transactions=True)
def login_by(actor: Actor, name: str) -> Response:
    """Begin signing in by another server; none is configured yet."""
    del actor, name
    response = redirect(url("/login"))
    session.set_cookie(response, "login_error", "unknown", 60)  # type: ignore[arg-type]  # redirect() builds this application's Response
    return response  # type: ignore[return-value]


@api.operation("GET", "/api/user/signup/options", access=public("asked before there is an account"), id="")
def signup_options(actor: Actor) -> Response:
    """Say how accounts are made."""
    del actor
    return answer(
        {
            "autoAssignOrg": settings().flag("users", "auto_assign_org"),
            "verifyEmailEnabled": settings().flag("users", "verify_email_enabled"),
        }
    )
