"""How people get accounts: invited into an organisation, or signing up by themselves."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update

from core import clock
from core.access import Actor
from core.errors import BadRequest, DomainError, NotFound, Unauthorized, Unprocessable
from core.settings import Settings
from models import Invitation, Org, OrgUser, User, db
from models.session import transaction
from services import mail, orgs, quotas, users
from services.access import require_role

PENDING, STARTED, COMPLETED, REVOKED = "InvitePending", "SignUpStarted", "Completed", "Revoked"
_NEVER = datetime(1, 1, 1)  # noqa: DTZ001 - stored times have no zone


class InviteNotFound(NotFound):
    """No invitation has this code, or its time is over."""

    message = "Invite not found"


class InviteUsed(DomainError):
    """The invitation was accepted or revoked."""

    status = 412


class AlreadyThere(DomainError):
    """Whoever is invited belongs to the organisation."""

    status, traced = 412, True


class SignUpClosed(Unauthorized):
    """Nobody signs up here by themselves."""

    message, early = "User signup is disabled", False


def _code() -> str:
    return secrets.token_urlsafe(24)


def _address(settings: Settings, code: str) -> str:
    return f"{settings.root_url}invite/{code}"


def _alive(settings: Settings) -> datetime:
    """Return the moment after which an invitation must have been made to hold."""
    return clock.now() - timedelta(
        seconds=settings.seconds("users", "user_invite_max_lifetime_duration") or 86_400
    )


@dataclass(frozen=True)
class Invited:
    """What an invitation did. user_id: of who had an account and is now a member; 0 where a message or link went out."""

    message: str
    user_id: int = 0


def invite(actor: Actor, settings: Settings, *, who: str, name: str, role: str, send: bool) -> Invited:
    """Invite somebody by e-mail, or add who has an account. Raises RoleTooHigh, AlreadyThere, NotConfigured, Reached."""
    require_role(actor, role)
    quotas.require("org_user", org_id=actor.org_id)
    inviter = actor.name or actor.login or "An administrator"
    words = {"invited_by": inviter, "org_name": actor.org_name, "name": name}
    known = db.session.scalar(
        select(User).where(or_(User.login == who, User.email == who), User.is_service_account.is_(False))
    )
    if known is not None:
        try:
            orgs.add_member(actor.org_id, known.id, role)
        except orgs.AlreadyMember:
            raise AlreadyThere(f"User {who} is already added to organization") from None
        if send:
            mail.post(settings, known.email, "invited_to_org", words)
        return Invited(f"Existing Grafana user {who} added to org {actor.org_name}", known.id)
    if send:
        mail.require(settings)
    code, now = _code(), clock.now()
    sent = send and "@" in who
    row = Invitation(
        org_id=actor.org_id,
        email=who,
        name=name,
        role=role,
        code=code,
        status=PENDING,
        invited_by=actor.user_id,
        email_sent=sent,
        email_sent_on=now if sent else None,
        created=now,
        updated=now,
    )
    db.session.add(row)
    db.session.flush()
    if not sent:
        return Invited(f"Created invite for {who}")
    until = now + timedelta(seconds=settings.seconds("users", "user_invite_max_lifetime_duration") or 86_400)
    more = {"url": _address(settings, code), "until": f"{until:%Y-%m-%d %H:%M} UTC"}
    mail.post(settings, who, "new_user_invite", {**words, **more})
    return Invited(f"Sent invite to {who}")


def pending(actor: Actor, settings: Settings) -> list[dict[str, Any]]:
    """Return the invitations of the organisation that nobody has taken up."""
    query = (
        select(Invitation, User.login, User.email.label("by_email"), User.name.label("by_name"))
        .outerjoin(User, User.id == Invitation.invited_by)
        .where(Invitation.org_id == actor.org_id, Invitation.status == PENDING)
    )
    return [
        {
            "id": row.id,
            "orgId": row.org_id,
            "name": row.name,
            "email": row.email,
            "role": row.role,
            "invitedByLogin": login or "",
            "invitedByEmail": by_email or "",
            "invitedByName": by_name or "",
            "code": row.code,
            "status": row.status,
            "url": _address(settings, row.code),
            "emailSent": row.email_sent,
            "emailSentOn": clock.iso(row.email_sent_on or _NEVER),
            "createdOn": clock.iso(row.created),
        }
        for row, login, by_email, by_name in db.session.execute(query.order_by(Invitation.id.desc()))
    ]


def revoke(actor: Actor, code: str) -> None:
    """Take an invitation back; one that is not there is no fault (as recorded)."""
    mine = Invitation.org_id == actor.org_id, Invitation.code == code, Invitation.status == PENDING
    db.session.execute(update(Invitation).where(*mine).values(status=REVOKED, updated=clock.now()))


def _find(settings: Settings, code: str) -> Invitation:
    """Return an invitation that can be taken up. Raises InviteNotFound, InviteUsed."""
    row = db.session.scalar(select(Invitation).where(Invitation.code == code, Invitation.org_id > 0))
    if row is None or (row.status == PENDING and row.created < _alive(settings)):
        raise InviteNotFound
    if row.status != PENDING:
        raise InviteUsed(f"Invite cannot be used in status {row.status}")
    return row


def looked_at(settings: Settings, code: str) -> dict[str, str]:
    """Return what an invitation says to who holds its code. Raises InviteNotFound, InviteUsed."""
    row = _find(settings, code)
    inviter = db.session.get(User, row.invited_by)
    by = (inviter.name or inviter.login or inviter.email) if inviter is not None else ""
    return {"email": row.email, "name": row.name, "username": row.email, "invitedBy": by}


@dataclass(frozen=True)
class Account:
    """The account that somebody wants."""

    username: str
    email: str
    name: str
    password: str


def accept(settings: Settings, code: str, wanted: Account) -> int:
    """Make the account of an invitation and return its id. Raises InviteNotFound, InviteUsed, BadRequest, UserExists."""
    with transaction(write=False):
        row = _find(settings, code)
        org_id, role, invited, known = row.org_id, row.role, row.email, row.name
    quotas.require("user")
    quotas.require("org_user", org_id=org_id)

    def took(number: int) -> None:
        mine = Invitation.code == code, Invitation.status == PENDING
        done = update(Invitation).where(*mine).values(status=COMPLETED, updated=clock.now())
        if not db.session.execute(done).rowcount:  # type: ignore[attr-defined]
            raise InviteUsed(f"Invite cannot be used in status {COMPLETED}")  # somebody was faster
        if wanted.email == invited:
            db.session.execute(update(User).where(User.id == number).values(email_verified=True))

    return users.create(
        login=wanted.username or wanted.email or invited,
        email=wanted.email or invited,
        name=wanted.name or known,
        password=wanted.password,
        org_id=org_id,
        default_org=org_id,
        default_role=role,
        then=took,
    )


def sign_up(settings: Settings, email: str, *, said: str = "SignUpCreated") -> dict[str, str]:
    """Begin a sign-up: a code goes to the address.

    Where codes are asked for (`users.verify_email_enabled`) the answer is the same for an address that has an account,
    which gets a message of its own. Raises SignUpClosed, BadRequest, Unprocessable.
    """
    _require_open(settings)
    if "@" not in email or len(email) > 190:
        raise BadRequest("Enter an e-mail address", field="email", traced=False)
    known = db.session.scalar(select(User.id).where(or_(User.email == email, User.login == email)))
    if known is not None:
        if not settings.flag("users", "verify_email_enabled"):
            raise Unprocessable("User with same email address already exists")
        mail.post(settings, email, "signup_known", {})
        return {"status": said}
    code, now = _code(), clock.now()
    db.session.add(
        Invitation(
            org_id=0,
            email=email,
            code=code,
            status=STARTED,
            email_sent=mail.is_on(settings),
            email_sent_on=now,
            created=now,
            updated=now,
        )
    )
    db.session.flush()
    address = f"{settings.root_url}signup?email={email}&code={code}"
    mail.post(settings, email, "signup_started", {"url": address, "code": code})
    return {"status": said}


def _require_open(settings: Settings) -> None:
    if not settings.flag("users", "allow_sign_up"):
        raise SignUpClosed


def complete_sign_up(settings: Settings, wanted: Account, *, code: str, org_name: str) -> tuple[int, str]:
    """Make the account of who signs up; return its id and where it begins.

    Without `users.auto_assign_org` it gets an organisation of its own. Open invitations for the address are taken up.
    Raises SignUpClosed, BadRequest, UserExists, Reached.
    """
    _require_open(settings)
    verified = settings.flag("users", "verify_email_enabled")
    if verified:
        with transaction(write=False):
            started = db.session.scalar(
                select(Invitation.id).where(
                    Invitation.code == code,
                    Invitation.email == wanted.email,
                    Invitation.status == STARTED,
                    Invitation.created >= _alive(settings),
                )
            )
        if not code or started is None:
            raise NotFound("Invalid email verification code", traced=False)
    quotas.require("user")
    where = ["redirect-to-landing-page"]

    def settle(number: int) -> None:
        if verified:
            db.session.execute(update(User).where(User.id == number).values(email_verified=True))
            done = update(Invitation).where(Invitation.code == code)
            db.session.execute(done.values(status=COMPLETED, updated=clock.now()))
            if _take_up(settings, number, wanted.email):
                where[0] = "redirect-to-select-org"
        if settings.flag("emails", "welcome_email_on_sign_up"):
            mail.post(settings, wanted.email, "welcome_on_signup", {"name": wanted.name})

    number = users.create(
        login=wanted.username or wanted.email,
        email=wanted.email,
        name=wanted.name,
        password=wanted.password,
        org_id=0,
        **users.first_org(settings, own=org_name or wanted.email),
        then=settle,
    )
    return number, where[0]


def _take_up(settings: Settings, user_id: int, email: str) -> bool:
    """Accept open invitations for an address that is known to be somebody's own."""
    rows = db.session.scalars(
        select(Invitation).where(
            Invitation.email == email,
            Invitation.status == PENDING,
            Invitation.org_id.in_(select(Org.id)),
            Invitation.created >= _alive(settings),
        )
    ).all()
    for row in rows:
        there = select(OrgUser.id).where(OrgUser.org_id == row.org_id, OrgUser.user_id == user_id)
        if db.session.scalar(there) is None:
            orgs.add_member(row.org_id, user_id, row.role)
        row.status, row.updated = COMPLETED, clock.now()
    db.session.flush()
    return bool(rows)
