"""Dashboards, panels and lists as files, by the suffix of their address; with its variables, range and rights."""

from dataclasses import replace
from typing import Any

import orjson
from flask import Response, request

from blueprints.pages.board import as_asked, asked, timeout
from core import clock
from core.access import Actor
from core.frames import to_json
from dashboards.layout import COLUMNS, GAP_PX, ROW_PX
from models import Dashboard
from models.session import transaction
from panels.pictures import ROW_HEAD, Heading, Picture, board
from services import dashboards, files, panel_data, panel_tables, search
from services.files import Part, Table
from services.panel_data import Drawn, Page
from web.access import can, signed_in
from web.operation import Pages
from web.paging import flag, number

pages = Pages("format_pages", __name__)
SUFFIX = "<any(json,csv,xlsx,md,txt):suffix>"
_WITH_PICTURES = "<any(json,csv,xlsx,md,txt,svg):suffix>"
TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "md": "text/markdown; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}
_READ = can("dashboards:read", asked_later=True)


def _drawn(actor: Actor, uid: str, panel: str = "", *, dark: bool | None = None) -> tuple[Page, list[Drawn]]:
    """Draw all panels in their order, or one. dark: the theme, where the address does not say it."""
    with transaction(write=False):
        dashboard = dashboards.find_by_uid(actor, uid)
        dashboards.require_read(actor, dashboard)
        wanted_as = asked(actor) if dark is None else replace(asked(actor), dark=dark)
        model = panel_data.load(actor, as_asked(actor, dashboard), wanted_as, timeout())
    panel_data.resolve_variables(model)
    found = panel_data.places(model)
    wanted = [one for key, one in found.items() if not panel or panel in {key, str(one.id)}][
        : 1 if panel else None
    ]
    if panel and not wanted:
        raise dashboards.DashboardNotFound(f"This dashboard has no panel {panel}")
    order = {place.key: at for at, place in enumerate(wanted)}
    return model, sorted(panel_data.draw(model, wanted), key=lambda one: order[one.place.key])


def as_file(suffix: str, name: str, title: str, full: list[Part], short: list[Part], data: Any) -> Response:
    """Return a file. full: every row, for files of data; short: what a person reads; data: what JSON holds."""
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
    if suffix == "svg":
        return _picture(model, drawn, alone=bool(panel))
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
    return as_file(suffix, f"{model.slug}-{panel}" if panel else model.slug, title, full, short, data)


def thumbnail(actor: Actor, uid: str, *, dark: bool) -> Response:
    """Return a dashboard as it opens, as a picture. Raises DashboardNotFound, Forbidden."""
    model, drawn = _drawn(actor, uid, dark=dark)
    return _picture(model, drawn, alone=False)


def _picture(model: Page, drawn: list[Drawn], *, alone: bool) -> Response:
    """Return panels as one SVG: all on their places, or one alone in its size."""
    made = {
        one.place.key: Picture(
            model.title_of(one.place),
            one.view,
            0,
            0,
            *model.box_of(one.place),
            error="" if one.has_data else one.error,
        )
        for one in drawn
    }
    pictures, headings, bottom = _placed(model, made) if not alone else (list(made.values()), [], 0.0)
    width = pictures[0].width if alone else model.asked.grid_px
    height = pictures[0].height if alone else bottom
    body = board(width, height, pictures, headings, dark=model.asked.dark, title=model.title)
    response = Response(body, content_type="image/svg+xml; charset=utf-8")
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return response


def _placed(model: Page, made: dict[str, Picture]) -> tuple[list[Picture], list[Heading], float]:
    """Return pictures and rows on their places, and where the last ends."""
    column = (model.asked.grid_px + GAP_PX) / COLUMNS
    pictures, headings, top = [], [], 0.0
    for section in model.layout():
        if section.title:
            headings.append(Heading(section.title, top))
            top += ROW_HEAD
        first = min((place.y for place in section.panels), default=0)
        foot = top
        for place in section.panels:
            y = top + (place.y - first) * (ROW_PX + GAP_PX)
            one = replace(made[place.key], x=place.x * column, y=y)
            pictures.append(one)
            foot = max(foot, one.y + one.height + GAP_PX)
        top = foot
    return pictures, headings, max(top, 1.0)


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


@pages.operation("GET", f"/d/<uid>.{_WITH_PICTURES}", access=_READ, own_transactions=True)
def dashboard(actor: Actor, uid: str, suffix: str) -> Response:
    """Return what a dashboard shows as a file."""
    return _of_dashboard(actor, uid, suffix)


@pages.operation("GET", f"/d/<uid>/<slug>.{_WITH_PICTURES}", access=_READ, own_transactions=True)
def dashboard_with_slug(actor: Actor, uid: str, slug: str, suffix: str) -> Response:
    """Return what a dashboard shows as a file, at its full address."""
    del slug
    return _of_dashboard(actor, uid, suffix)


@pages.operation("GET", f"/d-solo/<uid>/<slug>.{_WITH_PICTURES}", access=_READ, own_transactions=True)
def panel(actor: Actor, uid: str, slug: str, suffix: str) -> Response:
    """Return what a panel (`panelId`) shows as a file."""
    del slug
    return _of_dashboard(actor, uid, suffix, request.args.get("panelId", "") or "-")


def list_file(suffix: str, name: str, title: str, heads: list[str], rows: list[list[str]]) -> Response:
    """Return a list as a file."""
    parts = [("", [Table(title, heads, rows)])]
    data = [dict(zip((one.lower() for one in heads), row, strict=True)) for row in rows]
    return as_file(suffix, name, title, parts, parts, data)


@pages.operation("GET", f"/dashboards.{SUFFIX}", access=signed_in)
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
    return list_file(suffix, "dashboards", "Dashboards", heads, rows)
