"""Editing a dashboard: its grid, its panels and its settings, all on a draft that is kept with each change."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from flask import Response, render_template, request

from blueprints.pages.board import asked, streamed, timeout, values
from blueprints.pages.rendering import HTML, go_to, page
from core.access import Actor
from core.errors import BadRequest, DomainError
from core.identifiers import UID, new_uid
from core.members import mappings
from core.reducers import NAMES
from core.units import known as known_units
from dashboards.tree import every_panel
from datasources import registry as sources
from models.session import transaction
from panels import form, standard
from panels.upgrade import upgraded
from queries import variable_options
from schemas.base import Anything, Body, Text, Whole
from services import dashboards, draft_library, drafts, folders, panel_data, saving
from services.panel_data import Page
from web.access import can
from web.operation import Pages
from web.prefix import url
from web.responses import answer

pages = Pages("editing_pages", __name__)
WRITE = can("dashboards:write", "dashboards:create")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
VIEWS = {
    "settings": "Settings",
    "variables": "Variables",
    "annotations": "Annotations",
    "links": "Links",
    "versions": "Versions",
    "json": "JSON model",
}


class Changes(Body):
    """Changes of one step (`dashboards/editing.py`). show: a panel whose form is wanted back."""

    changes = Anything(required=True)
    did = Text(load_default="")
    folder = Text(load_default="")
    show = Whole(load_default=0)


@pages.operation("GET", "/dashboard/new", access=can("dashboards:create", any_scope=True))
def new(actor: Actor) -> Response:
    """Show an empty dashboard; nothing is kept before its first change."""
    del actor
    return go_to(f"/edit/{new_uid()}{_kept_search(request.query_string.decode())}")


def draft_state(actor: Actor, uid: str) -> drafts.State:
    """Return the dashboard as the person left it. Raises DashboardNotFound, Forbidden."""
    if not actor.user_id:
        raise dashboards.DashboardNotFound("Dashboards are edited by people, who sign in")
    if not UID.fullmatch(uid):
        raise dashboards.DashboardNotFound
    folder = request.args.get("folderUid", "")
    return drafts.state(actor, uid, folder if UID.fullmatch(folder) else "")


def load_draft(actor: Actor, state: drafts.State, *, stream: bool = False) -> Page:
    """Return what drawing a draft begins with."""
    return panel_data.load(
        actor, drafts.presentable(state.board), asked(actor, streamed=stream, editing=True), timeout()
    )


def edit_page(
    actor: Actor, template: str, state: drafts.State, title: str, model: Page, **more: Any
) -> Response:
    """Render a page of the editor."""
    shown = values(actor, state.board, model)
    return page(
        template,
        actor,
        title,
        **{
            **shown,
            "state": state,
            "inline": {},
            "views": VIEWS,
            "draft": "",
            "panels_url": url(f"/edit/{state.board.uid}/panels"),
            **more,
        },
    )


@pages.operation("GET", "/edit/<uid>", access=WRITE)
def grid(actor: Actor, uid: str) -> Response:
    """Show the grid, on which panels are moved."""
    state = draft_state(actor, uid)
    return edit_page(actor, "edit", state, state.board.title, load_draft(actor, state))


@pages.operation("GET", "/edit/<uid>/panels", access=WRITE, own_transactions=True)
def panels(actor: Actor, uid: str) -> Response:
    """Stream panels as the draft has them, as `/d/<uid>/panels` does."""
    with transaction(write=False):
        model = load_draft(actor, draft_state(actor, uid), stream=True)
    return streamed(actor, model)


@pages.operation("GET", "/edit/<uid>/panel/<panel_id>", access=WRITE)
def panel(actor: Actor, uid: str, panel_id: int) -> Response:
    """Show one panel with its queries and options."""
    state = draft_state(actor, uid)
    model = load_draft(actor, state)
    place = next((one for one in panel_data.places(model).values() if one.id == panel_id), None)
    if place is None:
        raise dashboards.DashboardNotFound(f"This dashboard has no panel {panel_id}")
    title = model.title_of(place) or "Panel"
    return edit_page(
        actor, "edit_panel", state, title, model, only=place, sections=[], **_form_values(model, place.panel)
    )


def _form_values(model: Page, stored: Any) -> dict[str, Any]:
    """Return what the templates of a panel's form are rendered with."""
    shown = upgraded(stored)
    source = panel_data.source_for(model, shown.get("datasource"), {})
    mixed = _is_mixed(shown)
    queries: list[dict[str, Any]] = []
    for i, target in enumerate(mappings(shown.get("targets"))):
        own = (
            panel_data.source_for(model, target.get("datasource"), {})
            if mixed or target.get("datasource")
            else source
        )
        kind = sources.kind(own.type) if own is not None else None
        base: form.Path = ("targets", i)
        inputs = form.fields(kind.query_options, target, base) if kind is not None else []
        queries.append({"index": i, "target": target, "source": own, "inputs": inputs})
    return {
        "panel": shown,
        "options": form.sections(shown),
        "general": form.fields(form.GENERAL, shown, ()),
        "query_options": form.fields(form.QUERY_OPTIONS, shown, ()),
        "thresholds": form.thresholds(shown),
        "overrides": form.overrides(shown),
        "properties": form.properties(shown),
        "kinds": form.kinds(),
        "queries": queries,
        "source": source,
        "mixed": mixed,
        "sources": model.sources,
        "standard": standard,
        "reducers": NAMES,
        "units": known_units(),
        "board_variables": [one.name for one in model.states],
        "next_ref": next(
            (one for one in LETTERS if all(one != q["target"].get("refId") for q in queries)), "A1"
        ),
        "text": orjson.dumps(stored, option=orjson.OPT_INDENT_2).decode(),
    }


def _is_mixed(shown: dict[str, Any]) -> bool:
    reference = shown.get("datasource")
    return (reference.get("uid") if isinstance(reference, dict) else reference) == panel_data.MIXED


@pages.operation("GET", "/edit/<uid>/<view>", access=WRITE)
def settings(actor: Actor, uid: str, view: str) -> Response:
    """Show one of the dashboard's settings."""
    state = draft_state(actor, uid)
    if view not in VIEWS:
        raise dashboards.DashboardNotFound("There are no such settings")
    model = load_draft(actor, state)
    return edit_page(
        actor,
        f"edit_{view}",
        state,
        VIEWS[view],
        model,
        view=view,
        general=form.fields(variable_options.GENERAL, model.board, ()),
        times=form.fields(variable_options.TIME, model.board, ()),
        links_form=[
            form.fields(variable_options.LINK, one, ("links", i))
            for i, one in enumerate(mappings(model.board.get("links")))
        ],
        text=orjson.dumps(orjson.loads(state.board.body), option=orjson.OPT_INDENT_2).decode(),
    )


@pages.operation("GET", "/edit/<uid>/variables/<number_id>", access=WRITE, own_transactions=True)
def variable(actor: Actor, uid: str, number_id: int) -> Response:
    """Show one variable with its options, and the values that it has now."""
    with transaction(write=False):
        state = draft_state(actor, uid)
        model = load_draft(actor, state)
    panel_data.resolve_variables(model)
    if not 0 <= number_id < len(model.states):
        raise dashboards.DashboardNotFound("This dashboard has no such variable")
    chosen = model.states[number_id]
    spot = next(i for i, one in enumerate(model.board["templating"]["list"]) if one is chosen.model)
    base: form.Path = ("templating", "list", spot)
    return edit_page(
        actor,
        "edit_variable",
        state,
        chosen.name,
        model,
        view="variables",
        chosen=chosen,
        base=base,
        inputs=form.fields(variable_options.of_kind(chosen.kind), chosen.model, base),
        sources=model.sources,
    )


@pages.operation("POST", "/edit/<uid>/changes", access=WRITE, body=Changes)
def change(actor: Actor, uid: str, body: dict[str, Any]) -> Response:
    """Make changes in one step; answer the id of what was made, and the panel's form where it is asked for."""
    if not isinstance(body["changes"], list):
        raise BadRequest("changes is a list", field="changes", traced=False)
    draft_state(actor, uid)
    made = drafts.change(actor, uid, body["changes"], body["did"], body["folder"])
    said: dict[str, Any] = {"made": made}
    if body["show"]:
        state = draft_state(actor, uid)
        model = load_draft(actor, state)
        found = next((one for _, _, one in every_panel(model.board) if one.get("id") == body["show"]), None)
        if found is not None:
            shown = {**_form_values(model, found), "actor": actor, "state": state}
            said["options"] = render_template("partials/panel_options.html", **shown)
            said["queries"] = render_template("partials/panel_queries.html", **shown)
    return answer(said)


@pages.operation("POST", "/edit/<uid>/undo", access=WRITE)
def undo(actor: Actor, uid: str) -> Response:
    """Go a step back."""
    drafts.step(actor, uid, -1)
    return answer({"done": True})


@pages.operation("POST", "/edit/<uid>/redo", access=WRITE)
def redo(actor: Actor, uid: str) -> Response:
    """Go a step forward again."""
    drafts.step(actor, uid, 1)
    return answer({"done": True})


@pages.operation("POST", "/edit/<uid>/discard", access=WRITE)
def discard(actor: Actor, uid: str) -> Response:
    """Throw unsaved changes away and show the dashboard as it is saved."""
    state = draft_state(actor, uid)
    drafts.discard(actor, uid)
    board = state.board
    target = "/dashboards" if state.is_new else dashboards.page_url(uid, board.slug, is_folder=False)
    return go_to(target)


@pages.operation("GET", "/edit/<uid>/save", access=WRITE)
def ask_save(actor: Actor, uid: str) -> Response:
    """Return the dialog that saves: what changed, and the message."""
    return _save_dialog(actor, draft_state(actor, uid))


def _save_dialog(actor: Actor, state: drafts.State, status: int = 200, **more: Any) -> Response:
    uid = state.board.uid
    shown = render_template(
        "partials/save_dialog.html",
        actor=actor,
        state=state,
        changes=[] if state.is_new else drafts.compared(actor, uid),
        folders=folders.choices(actor),
        touched=draft_library.touched(actor, state.board.body),
        given=request.form,
        **more,
    )
    return Response(shown, status, content_type=HTML)


@pages.operation("POST", "/edit/<uid>/save", access=WRITE, own_transactions=True)
def save(actor: Actor, uid: str) -> Response:
    """Save the draft. A conflict shows what the other changed, and ways out."""
    args = request.form
    chosen = {name: args.getlist(name) for name in args if name.startswith("var-")}
    try:
        with transaction():
            state = draft_state(actor, uid)
            wanted = drafts.Keep(
                args.get("copy_title" if args.get("how") == "copy" and "copy_title" in args else "title", ""),
                args.get("folder", state.board.folder_uid),
                args.get("message", ""),
                args.get("how", ""),
                {"from": args["from"], "to": args["to"]}
                if "save_time" in args and args.get("from")
                else None,
                chosen if "save_variables" in args else None,
                args.get("library", draft_library.EVERYWHERE),
            )
            saved = drafts.keep(actor, uid, wanted)
    except DomainError as fault:
        with transaction(write=False):
            state = draft_state(actor, uid)
            clash = None
            if isinstance(fault, saving.VersionMismatch) and not state.is_new:
                clash = drafts.conflict(actor, uid)
            return _save_dialog(actor, state, fault.status, conflict=clash, fault=fault.text)
    return Response("", headers={"HX-Redirect": url(saved.url) + _kept_search(args.get("search", ""))})


def _kept_search(search: str) -> str:
    """Return what of an address goes on to the next page: time, variables, the folder of a new dashboard."""
    kept = [
        (name, value)
        for name, value in parse_qsl(search.lstrip("?"))
        if name in {"from", "to", "timezone", "refresh", "folderUid"} or name.startswith("var-")
    ]
    return "?" + urlencode(kept) if kept else ""
