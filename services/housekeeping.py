"""What a server does without being asked: sending messages, and clearing away what nobody needs any more."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError

from core import clock
from core.settings import Settings
from models import (
    AuditEntry,
    AuthSession,
    Base,
    Draft,
    Invitation,
    LoginAttempt,
    OutboxMessage,
    PastQuery,
    ResetCode,
    ShortUrl,
    Snapshot,
    TrashEntry,
    audit,
)
from models.session import transaction
from services import mail, provisioning, query_history, resetting, short_urls, trash

log = logging.getLogger("belvedere.housekeeping")
EVERY_S, CLEAR_EVERY_S = 3, 3600
KEPT_MESSAGES, KEPT_DRAFTS, KEPT_INVITATIONS = timedelta(days=30), timedelta(days=90), timedelta(days=90)


def clear(settings: Settings) -> None:
    """Delete what nobody needs any more.

    Sessions that are over, old failures, codes, messages, drafts, unused links, old queries, old trash, snapshots that have expired,
    and changes beyond `belvedere.audit_days`.
    """
    now = clock.now()
    lifetime = timedelta(seconds=settings.seconds("auth", "login_maximum_lifetime_duration"))
    idle = timedelta(seconds=settings.seconds("auth", "login_maximum_inactive_lifetime_duration"))
    old: list[tuple[type[Base], Any]] = [
        (AuthSession, AuthSession.created < now - lifetime),
        (AuthSession, AuthSession.seen < now - idle),
        (LoginAttempt, LoginAttempt.created < now - timedelta(days=1)),
        (ResetCode, ResetCode.created < now - resetting.GOOD_FOR),
        (OutboxMessage, OutboxMessage.created < now - KEPT_MESSAGES),
        (Draft, Draft.updated < now - KEPT_DRAFTS),
        (Invitation, (Invitation.updated < now - KEPT_INVITATIONS) & (Invitation.status != "InvitePending")),
        (ShortUrl, (ShortUrl.created < now - short_urls.UNUSED_FOR) & ShortUrl.last_seen.is_(None)),
        (TrashEntry, TrashEntry.deleted < now - trash.kept()),
        (PastQuery, (PastQuery.created < now - query_history.KEPT) & PastQuery.starred.is_(False)),
    ]
    if settings.flag("snapshots", "snapshot_remove_expired"):
        old.append((Snapshot, Snapshot.expires < now))
    days = settings.number("belvedere", "audit_days")
    if days > 0:
        old.append((AuditEntry, AuditEntry.at < now - timedelta(days=days)))
    with audit.acting(audit.SILENT), transaction(separate=True) as session:
        for model, condition in old:
            session.execute(delete(model).where(condition))


def keep_going(settings: Settings, wait: Callable[[float], None] = time.sleep) -> None:
    """Send and clear for as long as the process lives; several processes and servers may do so at once."""
    cleared = time.monotonic() - CLEAR_EVERY_S + 60
    while True:
        wait(EVERY_S)
        try:
            mail.deliver(settings)
            provisioning.read_boards(settings, due_only=True)
            if time.monotonic() - cleared >= CLEAR_EVERY_S:
                cleared = time.monotonic()
                clear(settings)
        except SQLAlchemyError as fault:
            log.warning("housekeeping waits for the database: %s", getattr(fault, "orig", fault))
        except Exception:  # the loop must outlive whatever goes wrong in one round
            log.exception("housekeeping")
