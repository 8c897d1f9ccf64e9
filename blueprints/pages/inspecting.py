"""What stands behind a panel: its data, its numbers, its queries with their times, its JSON; and a dashboard as a file."""

from typing import Any

import orjson
from flask import Response, render_template, request

from blueprints.pages.board import asked, timeout
from blueprints.pages.rendering import HTML
from core.access import Actor
from core.frames import to_json
from core.version import GRAFANA
from dashboards import export
from dashboards.tree import every_panel
from dashboards.tree import read as read_tree
from dashboards.tree import text as tree_text
from datasources import registry as sources
from models.session import transaction
from panels import registry
from services import dashboards, data_sources, drafts, files, panel_data, panel_tables
from services.panel_data import Drawn, Page
from web.access import can
from web.operation import Pages

pages = Pages("inspect_pages", __name__)
MOST_ROWS = 1000


def _board(actor: Actor, uid: str) -> Any:
    """Return the dashboard as it is saved, or (draft=1) as one's unsaved changes have it."""
    draft = bool(request.args.get("draft"))
    dashboard: Any = (
        drafts.presentable(drafts.state(actor, uid).board) if draft else dashboards.find_by_uid(actor, uid)
    )
    dashboards.require_read(actor, dashboard)
    return dashboard


def _drawn(actor: Actor, uid: str) -> tuple[Page, Drawn]:
    with transaction(write=False):
        dashboard = _board(actor, uid)
        view = asked(actor, editing=bool(request.args.get("draft")))
        model = panel_data.load(actor, dashboard, view, timeout())
    panel_data.resolve_variables(model)
    place = panel_data.places(model).get(request.args.get("panel", ""))
    if place is None:
        raise dashboards.DashboardNotFound("This dashboard has no such panel")
    return model, next(panel_data.draw(model, [place]))


@pages.operation(
    "GET", "/inspect/<uid>", access=can("dashboards:read", asked_later=True), own_transactions=True
)
def show(actor: Actor, uid: str) -> Response:
    """Return what stands behind a panel. panel: its key; draft: as one's unsaved changes have it."""
    model, drawn = _drawn(actor, uid)
    queries = [
        {
            "ref": result.ref_id,
            "source": source.name,
            "ms": round(result.ms, 1),
            "rows": sum(len(frame) for frame in result.frames),
            "frames": len(result.frames),
            "error": result.error,
            "model": orjson.dumps(query, option=orjson.OPT_INDENT_2, default=str).decode(),
            "sent": [
                str(frame.meta.get("executedQueryString"))
                for frame in result.frames[:1]
                if frame.meta.get("executedQueryString")
            ],
        }
        for result, (source, query) in zip(drawn.results, drawn.asked, strict=False)
    ]
    data = [to_json(frame) for frame in drawn.frames]
    html = render_template(
        "partials/inspect.html",
        title=model.title_of(drawn.place) or "Panel",
        tables=panel_tables.tables(model, drawn),
        most=MOST_ROWS,
        queries=queries,
        panel=orjson.dumps(drawn.place.panel, option=orjson.OPT_INDENT_2).decode(),
        data=orjson.dumps(
            data, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY, default=_fragment
        ).decode()[:200_000],
        error=drawn.error,
        query=request.query_string.decode(),
        uid=uid,
    )
    return Response(html, content_type=HTML)


def _fragment(value: Any) -> Any:
    return orjson.loads(value.contents) if isinstance(value, orjson.Fragment) else str(value)


@pages.operation(
    "GET", "/inspect/<uid>/csv", access=can("dashboards:read", asked_later=True), own_transactions=True
)
def as_csv(actor: Actor, uid: str) -> Response:
    """Return a panel's data as CSV, frame below frame."""
    model, drawn = _drawn(actor, uid)
    name = "".join(one if one.isalnum() else "-" for one in model.title_of(drawn.place)) or "panel"
    return Response(
        files.as_csv([(model.title_of(drawn.place), panel_tables.tables(model, drawn))], heads=False),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name.encode("ascii", "ignore").decode()}.csv"'
        },
    )


@pages.operation("GET", "/inspect/<uid>/json", access=can("dashboards:read", asked_later=True))
def as_json(actor: Actor, uid: str) -> Response:
    """Return one panel's JSON, for copying. panel: its id."""
    board = read_tree(_board(actor, uid).body)
    wanted = request.args.get("panel", "")
    found = next((one for _, _, one in every_panel(board) if str(one.get("id")) == wanted), None)
    if found is None:
        raise dashboards.DashboardNotFound("This dashboard has no such panel")
    return Response(tree_text(found), content_type="application/json")


@pages.operation("GET", "/d/<uid>/<slug>/export", access=can("dashboards:read", of=dashboards.by_uid))
def as_file(actor: Actor, dashboard: Any, slug: str) -> Response:
    """Return a dashboard's JSON as it is, or (external=1) with inputs for the data sources of another server."""
    text = dashboard.body
    if request.args.get("external"):
        rows = sorted(data_sources.listed(actor), key=lambda row: not row.is_default)
        known = [
            {"uid": row.uid, "name": row.name, "type": row.type, "type_name": sources.title(row.type)}
            for row in rows
        ]
        titles = {one.type: one.title for one in registry.all_kinds().values()}
        text = tree_text(export.external(read_tree(text), known, GRAFANA, titles))
    plain = orjson.dumps(orjson.loads(text), option=orjson.OPT_INDENT_2)
    name = "".join(one for one in slug if one.isalnum() or one in "-_").encode("ascii", "ignore").decode()
    return Response(
        plain,
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name or "dashboard"}.json"'},
    )
