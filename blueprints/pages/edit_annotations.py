"""Editing the annotation queries of a dashboard, on its draft."""

from typing import Any

from flask import Response

from blueprints.pages.editing import VIEWS, WRITE, draft_state, edit_page, load_draft
from core.access import Actor
from core.colors import by_name
from core.datetimes import format_time
from core.members import mapping
from core.options import Option
from core.timerange import zone
from dashboards.tree import every_panel
from datasources import registry as sources
from datasources.base import DataSource
from models.session import transaction
from panels import form
from queries import annotation_options
from services import dashboards, panel_data
from services.panel_data import Page
from web.operation import Pages

pages = Pages("edit_annotations_pages", __name__)


def _rows(model: Page) -> list[dict[str, Any]]:
    """Return the dashboard's annotation queries for the list; index: the place of each in the JSON, None for the unwritten."""
    spots = {id(one): i for i, one in enumerate(_held(model.board))}
    return [
        {
            "definition": one,
            "color": by_name(one.color),
            "index": spots.get(id(one.model)),
            "source": None if one.native else panel_data.source_for(model, one.datasource, {}),
        }
        for one in model.annotation_queries
    ]


def _held(board: Any) -> list[Any]:
    """Return the list of annotation queries in a dashboard's JSON."""
    found = mapping(board.get("annotations")).get("list")
    return found if isinstance(found, list) else []


@pages.operation("GET", "/edit/<uid>/annotations", access=WRITE)
def listed(actor: Actor, uid: str) -> Response:
    """List the annotation queries."""
    state = draft_state(actor, uid)
    model = load_draft(actor, state)
    return edit_page(
        actor,
        "edit_annotations",
        state,
        VIEWS["annotations"],
        model,
        view="annotations",
        annotation_rows=_rows(model),
        written_queries=len(_held(model.board)),
        built_in=annotation_options.BUILT_IN,
        new_query=annotation_options.NEW,
    )


@pages.operation("GET", "/edit/<uid>/annotations/<number_id>", access=WRITE, own_transactions=True)
def annotation(actor: Actor, uid: str, number_id: int) -> Response:
    """Show one annotation query with its options, and what it finds now."""
    with transaction(write=False):
        state = draft_state(actor, uid)
        model = load_draft(actor, state)
    rows = _rows(model)
    chosen = next((one["definition"] for one in rows if one["index"] == number_id), None)
    if chosen is None:
        raise dashboards.DashboardNotFound("This dashboard has no such annotation query")
    panel_data.resolve_variables(model)
    notes, fault = panel_data.found_by(model, chosen)
    base: form.Path = ("annotations", "list", number_id)
    at = (*base, *annotation_options.target_path(chosen.model))
    source = None if chosen.native else panel_data.source_for(model, chosen.datasource, {})
    kind = sources.kind(source.type) if source is not None else None
    declared = annotation_options.NATIVE if chosen.native else _of_annotation(kind)
    where, ids = annotation_options.shown_in(chosen.model)
    return edit_page(
        actor,
        "edit_annotation",
        state,
        chosen.name,
        model,
        view="annotations",
        chosen=chosen,
        base=base,
        target_at=at,
        source=source,
        sources=model.sources,
        general=form.fields(annotation_options.GENERAL, chosen.model, base),
        inputs=form.fields(declared, chosen.target, at),
        words=form.fields(annotation_options.WORDS, chosen.model, base)
        if source is not None and source.type == "prometheus"
        else [],
        shown_in=where,
        ids=ids,
        panels=[
            (one["id"], one.get("title") or f"Panel {one['id']}")
            for _, _, one in every_panel(model.board)
            if one.get("type") != "row" and isinstance(one.get("id"), int)
        ],
        notes=[
            (format_time(one.time, "YYYY-MM-DD HH:mm:ss", zone(model.timezone)), one)
            for one in sorted(notes, key=lambda one: -one.time)
        ],
        fault=fault,
    )


def _of_annotation(kind: type[DataSource] | None) -> tuple[Option, ...]:
    if kind is None:
        return ()
    return kind.query_options if kind.annotation_options is None else kind.annotation_options
