"""Dashboards, panels and lists as files, by the suffix of their address; with its variables, range and rights."""

from typing import Any

import orjson
from flask import Response, request

from blueprints.pages.board import as_asked, asked, timeout
from core import clock
from core.access import Actor
from core.frames import to_json
from models import Dashboard
from models.session import transaction
from services import dashboards, files, panel_data, panel_tables, search
from services.files import Part, Table
from services.panel_data import Drawn, Page
from web.access import can, signed_in
from web.operation import Pages
from web.paging import flag, number

pages = Pages("format_pages", __name__)
_SUFFIX = "<any(json,csv,xlsx,md,txt):suffix>"
TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "md": "text/markdown; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}
_READ = can("dashboards:read", asked_later=True)


def _drawn(actor: Actor, uid: str, panel: str = "") -> tuple[Page, list[Drawn]]:
    """Draw all panels in their order, or one."""
    with transaction(write=False):
        dashboard = dashboards.find_by_uid(actor, uid)
        dashboards.require_read(actor, dashboard)
        model = panel_data.load(actor, as_asked(actor, dashboard), asked(actor), timeout())
    panel_data.resolve_variables(model)
    found = panel_data.places(model)
    wanted = [one for key, one in found.items() if not panel or panel in {key, str(one.id)}][
        : 1 if panel else None
    ]
    if panel and not wanted:
        raise dashboards.DashboardNotFound(f"This dashboard has no panel {panel}")
    order = {place.key: at for at, place in enumerate(wanted)}
    return model, sorted(panel_data.draw(model, wanted), key=lambda one: order[one.place.key])


def _file(suffix: str, name: str, title: str, full: list[Part], short: list[Part], data: Any) -> Response:
    body: str | bytes
    if suffix == "json":
        body = orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY)
    elif suffix == "csv":
        body = files.as_csv(full)
    elif suffix == "xlsx":
        body = files.as_xlsx(full)
    else:
        body = files.as_markdown(title, short) if suffix == "md" else files.as_text(title, short)
    response = Response(body, content_type=TYPES[suffix])
    if suffix in {"csv", "xlsx"}:
        plain = (
            "".join(one for one in name if one.isalnum() or one in "-_").encode("ascii", "ignore").decode()
        )
        response.headers["Content-Disposition"] = f'attachment; filename="{plain or "data"}.{suffix}"'
    return response


def _of_dashboard(actor: Actor, uid: str, suffix: str, panel: str = "") -> Response:
    model, drawn = _drawn(actor, uid, panel)
    named = [(model.title_of(one.place) or f"Panel {one.place.id}", one) for one in drawn]
    full = [(title, _with_fault(one, panel_tables.tables(model, one))) for title, one in named]
    short = [(title, _with_fault(one, panel_tables.summary(model, one))) for title, one in named]
    data = {
        "uid": model.uid,
        "title": model.title,
        "from": model.span.from_ms,
        "to": model.span.to_ms,
        "timezone": model.timezone,
        "panels": [_panel(title, one) for title, one in named],
    }
    title = named[0][0] if panel else model.title
    return _file(suffix, f"{model.slug}-{panel}" if panel else model.slug, title, full, short, data)


def _panel(title: str, one: Drawn) -> dict[str, Any]:
    frames = [to_json(frame) for frame in one.frames]
    return {
        "id": one.place.id,
        "title": title,
        "type": one.place.panel.get("type"),
        "error": one.error,
        "frames": frames,
    }


def _with_fault(one: Drawn, tables: list[Table]) -> list[Table]:
    return [Table("", ["Error"], [[one.error]]), *tables] if one.error else tables


@pages.operation("GET", f"/d/<uid>.{_SUFFIX}", access=_READ, own_transactions=True)
def dashboard(actor: Actor, uid: str, suffix: str) -> Response:
    """Return what a dashboard shows as a file."""
    return _of_dashboard(actor, uid, suffix)


@pages.operation("GET", f"/d/<uid>/<slug>.{_SUFFIX}", access=_READ, own_transactions=True)
def dashboard_with_slug(actor: Actor, uid: str, slug: str, suffix: str) -> Response:
    """Return what a dashboard shows as a file, at its full address."""
    del slug
    return _of_dashboard(actor, uid, suffix)


@pages.operation("GET", f"/d-solo/<uid>/<slug>.{_SUFFIX}", access=_READ, own_transactions=True)
def panel(actor: Actor, uid: str, slug: str, suffix: str) -> Response:
    """Return what a panel (`panelId`) shows as a file."""
    del slug
    return _of_dashboard(actor, uid, suffix, request.args.get("panelId", "") or "-")


@pages.operation("GET", f"/dashboards.{_SUFFIX}", access=signed_in)
def listed(actor: Actor, suffix: str) -> Response:
    """Return the list of dashboards and folders as a file, filtered as its page is."""
    args = request.args
    wanted = search.Wanted(
        query=args.get("query", ""), tags=tuple(tag for tag in args.getlist("tag") if tag), starred=flag("starred"),
        sort=args.get("sort", ""), limit=number("limit", search.LIMIT), page=number("page", 1),
    )  # fmt: skip
    found = search.find(actor, wanted, Dashboard.updated, Dashboard.panel_count)
    heads = ["Title", "Type", "Folder", "Tags", "Panels", "Updated", "UID", "Address"]
    rows = []
    for row in found.rows:
        folder = found.folders.get(row.folder_id)
        address = dashboards.page_url(row.uid, row.slug, is_folder=row.is_folder)
        kind = "folder" if row.is_folder else "dashboard"
        tags = ", ".join(orjson.loads(row.tags))
        where = folder.title if folder else "General"
        rows.append(
            [row.title, kind, where, tags, str(row.panel_count), clock.iso(row.updated), row.uid, address]
        )
    parts = [("", [Table("Dashboards", heads, rows)])]
    data = [dict(zip((one.lower() for one in heads), row, strict=True)) for row in rows]
    return _file(suffix, "dashboards", "Dashboards", parts, parts, data)
