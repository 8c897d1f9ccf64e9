"""A dashboard: answered at once without its data; panels follow in one stream, each when it is ready."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Response, render_template, request

from blueprints.pages.board import as_asked, asked, box, drawn_inline, streamed, timeout, values
from blueprints.pages.rendering import HTML, go_to, page, theme_of
from core import clock
from core.access import Actor
from models.session import transaction
from services import dashboards, drafts, panel_data, playlists, trash, users, versions
from web.access import can
from web.operation import Pages
from web.paging import number
from web.prefix import url

pages = Pages("dashboard_pages", __name__)
SOLO = (1000.0, 500.0)


@pages.operation("GET", "/d/<uid>", access=can("dashboards:read", of=dashboards.by_uid))
def without_slug(actor: Actor, dashboard: Any) -> Response:
    """Show a dashboard by its uid alone."""
    return _page(actor, dashboard)


@pages.operation("GET", "/d/<uid>/<slug>", access=can("dashboards:read", of=dashboards.by_uid))
def show(actor: Actor, dashboard: Any, slug: str) -> Response:
    """Show a dashboard; the slug may be any, for links outlive titles."""
    del slug
    return _page(actor, dashboard)


def _page(actor: Actor, dashboard: Any) -> Response:
    if dashboard.is_folder:
        return go_to(dashboards.page_url(dashboard.uid, dashboard.slug, is_folder=True))
    target = _edited(actor, dashboard)
    if target:
        return go_to(target)
    if request.args.get("editview") == "permissions" and actor.may(
        "dashboards.permissions:read", *dashboards.scopes(dashboard)
    ):
        return go_to(f"/permissions/dashboards/{dashboard.uid}")
    if request.args.get("editview") == "dashboard_json":
        text = orjson.dumps(orjson.loads(dashboard.body), option=orjson.OPT_INDENT_2).decode()
        return page("model", actor, dashboard.title, text=text, dashboard=dashboard)
    dashboard = as_asked(actor, dashboard)
    past = isinstance(dashboard, versions.Past)
    model = panel_data.load(actor, dashboard, asked(actor), timeout())
    may_save = not past and actor.may("dashboards:write", *dashboards.scopes(dashboard))
    draft = drafts.pending(actor, dashboard.uid) if may_save and actor.user_id else None
    starred = users.is_starred(actor, dashboard.id) if actor.user_id else False
    return page(
        "dashboard",
        actor,
        dashboard.title,
        **{**values(actor, dashboard, model), "may_save": may_save},
        past=dashboard.at.strftime("%Y-%m-%d %H:%M:%S UTC") if past else "",
        starred=starred,
        inline=drawn_inline(model),
        playing=_playing(actor),
        draft=clock.age(draft, clock.now()) if draft else "",
    )


def _playing(actor: Actor) -> dict[str, Any] | None:
    """Return what leads on from here, where the dashboard is shown as one of a playlist."""
    uid, at = request.args.get("playlist", ""), number("at", 0, least=0)
    try:
        playlist = playlists.find(actor, uid) if uid else None
    except playlists.PlaylistNotFound:
        playlist = None
    if playlist is None:
        return None
    count = len(playlists.stops(actor, playlist)) or 1
    passed = [pair for pair in request.args.items(multi=True) if pair[0] not in {"playlist", "at"}]

    def step(by: int) -> str:
        return url(f"/playlists/play/{uid}?{urlencode([('at', (at + by) % count), *passed])}")

    every = playlists.interval_ms(playlist)
    return {
        "name": playlist.name,
        "at": at + 1,
        "count": count,
        "every_ms": every,
        "next": step(1),
        "previous": step(-1),
    }


def _edited(actor: Actor, dashboard: Any) -> str:
    """Return where the addresses of Grafana's editors lead here; empty for an address that shows."""
    if not actor.user_id or not actor.may("dashboards:write", *dashboards.scopes(dashboard)):
        return ""
    rest = {
        name: request.args.getlist(name)
        for name in request.args
        if name not in {"editPanel", "editview", "edit"}
    }
    query = "?" + urlencode(rest, doseq=True) if rest else ""
    view = {"templating": "variables", "dashboard_json": "json"}.get(
        request.args.get("editview", ""), request.args.get("editview", "")
    )
    if request.args.get("editPanel", "").isdecimal():
        return f"/edit/{dashboard.uid}/panel/{request.args['editPanel']}{query}"
    if view in {"settings", "variables", "annotations", "links", "versions", "json"}:
        return f"/edit/{dashboard.uid}/{view}{query}"
    return f"/edit/{dashboard.uid}{query}" if "edit" in request.args else ""


@pages.operation(
    "GET", "/d/<uid>/panels", access=can("dashboards:read", asked_later=True), own_transactions=True
)
def panels(actor: Actor, uid: str) -> Response:
    """Stream panels as NDJSON, a line each: `{panelId, state, html}`; variables come first where they changed.

    ids: keys of panels, separated by commas. rows: `all` for tables with all they write out. w: the grid's width in pixels. width, height: of a panel that stands alone.
    """
    with transaction(write=False):
        dashboard = dashboards.find_by_uid(actor, uid)
        dashboards.require_read(actor, dashboard)
        if "ids" not in request.args and request.accept_mimetypes.accept_html:
            return _page(actor, dashboard)  # a dashboard whose title is "Panels"
        dashboard = as_asked(actor, dashboard)
        model = panel_data.load(actor, dashboard, asked(actor, streamed=True), timeout())
        past = isinstance(dashboard, versions.Past)
        may_save = not past and dashboards.may(actor, "dashboards:write", dashboard)
    return streamed(actor, model, may_save=may_save)


@pages.operation("GET", "/d-solo/<uid>/<slug>", access=can("dashboards:read", of=dashboards.by_uid))
def solo(actor: Actor, dashboard: Any, slug: str) -> Response:
    """Show one panel alone, for embedding."""
    del slug
    return _solo(actor, dashboard)


@pages.operation("GET", "/d-solo/<uid>", access=can("dashboards:read", of=dashboards.by_uid))
def solo_without_slug(actor: Actor, dashboard: Any) -> Response:
    """Show one panel alone, by uid."""
    return _solo(actor, dashboard)


def _solo(actor: Actor, dashboard: Any) -> Response:
    dashboard = as_asked(actor, dashboard)
    model = panel_data.load(actor, dashboard, asked(actor), timeout())
    wanted = request.args.get("panelId", "")
    found = panel_data.places(model)
    place = found.get(wanted) or next((one for one in found.values() if str(one.id) == wanted), None)
    if place is None:
        raise dashboards.DashboardNotFound(f"This dashboard has no panel {wanted or '(panelId is missing)'}")
    alone = replace(place, x=0, y=0)
    model.asked = replace(model.asked, box_px=box() or SOLO)
    panel_data.resolve_variables(model)
    drawn = next(panel_data.draw(model, [alone]))
    html = render_template(
        "pages/solo.html",
        actor=actor,
        title=model.title_of(alone) or dashboard.title,
        theme=theme_of(actor),
        place=alone,
        drawn=drawn,
        **values(actor, dashboard, model),
    )
    return Response(html, content_type=HTML)


@pages.operation("POST", "/d/<uid>/delete", access=can("dashboards:delete", of=dashboards.by_uid))
def delete(actor: Actor, dashboard: Any) -> Response:
    """Delete a dashboard and go to the list."""
    trash.remove(actor, dashboard)
    return go_to("/dashboards")


@pages.operation("GET", "/dashboard/db/<slug>", access=can("dashboards:read", of=dashboards.by_slug))
def old_address(actor: Actor, dashboard: Any) -> Response:
    """Lead from the address of 2.x to today's."""
    del actor
    return go_to(dashboards.page_url(dashboard.uid, dashboard.slug, is_folder=False))
