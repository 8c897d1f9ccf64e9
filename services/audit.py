"""The log of changes, read: who changed what, from where, before and after."""

from typing import Any

import orjson
from sqlalchemy import delete, func, or_, select

from core import clock
from core.access import Actor
from models import AuditEntry, db

KIND_WORDS = {
    "access_role": "role", "api_key": "API key or token", "correlation": "correlation", "dashboard": "dashboard or folder", "data_source": "data source",
    "invitation": "invitation", "object_permission": "permission", "org": "organization", "org_user": "membership",
    "preferences": "preferences", "quota": "quota", "role_assignment": "role given", "team": "team",
    "team_group": "team's group", "team_member": "team's member", "user": "user or service account",
}  # fmt: skip


def listed(
    actor: Actor, *, query: str, kind: str, limit: int, page: int, user_id: int = 0
) -> tuple[int, list[dict[str, Any]]]:
    """Return how many changes match and a page of them, newest first.

    Server administrators see all; whoever else may read the log, what happened in their organisation.
    """
    matching: list[Any] = [] if actor.server_admin else [AuditEntry.org_id == actor.org_id]
    if kind:
        matching.append(AuditEntry.kind == kind)
    if user_id:
        matching.append(AuditEntry.user_id == user_id)
    if query:
        like = f"%{query.lower()}%"
        matching.append(or_(func.lower(AuditEntry.name).like(like), func.lower(AuditEntry.who).like(like)))
    total = db.session.scalar(select(func.count(AuditEntry.id)).where(*matching)) or 0
    rows = db.session.scalars(
        select(AuditEntry)
        .where(*matching)
        .order_by(AuditEntry.id.desc())
        .limit(limit)
        .offset(limit * (page - 1))
    )
    return total, [
        {
            "id": row.id,
            "at": clock.iso(row.at),
            "orgId": row.org_id,
            "userId": row.user_id,
            "who": row.who,
            "credential": row.credential,
            "address": row.address,
            "request": row.request,
            "did": row.did,
            "kind": row.kind,
            "objectId": row.object_id,
            "name": row.name,
            "before": orjson.loads(row.before),
            "after": orjson.loads(row.after),
        }
        for row in rows
    ]


def words(entry: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return what differs, for people: name, before, after; members that only tell where a row stands are left out."""
    before, after = entry["before"], entry["after"]
    if "rows" in after:
        return [
            (
                "given",
                "",
                ", ".join(
                    f"{row.get('role') or row.get('user_id') or row.get('team_id')}: {row.get('level')}"
                    for row in after["rows"]
                ),
            )
        ]
    names = [
        name
        for name in {**before, **after}
        if name not in {"id", "org_id"} and (before.get(name) or after.get(name))
    ]
    return [(name.replace("_", " "), _text(before.get(name)), _text(after.get(name))) for name in names]


def _text(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(value)


def forget(before: Any) -> None:
    """Delete what is older than a moment."""
    db.session.execute(delete(AuditEntry).where(AuditEntry.at < before))
