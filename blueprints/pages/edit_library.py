"""Library panels in the editor: one made of a panel, one added to the dashboard."""

from typing import Any

from flask import Response, render_template, request

from blueprints.pages.editing import WRITE, draft_state
from blueprints.pages.rendering import HTML, go_to
from core.access import Actor
from services import drafts, folders, library
from services.library_panels import PANEL
from web.access import can
from web.operation import Pages
from web.paging import number

pages = Pages("edit_library_pages", __name__)
SHOWN = 30


@pages.operation("GET", "/edit/<uid>/library", access=WRITE)
def offered(actor: Actor, uid: str) -> Response:
    """Return the library panels that can be added, filtered."""
    draft_state(actor, uid)
    query = request.args.get("query", "").strip()
    wanted = library.Wanted(text=query, kind=PANEL, per_page=SHOWN)
    total, rows = library.listed(actor, wanted, in_folders=False)
    shown = [{"row": row, "value": _panel(row)} for row in rows]
    html = render_template("partials/library_offered.html", rows=shown, total=total, query=query)
    return Response(html, content_type=HTML)


def _panel(row: Any) -> dict[str, Any]:
    """Return the panel that an element is added as: its title and kind until it is filled in, and the reference."""
    return {"type": row.type, "title": row.name, "libraryPanel": {"uid": row.uid, "name": row.name}}


@pages.operation("GET", "/edit/<uid>/library/new", access=WRITE)
def ask(actor: Actor, uid: str) -> Response:
    """Return the dialog that makes a library panel of a panel."""
    state = draft_state(actor, uid)
    html = render_template(
        "partials/library_new.html", actor=actor, state=state, panel=number("panel", 0), title=request.args.get("title", ""),
        folders=folders.choices(actor),
    )  # fmt: skip
    return Response(html, content_type=HTML)


@pages.operation("POST", "/edit/<uid>/library", access=can("dashboards:write", "dashboards:create"))
def make(actor: Actor, uid: str) -> Response:
    """Make a library panel of a panel of the draft."""
    draft_state(actor, uid)
    form = request.form
    panel = int(form["panel"]) if form.get("panel", "").isdecimal() and len(form["panel"]) < 10 else 0
    drafts.make_library_panel(actor, uid, panel, form.get("name", ""), form.get("folder", ""))
    return go_to(f"/edit/{uid}")
