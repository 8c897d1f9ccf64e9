"""Snapshots: made, read by whoever knows the key, deleted by either key."""

from typing import Any

from flask import Response, request

from blueprints.api.dashboards import json_body
from core import clock
from core.access import Actor
from schemas.base import ErrorReply, Message
from schemas.snapshots import SnapshotMade, read_snapshot
from services import snapshots
from web import paging
from web.access import public, signed_in
from web.configured import settings
from web.operation import Operations
from web.responses import JSON_UTF8, answer, said, spliced

api = Operations("snapshots", __name__, url_prefix="/api")
_ERRORS = {401: ErrorReply, 403: ErrorReply, 404: ErrorReply, 500: ErrorReply}
_SHARED = "whoever has the key of a snapshot may look at it"
_GONE = "Snapshot deleted. It might take an hour before it's cleared from any CDN caches."


@api.operation(
    "GET",
    "/snapshot/shared-options",
    id="getSharingOptions",
    access=signed_in,
    replies={200: None, 401: ErrorReply},
)
def shared_options(actor: Actor) -> Response:
    """Say where snapshots can be published."""
    del actor
    return answer(
        {
            "externalEnabled": settings().flag("snapshots", "external_enabled"),
            "externalSnapshotName": settings().text("snapshots", "external_snapshot_name"),
            "externalSnapshotURL": settings().text("snapshots", "external_snapshot_url"),
        },
        content_type=JSON_UTF8,
    )


@api.operation(
    "GET", "/dashboard/snapshots", id="searchDashboardSnapshots", access=signed_in,
    query={"query": "string", "limit": "integer"}, replies={200: None, **_ERRORS},
)  # fmt: skip
def search(actor: Actor) -> Response:
    """List snapshots: the caller's own, to admins all of the organisation."""
    found = snapshots.listed(actor, request.args.get("query", ""), paging.number("limit", snapshots.LIMIT))
    return answer([_named(row) for row in found])


def _named(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "key": row.key,
        "orgId": row.org_id,
        "userId": row.user_id,
        "external": row.external,
        "externalUrl": row.external_url,
        "expires": clock.iso(row.expires),
        "created": clock.iso(row.created),
        "updated": clock.iso(row.updated),
    }


@api.operation(
    "POST", "/snapshots", id="createDashboardSnapshot", access=signed_in, own_transactions=True,
    replies={200: SnapshotMade, 400: ErrorReply, **_ERRORS},
)  # fmt: skip
def create(actor: Actor) -> Response:
    """Keep a dashboard with its data, here or (`external`) on the server that is set."""
    wanted, external = read_snapshot(json_body())
    made = snapshots.keep(actor, wanted, settings(), external=external)
    root = settings().root_url
    members = {
        "deleteKey": made.delete_key,
        "deleteUrl": made.external_delete_url or f"{root}api/snapshots-delete/{made.delete_key}",
        "id": made.id,
        "key": made.key,
        "url": made.external_url or f"{root}dashboard/snapshot/{made.key}",
    }
    return answer(members, content_type=JSON_UTF8)


@api.operation(
    "GET",
    "/snapshots/<key>",
    id="getDashboardSnapshot",
    access=public(_SHARED),
    replies={200: None, **_ERRORS},
)
def get(actor: Actor, key: str) -> Response:
    """Return a snapshot: the dashboard, and the data in it."""
    del actor
    row = snapshots.find(key)
    return spliced({"meta": snapshots.metadata_of(row)}, dashboard=row.body)


def _deleted(actor: Actor, *, key: str = "", delete_key: str = "") -> Response:
    return said(_GONE, id=snapshots.take_back(actor, settings(), key=key, delete_key=delete_key))


@api.operation(
    "DELETE", "/snapshots/<key>", id="deleteDashboardSnapshot", access=signed_in, own_transactions=True,
    replies={200: Message, **_ERRORS},
)  # fmt: skip
def delete(actor: Actor, key: str) -> Response:
    """Delete a snapshot by its key."""
    return _deleted(actor, key=key)


@api.operation(
    "GET", "/snapshots-delete/<deleteKey>", id="deleteDashboardSnapshotByDeleteKey", access=signed_in, own_transactions=True,
    writes=True, replies={200: Message, **_ERRORS},
)  # fmt: skip
def delete_by_delete_key(actor: Actor, deleteKey: str) -> Response:  # noqa: N803 - the name in the address
    """Delete a snapshot by its delete key."""
    return _deleted(actor, delete_key=deleteKey)


@api.operation(
    "DELETE",
    "/snapshots-delete/<key>",
    access=signed_in,
    own_transactions=True,
    replies={200: Message, **_ERRORS},
)
def delete_as_in_2_0(actor: Actor, key: str) -> Response:
    """Delete a snapshot by its delete key, as 2.0 says it."""
    return _deleted(actor, delete_key=key)
