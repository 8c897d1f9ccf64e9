"""Signing in, and the first password."""

from urllib.parse import unquote, urlsplit

from flask import Response, redirect, request

from blueprints.pages.forms import NewPassword, SignIn
from blueprints.pages.rendering import go_to, page
from core.access import Actor
from core.errors import DomainError
from services import identity
from web import identity as credentials
from web import session
from web.access import person, public
from web.configured import settings
from web.operation import Pages
from web.prefix import url

pages = Pages("login_pages", __name__)
_WHY = "whoever is not in yet"


def _safe(target: str) -> str:
    """Return an address of this server, or its home: a sign-in never leads to another site."""
    parts = urlsplit(unquote(target))
    local = (
        not parts.scheme
        and not parts.netloc
        and parts.path.startswith("/")
        and not parts.path.startswith(("//", "/\\"))
    )
    return parts.path + ("?" + parts.query if parts.query else "") if local else "/"


@pages.operation("GET", "/login", access=public(_WHY), own_transactions=True)
def login(actor: Actor) -> Response:
    """Show the form, or go on for who is in."""
    if actor.known and not actor.is_guest:
        return go_to("/")
    return _form(actor, SignIn())


def _form(actor: Actor, form: SignIn, status: int = 200) -> Response:
    """Show the form with the hints that the settings give, or say that it is switched off."""
    form.user.render_kw["placeholder"] = settings().text("users", "login_hint")
    form.password.render_kw["placeholder"] = settings().text("users", "password_hint")
    closed = settings().flag("auth", "disable_login_form")
    return page(
        "login",
        actor,
        "Sign in",
        status,
        form=form,
        closed=closed,
        sign_up=settings().flag("users", "allow_sign_up"),
    )


@pages.operation("POST", "/signin", access=public(_WHY), own_transactions=True)
def sign_in(actor: Actor) -> Response:
    """Open a session and go to where the person wanted to be."""
    if request.headers.get("Origin") != "null":  # a page that keeps its address to itself
        credentials.check_origin()
    form = SignIn()
    if not form.validate_on_submit():
        return _form(actor, form, 400)
    try:
        credentials.sign_in(form.user.data or "", form.password.data or "")
    except DomainError as fault:
        form.password.errors = [fault.text]
        return _form(actor, form, fault.status)
    target = _safe(request.cookies.get("redirect_to", "/"))
    if form.user.data == "admin" and form.password.data == "admin":
        target = "/profile/password?first=1"
    response = redirect(
        url(target) if not target.startswith(request.script_root + "/") or not request.script_root else target
    )
    session.set_cookie(response, "redirect_to", "", 0)  # type: ignore[arg-type]
    return response  # type: ignore[return-value]


@pages.operation("GET", "/profile/password", access=person)
def password(actor: Actor) -> Response:
    """Show the form for a new password."""
    return page("password", actor, "Change password", form=NewPassword(), first=request.args.get("first"))


@pages.operation("POST", "/profile/password", access=person, own_transactions=True)
def change_password(actor: Actor) -> Response:
    """Set a new password."""
    form = NewPassword()
    if form.validate_on_submit():
        try:
            identity.change_password(actor, form.old.data or "", form.new.data or "")
            return go_to("/")
        except DomainError as fault:
            (form.new if fault.field == "new" else form.old).errors = [fault.text]
    return page("password", actor, "Change password", 400, form=form, first=request.args.get("first"))
