"""A way back in for who forgot the password: a code by mail, good once and for two hours."""

from datetime import timedelta

from sqlalchemy import delete, func, or_, select

from core import clock, crypto
from core.errors import BadRequest
from core.settings import Settings
from models import ResetCode, User, db
from services import mail, users

GOOD_FOR = timedelta(hours=2)
MOST_AT_ONCE = 3


class BadCode(BadRequest):
    """The code is none, was used, or its time is over."""

    message, traced = "Invalid or expired reset password code", False


class Mismatch(BadRequest):
    """The password and its repetition differ."""

    message, traced = "Passwords do not match", False


def send(settings: Settings, who: str) -> None:
    """Send a code to a person, by login or e-mail; nobody learns from this whether there is one.

    Who has asked three times within two hours gets no more messages.
    """
    user = db.session.scalar(
        select(User).where(or_(User.login == who, User.email == who), User.is_service_account.is_(False))
    )
    code, now = crypto.new_token(), clock.now()
    address = f"{settings.root_url}user/password/reset?code={code}"
    if user is None or user.is_disabled or user.auth_module:
        # The same work as for somebody, so that the time tells nothing either.
        mail.post(settings, "nobody@invalid", "reset_password", {"name": who, "url": address}, hold=True)
        return
    if not mail.is_on(settings):
        return
    db.session.execute(delete(ResetCode).where(ResetCode.created < now - GOOD_FOR))
    sent = select(func.count()).select_from(ResetCode).where(ResetCode.user_id == user.id)
    if (db.session.scalar(sent) or 0) >= MOST_AT_ONCE:
        return
    db.session.add(ResetCode(user_id=user.id, code_hash=crypto.token_hash(code), created=now))
    db.session.flush()
    mail.post(settings, user.email, "reset_password", {"name": user.name or user.login, "url": address})


def reset(code: str, password: str, confirmed: str) -> None:
    """Set a password by a code, which ends its codes and sessions. Raises BadCode, Mismatch, BadRequest."""
    since = clock.now() - GOOD_FOR
    query = select(ResetCode.user_id).join(User, User.id == ResetCode.user_id)
    user_id = db.session.scalar(
        query.where(
            ResetCode.code_hash == crypto.token_hash(code),
            ResetCode.created >= since,
            User.is_disabled.is_(False),
        )
    )
    db.session.rollback()
    if user_id is None:
        raise BadCode
    if password != confirmed:
        raise Mismatch

    def used() -> None:
        gone = delete(ResetCode).where(ResetCode.user_id == user_id)
        if not db.session.execute(gone).rowcount:  # type: ignore[attr-defined]
            raise BadCode

    users.set_password(user_id, password, then=used)
