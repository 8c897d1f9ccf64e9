"""Turns faults into answers: JSON for the API, pages for people, and never a stack trace."""

import logging
import secrets
from typing import cast
from urllib.parse import quote

from flask import Flask, Response, g, redirect, render_template, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.exceptions import NotFound as NoSuchPath

from core.access import NOBODY
from core.errors import BadRequest, DomainError, NotFound, Unauthorized, Unavailable
from models import faults
from web import identity
from web.prefix import url
from web.responses import JSON, JSON_UTF8, answer
from web.session import set_cookie

log = logging.getLogger("belvedere")


class NoSuchRoute(NotFound):
    """No route has this address and verb."""

    early = True


def wants_page() -> bool:
    """Say whether the asker is a person with a browser."""
    if request.headers.get("Accept") == JSON:
        return False  # a script of ours
    return not request.path.startswith(("/api/", "/metrics", "/healthz")) and request.path != "/api"


def install(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(SQLAlchemyError, _database)
    app.register_error_handler(OverflowError, _database)  # a number that SQLite's driver cannot write
    app.register_error_handler(RecursionError, _too_deep)
    app.register_error_handler(faults.Overtaken, _overtaken)
    app.register_error_handler(Exception, _unforeseen)


def _domain(fault: DomainError) -> Response:
    if not wants_page() or request.path == "/login":
        return answer(fault.body(), fault.status, JSON_UTF8 if fault.early else JSON)
    if fault.status == 401:
        return _to_login()
    return _page(fault)


def _http(fault: HTTPException) -> Response:
    if isinstance(fault, NoSuchPath | MethodNotAllowed):
        try:
            actor = identity.actor()
        except DomainError as refusal:
            return _domain(refusal)
        if not actor.known:
            return _domain(Unauthorized())
        return _domain(NoSuchRoute())
    if fault.response is not None:
        return cast(Response, fault.response)
    plain = DomainError(fault.description or fault.name)
    return _page(plain, fault.code or 500) if wants_page() else answer(plain.body(), fault.code or 500)


def _database(fault: SQLAlchemyError | OverflowError) -> Response:
    words = faults.trouble(fault)
    if words:
        log.warning("database: %s", getattr(fault, "orig", fault))
        return _domain(Unavailable(words))
    if faults.unstorable(fault):
        return _domain(
            BadRequest("A value is too long, or holds a character that cannot be kept", traced=False)
        )
    return _unforeseen(fault)


def _too_deep(fault: RecursionError) -> Response:
    del fault
    return _domain(BadRequest("The JSON is nested too deeply", traced=False))


def _overtaken(fault: faults.Overtaken) -> Response:
    return _domain(fault.refusal) if isinstance(fault.refusal, DomainError) else _unforeseen(fault)


def _unforeseen(fault: Exception) -> Response:
    number = secrets.token_hex(6)
    log.error("request %s failed, number %s", getattr(g, "request_id", "-"), number, exc_info=fault)
    plain = DomainError(f"Internal Server Error: the server's log says more under {number}")
    return _page(plain) if wants_page() else answer({**plain.body(), "traceID": number}, 500)


def _to_login() -> Response:
    response = cast(Response, redirect(url("/login")))
    if request.path != "/" and request.method == "GET":
        set_cookie(response, "redirect_to", quote(request.full_path.rstrip("?"), safe="/?=&"))
    return response


def _page(fault: DomainError, status: int = 0) -> Response:
    actor = g.get("actor", NOBODY)
    return Response(
        render_template("pages/error.html", fault=fault, actor=actor),
        status or fault.status,
        content_type="text/html; charset=utf-8",
    )
