"""The session cookie: an opaque token, whose digest is a row. Nothing is kept in the cookie itself."""

from typing import Any, cast

from flask import Flask, Response, g, session
from flask.sessions import SessionInterface, SessionMixin
from flask.wrappers import Request
from werkzeug.http import dump_cookie

from core.settings import Settings
from web.configured import settings


class RowSession(dict[str, Any], SessionMixin):
    """The session of one request. token: what the browser sent; issued: what it is to keep ("" takes it away).

    stale: it is taken away although it stood for nothing any more.
    """

    def __init__(self, token: str) -> None:
        super().__init__()
        self.token = token
        self.issued: str | None = None
        self.stale = False


class RowSessions(SessionInterface):
    """Hands the token to the identity hook, and sets or clears the cookie afterwards."""

    def open_session(self, app: Flask, request: Request) -> RowSession:
        """Return the session; a header credential leaves no room for the cookie beside it."""
        settings: Settings = app.config["SETTINGS"]
        return RowSession(
            "" if "Authorization" in request.headers else request.cookies.get(settings.session_cookie, "")
        )

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set the cookie where this request issued or revoked one."""
        row = cast(RowSession, session)
        if row.issued is not None:
            settings: Settings = app.config["SETTINGS"]
            lifetime = settings.seconds("auth", "login_maximum_lifetime_duration") if row.issued else 0
            set_cookie(response, settings.session_cookie, row.issued, lifetime)
            if not row.issued and row.stale:
                set_cookie(
                    response, settings.session_cookie, "", 0
                )  # as recorded: once for who came, once for the way out


def set_cookie(response: Response, name: str, value: str, max_age: int | None = None) -> None:
    """Add a cookie with the attributes that the settings ask for."""
    samesite = settings().text("security", "cookie_samesite").capitalize()
    header = dump_cookie(
        name,
        value,
        max_age=max_age,
        path=settings().sub_path + "/" if settings().sub_path else "/",
        secure=settings().flag("security", "cookie_secure"),
        httponly=True,
        samesite=samesite if samesite in {"Lax", "Strict", "None"} else None,
        sync_expires=False,
    )
    response.headers.add("Set-Cookie", header)


def current() -> RowSession:
    """Return this request's session."""
    return cast(RowSession, session._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - the proxy's own way


def issue(token: str) -> None:
    """Have the browser keep a new token, or (empty) forget the one it has."""
    current().stale = current().issued == token == ""
    current().issued = token
    g.pop("actor", None)
