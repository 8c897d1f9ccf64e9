"""Dashboards: saved as sent, answered as saved."""

from typing import Any

import orjson
from flask import Response, request

from core.access import Actor
from core.errors import BadRequest, DomainError, NotFound, Unprocessable
from dashboards import document
from schemas.base import ErrorReply, Message
from schemas.dashboards import DashboardReply, SaveReply, Trimmed, Validated, read_import, read_save
from services import (
    dashboard_files,
    dashboard_inputs,
    dashboards,
    library_panels,
    orgs,
    quotas,
    saving,
    search,
    trash,
    versions,
)
from web.access import can, signed_in
from web.generations import Generation, asked, older_than
from web.operation import Operations
from web.responses import JSON_UTF8, answer, said, spliced

api = Operations("dashboards", __name__, url_prefix="/api/dashboards")
_ERRORS = {401: ErrorReply, 403: ErrorReply}


def json_body() -> bytes:
    """Return the body as it was sent. Raises BadRequest where it is not called JSON."""
    if request.mimetype != "application/json":
        raise BadRequest
    return request.get_data()


class UidClash(DomainError):
    """What the 5.x documents answer when the uid belongs to another dashboard."""

    status, code = 412, "name-exists"


@api.operation(
    "POST", "/db", id="postDashboard", access=can("dashboards:create", "dashboards:write", any_scope=True),
    replies={200: SaveReply, 400: ErrorReply, 404: ErrorReply, 412: ErrorReply, **_ERRORS},
)  # fmt: skip
def save_dashboard(actor: Actor) -> Response:
    """Create or change a dashboard."""
    wanted = read_save(json_body())
    if asked() is Generation.G5:
        wanted.uid_clash = UidClash
    quotas.require("dashboard", org_id=actor.org_id)  # as recorded: of what is there as well
    return stored(saving.save(actor, wanted))


def stored(saved: saving.Saved) -> Response:
    """Answer what a save did, in the form of the caller's generation."""
    reply = {"slug": saved.slug, "status": "success", "version": saved.version}
    if not older_than(Generation.G5):
        reply |= {"id": saved.id, "uid": saved.uid, "url": saved.url}
    return answer(reply)


def shown(actor: Actor, dashboard: Any) -> Response:
    """Answer a dashboard in the form of the caller's generation: the stored text spliced in."""
    meta = dashboards.metadata(actor, dashboard)
    body = library_panels.text_filled(actor.org_id, dashboard.body, at=getattr(dashboard, "at", None))
    if older_than(Generation.G85):
        meta = {"isStarred": False, **meta}
    if older_than(Generation.G5):
        return spliced({"meta": meta}, dashboard=body, model=body)
    return spliced({"meta": meta}, dashboard=body)


@api.operation(
    "GET",
    "/uid/<uid>",
    id="getDashboardByUID",
    access=can("dashboards:read", of=dashboards.by_uid),
    replies={200: DashboardReply, 404: ErrorReply, **_ERRORS},
)
def get_dashboard(actor: Actor, dashboard: Any) -> Response:
    """Return a dashboard with its metadata; with `asOf`, as it was at that time."""
    moment = request.args.get("asOf", "")
    return shown(actor, versions.as_of(actor, dashboard, moment) if moment else dashboard)


@api.operation(
    "GET",
    "/db/<slug>",
    access=can("dashboards:read", of=dashboards.by_slug),
    replies={200: DashboardReply, 404: ErrorReply, **_ERRORS},
)
def get_dashboard_by_slug(actor: Actor, dashboard: Any) -> Response:
    """Return the first dashboard with a slug (2.0, 2.6, 5.x)."""
    return shown(actor, dashboard)


def _deleted(actor: Actor, dashboard: Any) -> Response:
    trash.remove(actor, dashboard)
    if older_than(Generation.G85):
        return answer({"title": dashboard.title})
    return said(f"Dashboard {dashboard.title} deleted", id=dashboard.id, title=dashboard.title)


@api.operation(
    "DELETE",
    "/uid/<uid>",
    id="deleteDashboardByUID",
    access=can("dashboards:delete", of=dashboards.by_uid),
    replies={200: Message, 404: ErrorReply, **_ERRORS},
)
def delete_dashboard(actor: Actor, dashboard: Any) -> Response:
    """Delete a dashboard."""
    return _deleted(actor, dashboard)


@api.operation(
    "DELETE",
    "/db/<slug>",
    access=can("dashboards:delete", of=dashboards.by_slug),
    replies={200: Message, 412: ErrorReply, **_ERRORS},
)
def delete_dashboard_by_slug(actor: Actor, dashboard: Any) -> Response:
    """Delete the one dashboard with a slug (2.0, 2.6, 5.x)."""
    if dashboards.count_with_slug(actor, dashboard.slug) > 1:
        raise dashboards.SlugNotUnique
    return _deleted(actor, dashboard)


@api.operation("GET", "/ids/<numbers>", access=can("dashboards:read", any_scope=True))
def dashboard_uids(actor: Actor, numbers: str) -> Response:
    """Return the uids of dashboards by their ids."""
    return answer(
        dashboards.uids_of(actor, [int(one) for one in numbers.split(",") if one.isdecimal()]),
        content_type=JSON_UTF8,
    )


@api.operation(
    "GET", "/home", id="getHomeDashboard", access=signed_in, replies={200: DashboardReply, 401: ErrorReply}
)
def home_dashboard(actor: Actor) -> Response:
    """Return the home dashboard, or where it is."""
    chosen = orgs.home_dashboard(actor)
    if chosen is not None:
        uid, slug = chosen
        if not older_than(Generation.G85):
            return answer({"redirectUri": dashboards.page_url(uid, slug, is_folder=False)})
        return shown(actor, dashboards.find_by_uid(actor, uid))
    meta = dashboard_files.home_metadata(
        can_edit=actor.may("dashboards:write", "dashboards:*", "folders:*") and actor.role == "Admin"
    )
    body = dashboard_files.home()
    if older_than(Generation.G85):
        meta = {**meta, "isHome": True}
    if older_than(Generation.G5):
        return spliced({"meta": meta}, dashboard=body, model=body)
    return spliced({"meta": meta}, dashboard=body)


@api.operation("GET", "/tags", id="getDashboardTags", access=signed_in, replies={401: ErrorReply})
def tags(actor: Actor) -> Response:
    """List all tags with how many dashboards carry them."""
    return answer(search.tag_counts(actor), content_type=JSON_UTF8)


@api.operation(
    "GET",
    "/file/<path:file>",
    access=signed_in,
    replies={200: DashboardReply, 404: ErrorReply, 401: ErrorReply},
)
def dashboard_file(actor: Actor, file: str) -> Response:
    """Return a dashboard from the configured folder."""
    del actor
    return file_answer(file)


def file_answer(file: str) -> Response:
    """Answer a dashboard file. Raises NotFound for anything that is not in the folder."""
    text = dashboard_files.read(file)
    if text is None:
        raise NotFound("Dashboard not found")
    meta = {
        "canStar": False,
        "canSave": False,
        "canEdit": False,
        "isHome": False,
        "slug": "",
        "expires": "0001-01-01T00:00:00Z",
    }
    stored = {"dashboard": text, "model": text} if older_than(Generation.G5) else {"dashboard": text}
    return spliced({"meta": meta}, **stored)


@api.operation(
    "POST",
    "/import",
    id="importDashboard",
    access=can("dashboards:create", any_scope=True),
    replies={200: Message, 400: ErrorReply, 412: ErrorReply, 422: ErrorReply, **_ERRORS},
)
def import_dashboard(actor: Actor) -> Response:
    """Save an exported dashboard, its inputs filled in."""
    data = json_body()
    if "dashboard" not in document.read(data):
        raise Unprocessable("Dashboard must be set")
    wanted, inputs = read_import(data)
    wanted.body = dashboard_inputs.fill(wanted.body, inputs)
    quotas.require("dashboard", org_id=actor.org_id)
    saved = saving.save(actor, wanted)
    folder_uid = dashboards.find_by_uid(actor, saved.uid).folder_uid or ""
    reply = {
        "uid": saved.uid,
        "pluginId": wanted.plugin_id,
        "title": saved.title,
        "imported": True,
        "importedUri": "db/" + saved.slug,
        "importedUrl": saved.url,
        "slug": saved.slug,
        "dashboardId": saved.id,
        "folderId": saved.folder_id,
        "folderUid": folder_uid,
        "importedRevision": 1,
        "revision": 1,
        "description": "",
        "path": "",
        "removed": False,
    }
    return answer(reply)


@api.operation(
    "POST",
    "/trim",
    id="trimDashboard",
    access=signed_in,
    body=Trimmed,
    writes=False,
    replies={400: ErrorReply, 401: ErrorReply},
)
def trim_dashboard(actor: Actor, body: dict[str, Any]) -> Response:
    """Return a dashboard without its defaults, of which the original drops none (as recorded)."""
    del actor
    return answer({"dashboard": body["dashboard"], "meta": body["meta"]})


@api.operation(
    "POST",
    "/validate",
    access=can("dashboards:write", any_scope=True),
    body=Validated,
    writes=False,
    replies={400: ErrorReply, 412: ErrorReply, 422: ErrorReply},
)
def validate_dashboard(actor: Actor, body: dict[str, Any]) -> Response:
    """Say whether a text is a dashboard of a current form."""
    del actor
    try:
        model = orjson.loads(body["dashboard"])
    except orjson.JSONDecodeError:
        raise BadRequest("unable to parse dashboard") from None
    if (
        not isinstance(model, dict)
        or not isinstance(model.get("schemaVersion"), int)
        or model["schemaVersion"] < 36
    ):
        return answer({"isValid": False, "message": "invalid schema version"}, 412)
    if not isinstance(model.get("panels", []), list):
        return answer({"isValid": False, "message": "panels: expected a list"}, 422)
    return answer({"isValid": True})


root = Operations("dashboard_files", __name__)


@root.operation("GET", "/file/<path:file>", access=signed_in, replies={200: DashboardReply, 404: ErrorReply})
def old_dashboard_file(actor: Actor, file: str) -> Response:
    """Return a dashboard from the configured folder, under its 2.x address."""
    del actor
    return file_answer(file)
