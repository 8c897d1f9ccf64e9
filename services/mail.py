"""Messages to people: written from templates into an outbox with the change that they tell of, and sent from there.

A message is a row of the same transaction, so that nothing is sent for what was rolled back, and nothing is lost when the
mail server is away: each try is noted, and the next one waits longer.
"""

import logging
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formataddr, make_msgid
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import DictLoader, Environment, select_autoescape
from sqlalchemy import select, update

from core import clock
from core.errors import DomainError
from core.settings import ROOT, Settings
from models import OutboxMessage, db
from models.session import transaction

log = logging.getLogger("belvedere.mail")
TEMPLATES = ROOT / "templates"
CLAIMED_FOR = timedelta(minutes=5)
TRIES = 8
TIMEOUT_S = 20


class NotConfigured(DomainError):
    """There is no mail server."""

    status, traced = 412, True
    message = "SMTP not configured, check your grafana.ini config file's [smtp] section"


def is_on(settings: Settings) -> bool:
    """Say whether messages can be sent."""
    return settings.flag("smtp", "enabled")


def require(settings: Settings) -> None:
    """Refuse what needs a message where none can be sent. Raises NotConfigured."""
    if not is_on(settings):
        raise NotConfigured


@lru_cache(maxsize=4)
def _environment(patterns: tuple[str, ...]) -> Environment:
    """Return the templates of `emails.templates_pattern`: file name to text; a later pattern's file wins."""
    found = {
        path.name: path.read_text() for pattern in patterns for path in sorted(_matching(TEMPLATES / pattern))
    }
    return Environment(
        loader=DictLoader(found), autoescape=select_autoescape(["html"]), trim_blocks=True, lstrip_blocks=True
    )


def _matching(pattern: Path) -> Iterator[Path]:
    """Yield the files of a pattern, which may be absolute: the folders' own names are taken as they are."""
    return pattern.parent.glob(pattern.name)


def post(
    settings: Settings, recipient: str, template: str, values: Mapping[str, Any], *, hold: bool = False
) -> None:
    """Put a message into the outbox, from `<template>.html` and `<template>.txt`, whose first line is the subject.

    Nothing happens where no mail server is set up, or for what is no e-mail address. hold: it is never sent.
    """
    if not is_on(settings) or "@" not in recipient or any(char in recipient for char in "\r\n,;<> "):
        return
    environment = _environment(
        tuple(one.strip() for one in settings.text("emails", "templates_pattern").split(",") if one.strip())
    )
    more = {"root_url": settings.root_url, **values}
    subject, _, text = environment.get_template(f"{template}.txt").render(more).partition("\n")
    html = environment.get_template(f"{template}.html").render(more)
    now = clock.now()
    db.session.add(
        OutboxMessage(
            recipient=recipient[:255],
            subject=" ".join(subject.split())[:255],
            text=text.strip() + "\n",
            html=html,
            created=now,
            due=None if hold else now,
            sent=None,
        )
    )
    db.session.flush()


def deliver(settings: Settings, most: int = 20) -> int:
    """Send what is due and return how many were sent. Several servers may call this at once: each claims its rows."""
    if not is_on(settings):
        return 0
    done = 0
    for number in _due(most):
        row = _claim(number)
        if row is not None:
            done += _deliver_one(settings, row)
    return done


def _due(most: int) -> list[int]:
    with transaction(write=False, separate=True) as session:
        query = select(OutboxMessage.id).where(OutboxMessage.due <= clock.now())
        return list(session.scalars(query.order_by(OutboxMessage.due).limit(most)))


def _claim(number: int) -> OutboxMessage | None:
    """Take a message for a while, so that nobody else sends it; should this server die, it is sent later."""
    with transaction(separate=True) as session:
        now = clock.now()
        mine = update(OutboxMessage).where(OutboxMessage.id == number, OutboxMessage.due <= now)
        claimed = session.execute(
            mine.values(due=now + CLAIMED_FOR, attempts=OutboxMessage.attempts + 1)
        ).rowcount  # type: ignore[attr-defined]
        return session.get(OutboxMessage, number) if claimed else None


def _deliver_one(settings: Settings, row: OutboxMessage) -> bool:
    fault = ""
    try:
        _send(settings, row)
    except (OSError, smtplib.SMTPException) as wrong:
        fault = f"{type(wrong).__name__}: {wrong}"[:500]
        log.warning("message %d to %s was not sent (try %d): %s", row.id, row.recipient, row.attempts, fault)
    now = clock.now()
    again = now + timedelta(seconds=30 * 2**row.attempts) if fault and row.attempts < TRIES else None
    with transaction(separate=True) as session:
        told = update(OutboxMessage).where(OutboxMessage.id == row.id)
        session.execute(told.values(due=again, sent=None if fault else now, fault=fault))
    return not fault


def _send(settings: Settings, row: OutboxMessage) -> None:
    message = EmailMessage()
    sender = settings.text("smtp", "from_address")
    message["Subject"], message["To"] = row.subject, row.recipient
    message["From"] = formataddr((settings.text("smtp", "from_name"), sender))
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or None)
    wanted = settings.words("emails", "content_types")
    if "text/plain" in wanted or "text/html" not in wanted:
        message.set_content(row.text)
        if "text/html" in wanted:
            message.add_alternative(row.html, subtype="html")
    else:
        message.set_content(row.html, subtype="html")
    host, _, port = settings.text("smtp", "host").rpartition(":")
    policy = settings.text("smtp", "startTLS_policy")
    context = _tls(settings)
    connect: Any = smtplib.SMTP
    more: dict[str, Any] = {}
    if port == "465":
        connect, more = smtplib.SMTP_SSL, {"context": context}
    with connect(
        host,
        int(port),
        local_hostname=settings.text("smtp", "ehlo_identity") or None,
        timeout=TIMEOUT_S,
        **more,
    ) as server:
        server.ehlo()
        if policy != "NoStartTLS" and port != "465":
            if server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            elif policy == "MandatoryStartTLS":
                raise smtplib.SMTPNotSupportedError("the server does not offer STARTTLS")
        if settings.text("smtp", "user"):
            server.login(settings.text("smtp", "user"), settings.text("smtp", "password"))
        server.send_message(message)


def _tls(settings: Settings) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.flag("smtp", "skip_verify"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if settings.text("smtp", "cert_file"):
        context.load_cert_chain(settings.text("smtp", "cert_file"), settings.text("smtp", "key_file") or None)
    return context
