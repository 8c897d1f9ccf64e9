"""API keys of an organisation."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.exc import IntegrityError

from core import clock, crypto
from core.access import Actor
from core.errors import BadRequest, Conflict, NotFound
from models import ApiKey, db


def listed(actor: Actor, *, include_expired: bool) -> list[dict[str, Any]]:
    """Return the keys by name, without their secrets."""
    query = (
        select(ApiKey.id, ApiKey.name, ApiKey.role, ApiKey.expires)
        .where(ApiKey.org_id == actor.org_id, ApiKey.account_id.is_(None))
        .order_by(ApiKey.name)
    )
    if not include_expired:
        query = query.where(or_(ApiKey.expires.is_(None), ApiKey.expires >= clock.now()))
    keys = []
    for row in db.session.execute(query):
        key = {"id": row.id, "name": row.name, "role": row.role}
        if row.expires is not None:
            key["expiration"] = clock.iso(row.expires)
        keys.append(key)
    return keys


def create(actor: Actor, name: str, role: str, seconds_to_live: int, *, longest: int) -> dict[str, Any]:
    """Make a key and return it, this once. longest: seconds a key may live, -1 for ever. Raises BadRequest, Conflict."""
    if seconds_to_live < 0:
        raise BadRequest("negative value for SecondsToLive", field="secondsToLive", traced=False)
    if longest != -1 and not 0 < seconds_to_live <= longest:
        raise BadRequest(
            "Number of seconds before expiration is greater than the global limit",
            field="secondsToLive",
            traced=False,
        )
    if len(name) > 190:
        raise BadRequest("API key name cannot be longer than 190 characters", field="name", traced=False)
    key, digest = crypto.new_api_key(name, actor.org_id)
    now = clock.now()
    expires = now + timedelta(seconds=min(seconds_to_live, 10**10)) if seconds_to_live else None
    try:
        fresh = insert(ApiKey).values(
            org_id=actor.org_id, name=name, key_hash=digest, role=role, expires=expires, created=now
        )
        number = int(db.session.execute(fresh).inserted_primary_key[0])  # type: ignore[attr-defined]
    except IntegrityError:
        raise Conflict("API key, organization ID and name must be unique") from None
    return {"id": number, "name": name, "key": key}


def remove(actor: Actor, key_id: int) -> None:
    """Delete a key. Raises NotFound."""
    if not db.session.execute(
        delete(ApiKey).where(ApiKey.org_id == actor.org_id, ApiKey.id == key_id, ApiKey.account_id.is_(None))
    ).rowcount:  # type: ignore[attr-defined]
        raise NotFound("Failed to delete API key", traced=True)
