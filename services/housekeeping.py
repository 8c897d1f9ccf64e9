"""What a server does without being asked: sending messages, and clearing away what nobody needs any more."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError

from core import clock
from core.settings import Settings
from models import (
    AuditEntry,
    AuthSession,
    Draft,
    Invitation,
    LoginAttempt,
    OutboxMessage,
    ResetCode,
    ShortUrl,
    audit,
)
from models.session import transaction
from services import mail, resetting, short_urls

log = logging.getLogger("belvedere.housekeeping")
EVERY_S, CLEAR_EVERY_S = 3, 3600
KEPT_MESSAGES, KEPT_DRAFTS, KEPT_INVITATIONS = timedelta(days=30), timedelta(days=90), timedelta(days=90)


def clear(settings: Settings) -> None:
    """Delete sessions that are over, old failures, codes, messages, drafts, unused links, and changes beyond `belvedere.audit_days`."""
    now = clock.now()
    lifetime = timedelta(seconds=settings.seconds("auth", "login_maximum_lifetime_duration"))
    idle = timedelta(seconds=settings.seconds("auth", "login_maximum_inactive_lifetime_duration"))
    old = [
        AuthSession.created < now - lifetime,
        AuthSession.seen < now - idle,
        LoginAttempt.created < now - timedelta(days=1),
        ResetCode.created < now - resetting.GOOD_FOR,
        OutboxMessage.created < now - KEPT_MESSAGES,
        Draft.updated < now - KEPT_DRAFTS,
        (Invitation.updated < now - KEPT_INVITATIONS) & (Invitation.status != "InvitePending"),
        (ShortUrl.created < now - short_urls.UNUSED_FOR) & ShortUrl.last_seen.is_(None),
    ]
    days = settings.number("belvedere", "audit_days")
    if days > 0:
        old.append(AuditEntry.at < now - timedelta(days=days))
    models = (
        AuthSession,
        AuthSession,
        LoginAttempt,
        ResetCode,
        OutboxMessage,
        Draft,
        Invitation,
        ShortUrl,
        AuditEntry,
    )
    with audit.acting(audit.SILENT), transaction(separate=True) as session:
        for model, condition in zip(models, old, strict=False):
            session.execute(delete(model).where(condition))


def keep_going(settings: Settings, wait: Callable[[float], None] = time.sleep) -> None:
    """Send and clear for as long as the process lives; several processes and servers may do so at once."""
    cleared = time.monotonic() - CLEAR_EVERY_S + 60
    while True:
        wait(EVERY_S)
        try:
            mail.deliver(settings)
            if time.monotonic() - cleared >= CLEAR_EVERY_S:
                cleared = time.monotonic()
                clear(settings)
        except SQLAlchemyError as fault:
            log.warning("housekeeping waits for the database: %s", getattr(fault, "orig", fault))
        except Exception:  # the loop must outlive whatever goes wrong in one round
            log.exception("housekeeping")
