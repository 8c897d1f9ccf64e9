"""Versions of dashboards: list, read, restore, compare."""

from typing import Any

import orjson
from flask import Response, render_template

from blueprints.api.dashboards import stored
from core import clock
from core.access import Actor
from dashboards import diff
from dashboards.lines import lines
from schemas.base import ErrorReply
from schemas.dashboards import SaveReply
from schemas.versions import Compared, Restored, VersionReply
from services import dashboards, versions
from web import paging
from web.access import can
from web.operation import Operations
from web.responses import answer, spliced

api = Operations("dashboard_versions", __name__, url_prefix="/api/dashboards")
_ERRORS = {400: ErrorReply, 401: ErrorReply, 403: ErrorReply, 404: ErrorReply}
_READ = can("dashboards:write", of=dashboards.by_id)
_READ_UID = can("dashboards:write", of=versions.by_uid)
_WRITE_UID = can("dashboards:write", of=dashboards.by_uid)


def _named(row: Any) -> dict[str, Any]:
    return {
        "parentVersion": row.parent_version,
        "restoredFrom": 0,
        "version": row.version,
        "created": clock.iso(row.created),
        "createdBy": row.author or "Anonymous",
        "message": row.message,
    }


def _listed(actor: Actor, dashboard: Any) -> Response:
    rows = versions.listed(
        actor, dashboard, paging.number("limit", versions.MOST), paging.number("start", 0, least=0)
    )
    if not rows:
        raise versions.NoVersions(f"No versions found for dashboardId {dashboard.id}")
    first = {"message": "Initial save"}
    return answer(
        [
            {
                "id": row.id,
                "dashboardId": row.dashboard_id,
                "dashboardUid": "",
                **_named(row),
                **(first if row.parent_version == 0 else {}),
            }
            for row in rows
        ]
    )


def _shown(actor: Actor, dashboard: Any, version: str) -> Response:
    number = int(version) if version.isdecimal() and len(version) < 10 else 0
    try:
        row = versions.find(actor, dashboard, number)
    except versions.VersionNotFound:
        raise versions.VersionMissing(
            f"Dashboard version {number} not found for dashboardId {dashboard.id}"
        ) from None
    return spliced(
        {"id": row.id, "dashboardId": row.dashboard_id, "uid": dashboard.uid, **_named(row)}, data=row.body
    )


def _restored(actor: Actor, dashboard: Any, body: dict[str, Any]) -> Response:
    return stored(versions.restore(actor, dashboard, body["version"]))


@api.operation(
    "GET",
    "/uid/<uid>/versions",
    id="getDashboardVersionsByUID",
    access=_READ_UID,
    query={"limit": "integer", "start": "integer"},
    replies={200: None, **_ERRORS},
)
def versions_by_uid(actor: Actor, dashboard: Any) -> Response:
    """List the versions of a dashboard, the newest first."""
    return _listed(actor, dashboard)


@api.operation(
    "GET",
    "/id/<dashboard_id>/versions",
    id="getDashboardVersionsByID",
    access=_READ,
    replies={200: None, **_ERRORS},
)
def versions_by_id(actor: Actor, dashboard: Any) -> Response:
    """List the versions of a dashboard by its number."""
    return _listed(actor, dashboard)


@api.operation(
    "GET",
    "/uid/<uid>/versions/<version>",
    id="getDashboardVersionByUID",
    access=_READ_UID,
    replies={200: VersionReply, 500: ErrorReply, **_ERRORS},
)
def version_by_uid(actor: Actor, dashboard: Any, version: str) -> Response:
    """Return a version with the dashboard as it was."""
    return _shown(actor, dashboard, version)


@api.operation(
    "GET",
    "/id/<dashboard_id>/versions/<version>",
    id="getDashboardVersionByID",
    access=_READ,
    replies={200: VersionReply, 500: ErrorReply, **_ERRORS},
)
def version_by_id(actor: Actor, dashboard: Any, version: str) -> Response:
    """Return a version by the dashboard's number."""
    return _shown(actor, dashboard, version)


@api.operation(
    "POST",
    "/uid/<uid>/restore",
    id="restoreDashboardVersionByUID",
    access=_WRITE_UID,
    body=Restored,
    replies={200: SaveReply, 412: ErrorReply, **_ERRORS},
)
def restore_by_uid(actor: Actor, dashboard: Any, body: dict[str, Any]) -> Response:
    """Make an older version the newest."""
    return _restored(actor, dashboard, body)


@api.operation(
    "POST",
    "/id/<dashboard_id>/restore",
    id="restoreDashboardVersionByID",
    access=_READ,
    body=Restored,
    replies={200: SaveReply, 412: ErrorReply, **_ERRORS},
)
def restore_by_id(actor: Actor, dashboard: Any, body: dict[str, Any]) -> Response:
    """Make an older version the newest, by the dashboard's number."""
    return _restored(actor, dashboard, body)


@api.operation(
    "POST",
    "/calculate-diff",
    id="calculateDashboardDiff",
    access=can("dashboards:write", any_scope=True),
    body=Compared,
    writes=False,
    replies={200: None, **_ERRORS},
)
def calculate_diff(actor: Actor, body: dict[str, Any]) -> Response:
    """Return what differs between two versions, as HTML: in words, or line by line."""
    before, after = (
        orjson.loads(versions.body_to_compare(actor, one["dashboard_id"], one["version"]))
        if one["unsaved"] is None
        else one["unsaved"]
        for one in (body["base"], body["new"])
    )
    if body["kind"] == "json":
        text = render_template("partials/diff_lines.html", lines=list(lines(before, after)))
    else:
        text = render_template("partials/diff_words.html", changes=diff.differences(before, after))
    return Response(text, content_type="text/html")
