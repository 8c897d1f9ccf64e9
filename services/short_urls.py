"""Short links: a few letters that lead to a page of this server, with all that its address holds."""

import re
from datetime import timedelta

from sqlalchemy import bindparam, select, update

from core import clock
from core.access import Actor
from core.errors import NotFound, Structured
from core.identifiers import new_uid
from models import ShortUrl, db
from models.session import fetch, transaction
from services import access

MOST = 16_000
SEEN_EVERY = timedelta(days=1)
UNUSED_FOR = timedelta(days=7)
# What browsers drop from addresses, or take for a slash: with it a path could lead to another server.
_ODD = re.compile(r"[\x00-\x1f\x7f\\]")


class NoSuchLink(NotFound):
    """The link is unknown, or another organisation's."""

    message = "There is no such link; ask whoever gave it to you for the whole address"


class AbsolutePath(Structured):
    """A link leads to this server alone."""

    status, name = 400, "shorturl.absolutePath"
    message = "Path should be relative"


class InvalidPath(Structured):
    """The path leaves this server's own, or is too long."""

    status, name = 400, "shorturl.invalidPath"
    message = "Invalid short URL path"


def create(actor: Actor, path: str) -> str:
    """Keep a path and return its uid. Raises Forbidden (who is in no organisation), AbsolutePath, InvalidPath."""
    access.require_org(actor, "Links belong to an organization")
    path = path.strip()
    if path.startswith("/"):
        raise AbsolutePath
    if not path or "../" in path or _ODD.search(path) or len(path) > MOST:
        raise InvalidPath
    uid = new_uid()
    db.session.add(
        ShortUrl(org_id=actor.org_id, uid=uid, path=path, created_by=actor.user_id, created=clock.now())
    )
    db.session.flush()
    return uid


_TO = select(ShortUrl.id, ShortUrl.path, ShortUrl.last_seen).where(
    ShortUrl.org_id == bindparam("org_id"), ShortUrl.uid == bindparam("uid")
)


def follow(actor: Actor, uid: str) -> str:
    """Return the path that a link stands for, without its first slash. Raises NoSuchLink.

    It is noted once a day that the link is in use; all other times following it only reads.
    """
    with transaction(write=False):
        link = fetch(_TO, org_id=actor.org_id, uid=uid).first()
    if link is None:
        raise NoSuchLink
    now = clock.now()
    if link.last_seen is None or now - link.last_seen > SEEN_EVERY:
        with transaction():
            db.session.execute(update(ShortUrl).where(ShortUrl.id == link.id).values(last_seen=now))
    return str(link.path)
