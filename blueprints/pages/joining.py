"""Pages of who is not in yet: taking up an invitation, signing up, a forgotten password."""

from flask import Response, request

from blueprints.pages.forms.people import Forgotten, NewAccount, Reset, SignUp
from blueprints.pages.rendering import go_to, page
from core.access import Actor
from core.errors import DomainError
from models.session import transaction
from services import joining, resetting
from services.joining import Account
from web import identity as credentials
from web.access import public
from web.configured import settings
from web.operation import Pages

pages = Pages("joining_pages", __name__)
_WHY = "whoever is not in yet"


def _account(form: NewAccount) -> Account:
    return Account(
        form.username.data or "", form.email.data or "", form.name.data or "", form.password.data or ""
    )


def _blame(form: NewAccount, fault: DomainError) -> None:
    field = {"password": form.password, "email": form.email}.get(fault.field, form.username)
    field.errors = [fault.text]


@pages.operation("GET", "/invite/<code>", access=public("who holds its code was invited"))
def invited(actor: Actor, code: str) -> Response:
    """Show an invitation and ask for a password."""
    try:
        found = joining.looked_at(settings(), code)
    except DomainError as fault:
        words = "This invitation does not hold any more. Ask whoever sent it for another one."
        return page("gate_message", actor, "Invitation", fault.status, words=words)
    form = NewAccount(
        formdata=None, code=code, email=found["email"], name=found["name"], username=found["username"]
    )
    return page(
        "gate_account",
        actor,
        "Join",
        form=form,
        action=f"/invite/{code}",
        intro=f"{found['invitedBy'] or 'Somebody'} has invited you.",
    )


@pages.operation(
    "POST", "/invite/<code>", access=public("who holds its code was invited"), own_transactions=True
)
def accept(actor: Actor, code: str) -> Response:
    """Make the account of an invitation and sign it in."""
    credentials.check_origin()
    form, status = NewAccount(), 400
    if form.validate_on_submit():
        try:
            credentials.open_session(joining.accept(settings(), code, _account(form)))
            return go_to("/")
        except (joining.InviteNotFound, joining.InviteUsed) as fault:
            return page(
                "gate_message",
                actor,
                "Invitation",
                fault.status,
                words="This invitation does not hold any more.",
            )
        except DomainError as fault:
            _blame(form, fault)
            status = fault.status
    return page("gate_account", actor, "Join", status, form=form, action=f"/invite/{code}", intro="")


def _closed(actor: Actor) -> Response:
    words = "Nobody makes their own account here. Ask an administrator for an invitation."
    return page("gate_message", actor, "Sign up", 404, words=words)


@pages.operation("GET", "/signup", access=public(_WHY), own_transactions=True)
def sign_up(actor: Actor) -> Response:
    """Ask for an e-mail address, or (with the code that was sent) for a password."""
    if not settings().flag("users", "allow_sign_up"):
        return _closed(actor)
    verified = settings().flag("users", "verify_email_enabled")
    if verified and not request.args.get("code"):
        return page(
            "gate_form", actor, "Sign up", form=SignUp(), action="/signup", button="Send me a code", intro=""
        )
    given = {"code": request.args.get("code", ""), "email": request.args.get("email", "")}
    return page(
        "gate_account",
        actor,
        "Sign up",
        form=NewAccount(formdata=None, **given),
        action="/signup/account",
        intro="",
    )


@pages.operation("POST", "/signup", access=public(_WHY), own_transactions=True)
def send_code(actor: Actor) -> Response:
    """Send a code to an e-mail address."""
    credentials.check_origin()
    form, status = SignUp(), 400
    if form.validate_on_submit():
        try:
            with transaction():
                joining.sign_up(settings(), (form.email.data or "").strip())
            return page(
                "gate_message",
                actor,
                "Sign up",
                words="Look into your mail: the message has a link that goes on from here.",
            )
        except DomainError as fault:
            form.email.errors, status = [fault.text], fault.status
    return page(
        "gate_form", actor, "Sign up", status, form=form, action="/signup", button="Send me a code", intro=""
    )


@pages.operation("POST", "/signup/account", access=public(_WHY), own_transactions=True)
def make_account(actor: Actor) -> Response:
    """Make the account of who signs up and sign it in."""
    credentials.check_origin()
    form, status = NewAccount(), 400
    if form.validate_on_submit():
        try:
            number, _ = joining.complete_sign_up(
                settings(), _account(form), code=form.code.data or "", org_name=""
            )
            credentials.open_session(number)
            return go_to("/")
        except DomainError as fault:
            _blame(form, fault)
            status = fault.status
    return page("gate_account", actor, "Sign up", status, form=form, action="/signup/account", intro="")


@pages.operation("GET", "/user/password/send-reset-email", access=public(_WHY), own_transactions=True)
def forgotten(actor: Actor) -> Response:
    """Ask whose password is forgotten."""
    return _forgotten(actor, Forgotten())


def _forgotten(actor: Actor, form: Forgotten, status: int = 200) -> Response:
    return page(
        "gate_form", actor, "Forgotten password", status, form=form, action="/user/password/send-reset-email", button="Send me a link",
        intro="If there is an account of this name, a message with a link goes to its email address.",
    )  # fmt: skip


@pages.operation("POST", "/user/password/send-reset-email", access=public(_WHY), own_transactions=True)
def send_link(actor: Actor) -> Response:
    """Send a link for a new password; nobody learns whether there is such an account."""
    credentials.check_origin()
    form = Forgotten()
    if not form.validate_on_submit():
        return _forgotten(actor, form, 400)
    with transaction():
        resetting.send(settings(), (form.who.data or "").strip())
    words = (
        "If there is an account of this name, a message is on its way. The link in it holds for two hours."
    )
    return page("gate_message", actor, "Forgotten password", words=words)


@pages.operation("GET", "/user/password/reset", access=public(_WHY), own_transactions=True)
def new_password(actor: Actor) -> Response:
    """Ask for a new password."""
    return _reset(actor, Reset(formdata=None, code=request.args.get("code", "")))


def _reset(actor: Actor, form: Reset, status: int = 200) -> Response:
    return page(
        "gate_form",
        actor,
        "New password",
        status,
        form=form,
        action="/user/password/reset",
        button="Set password",
        intro="",
    )


@pages.operation("POST", "/user/password/reset", access=public(_WHY), own_transactions=True)
def set_password(actor: Actor) -> Response:
    """Set a password by the code that was sent."""
    credentials.check_origin()
    form, status = Reset(), 400
    if form.validate_on_submit():
        try:
            resetting.reset(form.code.data or "", form.password.data or "", form.again.data or "")
            return page(
                "gate_message", actor, "New password", words="Your new password is set. Sign in with it."
            )
        except DomainError as fault:
            form.password.errors, status = [fault.text], fault.status
    return _reset(actor, form, status)
