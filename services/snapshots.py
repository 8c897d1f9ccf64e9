"""Snapshots: dashboards with their data frozen in, for whoever knows the key."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from msgspec import Raw
from sqlalchemy import Row, delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from urllib3 import Timeout, request
from urllib3.exceptions import HTTPError

from core import clock
from core.access import Actor, Role
from core.errors import AsRecorded, BadRequest, Forbidden, Structured
from core.identifiers import UID
from core.settings import Settings
from dashboards import document
from models import Snapshot, db
from models.base import table
from models.session import transaction
from services import access, dashboards, metadata

LIMIT, NAME_MAX, KEY_MAX = 1000, 255, 190
UNNAMED = "Unnamed snapshot"
FOREVER = timedelta(days=50 * 365)


class SnapshotNotFound(Structured):
    """The key opens nothing, or not any more."""

    status, name = 404, "dashboardsnapshots.not-found"
    message = "Snapshot not found"


class KeyTaken(AsRecorded):
    """Another snapshot has the key."""

    message, early = "Failed to create snapshot", True


class Closed(Forbidden):
    """Snapshots are not to leave this server (`snapshots.external_enabled`)."""

    message, early = "External dashboard creation is disabled", False


class Unreachable(AsRecorded):
    """The server that snapshots are published on does not take this one."""

    message = "Failed to create external snapshot"


class NotYours(Forbidden):
    """The snapshot is somebody else's, of a dashboard that the caller may not change."""

    message, traced, early = "Access denied to this snapshot", True, False


@dataclass(frozen=True)
class Wanted:
    """What is to be kept. expires_s: seconds; 0 is for good. elsewhere: address and delete address on another server."""

    body: document.Members
    name: str = ""
    key: str = ""
    delete_key: str = ""
    expires_s: int = 0
    elsewhere: tuple[str, str] = ("", "")


_S = table(Snapshot).c


def new_key() -> str:
    """Return a fresh key that nobody guesses."""
    return secrets.token_urlsafe(24).replace("-", "0").replace("_", "1")


def create(actor: Actor, wanted: Wanted) -> Row[Any]:
    """Keep a snapshot. Raises Forbidden (who is in no organisation), BadRequest, KeyTaken."""
    access.require_org(actor, "Snapshots belong to an organization")
    for name, text, most in (
        ("name", wanted.name, NAME_MAX), ("key", wanted.key, KEY_MAX), ("deleteKey", wanted.delete_key, KEY_MAX),
    ):  # fmt: skip
        if len(text) > most:
            raise BadRequest(f"{name} is longer than {most} characters", field=name, traced=False)
    if any(text and not UID.fullmatch(text) for text in (wanted.key, wanted.delete_key)):
        raise BadRequest("A key has letters, digits, - and _ alone", field="key", traced=False)
    now = clock.now()
    try:
        with db.session.begin_nested():
            made = db.session.execute(
                insert(table(Snapshot)).values(
                    org_id=actor.org_id, user_id=actor.user_id, name=wanted.name or UNNAMED, key=wanted.key or new_key(),
                    delete_key=wanted.delete_key or new_key(), external=bool(wanted.elsewhere[0]),
                    external_url=wanted.elsewhere[0], external_delete_url=wanted.elsewhere[1], expires=_end(now, wanted.expires_s),
                    created=now, updated=now, body=_with_origin(wanted.body),
                )
            )  # fmt: skip
    except IntegrityError:
        raise KeyTaken from None
    number = made.inserted_primary_key[0]  # type: ignore[attr-defined]  # an insert of one row has one
    return db.session.execute(select(*_LISTED).where(_S.id == number)).one()


def _end(now: datetime, seconds: int) -> datetime:
    return now + (timedelta(seconds=min(seconds, 10**9)) if seconds > 0 else FOREVER)


def _with_origin(body: document.Members) -> str:
    """Return the dashboard's text with the address that it was taken from."""
    uid, given = document.value(body, "uid"), document.value(body, "snapshot")
    known = given if isinstance(given, dict) else {}
    origin = f"/d/{uid}" if isinstance(uid, str) and UID.fullmatch(uid) else "/d/"
    return document.text(body, snapshot={**known, "originalUrl": origin})


_LISTED = tuple(column for column in _S if column.name != "body")


def listed(actor: Actor, query: str = "", limit: int = LIMIT) -> Sequence[Row[Any]]:
    """Return the organisation's snapshots by name to its admins, to others their own. query: the name; % stands for anything."""
    statement = select(*_LISTED).where(_S.org_id == actor.org_id, _S.expires > clock.now())
    if actor.role != Role.ADMIN:
        statement = statement.where(_S.user_id == actor.user_id, _S.user_id > 0)
    if query:
        statement = statement.where(func.lower(_S.name).like(query.lower()))
    return db.session.execute(statement.order_by(_S.name, _S.id).limit(limit)).all()


def find(key: str) -> Row[Any]:
    """Return a snapshot with its body, for whoever knows its key. Raises SnapshotNotFound."""
    found = db.session.execute(select(table(Snapshot)).where(_S.key == key, _S.expires > clock.now())).first()
    if found is None:
        raise SnapshotNotFound
    return found


def find_to_delete(actor: Actor, *, key: str = "", delete_key: str = "") -> Row[Any]:
    """Return a snapshot of the caller's organisation by either key. Raises SnapshotNotFound."""
    which = _S.key == key if key else _S.delete_key == delete_key
    found = db.session.execute(select(table(Snapshot)).where(_S.org_id == actor.org_id, which)).first()
    if found is None:
        raise SnapshotNotFound
    return found


def may_remove(actor: Actor, snapshot: Row[Any]) -> bool:
    """Say whether the caller made the snapshot, is an admin, or may change the dashboard that it was taken of."""
    if actor.role == Role.ADMIN or (actor.user_id and actor.user_id == snapshot.user_id):
        return True
    number = document.facts(document.read(snapshot.body.encode())).id
    if number <= 0:
        return False
    try:
        return dashboards.may(actor, "dashboards:write", dashboards.find_by_id(actor, number))
    except dashboards.DashboardNotFound:
        return False


def remove(snapshot: Row[Any]) -> None:
    """Delete a snapshot."""
    db.session.execute(delete(Snapshot).where(Snapshot.id == snapshot.id))


def keep(actor: Actor, wanted: Wanted, settings: Settings, *, external: bool) -> Row[Any]:
    """Keep a snapshot, here or (external) on the server that is set; in a transaction of its own.

    Raises Closed, Unreachable, and what `create` raises.
    """
    if external:
        if not settings.flag("snapshots", "external_enabled"):
            raise Closed
        wanted = publish(_address(settings), wanted)
    with transaction():
        return create(actor, wanted)


def _address(settings: Settings) -> str:
    return settings.text("snapshots", "external_snapshot_url")


def take_back(actor: Actor, settings: Settings, *, key: str = "", delete_key: str = "") -> int:
    """Delete a snapshot by either key, also where it was published; return its number.

    Raises SnapshotNotFound, NotYours (the key alone does not do), Unreachable.
    """
    with transaction(write=False):
        row = find_to_delete(actor, key=key, delete_key=delete_key)
        if key and not may_remove(actor, row):
            raise NotYours
    withdraw(_address(settings), row)
    with transaction():
        remove(row)
    return int(row.id)


def metadata_of(snapshot: Row[Any]) -> dict[str, Any]:
    """Return the `meta` member of a snapshot's answer."""
    times = {"expires": clock.iso(snapshot.expires), "created": clock.iso(snapshot.created)}
    return metadata.blank(isSnapshot=True, type="snapshot", **times)


_PUBLISH = Timeout(connect=5.0, read=30.0)


def publish(address: str, wanted: Wanted) -> Wanted:
    """Hand a snapshot to another server and return what is kept of it here. Raises Unreachable."""
    sent = {"name": wanted.name or UNNAMED, "expires": wanted.expires_s}
    payload = document.text(
        {**document.members(**sent), "dashboard": Raw(document.text(wanted.body).encode())}
    )
    try:
        reply = request(
            "POST", f"{address.rstrip('/')}/api/snapshots", body=payload.encode(), timeout=_PUBLISH, retries=False,
            redirect=False, headers={"Content-Type": "application/json"},
        )  # fmt: skip
        told = orjson.loads(reply.data)
        found = {name: str(told[name]) for name in ("key", "deleteKey", "url", "deleteUrl")}
    except (HTTPError, orjson.JSONDecodeError, KeyError, TypeError) as fault:
        raise Unreachable(f"{address} does not take the snapshot: {fault}") from None
    if reply.status >= 300:
        raise Unreachable(f"{address} does not take the snapshot: {reply.status}")
    elsewhere = found["url"][:NAME_MAX], found["deleteUrl"][:NAME_MAX]
    return Wanted({}, wanted.name, found["key"], found["deleteKey"], wanted.expires_s, elsewhere)


def withdraw(address: str, snapshot: Row[Any]) -> None:
    """Delete a snapshot on the server that it was published on; what is gone there already does not matter.

    Raises Unreachable.
    """
    delete_url = str(snapshot.external_delete_url)
    if not snapshot.external or not delete_url.startswith(address.rstrip("/") + "/"):
        return
    try:
        reply = request("GET", delete_url, timeout=_PUBLISH, retries=False, redirect=False)
    except HTTPError as fault:
        raise Unreachable(f"The snapshot cannot be deleted at {address}: {fault}") from None
    if reply.status >= 300 and reply.status not in {404, 500}:
        raise Unreachable(f"The snapshot cannot be deleted at {address}: {reply.status}")
