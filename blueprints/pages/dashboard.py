"""A dashboard: answered at once without its data; panels follow in one stream, each when it is ready."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from threading import BoundedSemaphore
from typing import Any

import orjson
from flask import Response, redirect, render_template, request, stream_with_context

from blueprints.pages.forms import Model
from blueprints.pages.rendering import HTML, page, theme_of
from core.access import Actor
from core.durations import parse_duration
from core.errors import BadRequest, DomainError, Unavailable
from dashboards import document
from models.session import transaction
from panels import render
from panels.kinds import text
from services import dashboard_links, dashboards, panel_data, users
from services.panel_data import Asked, Drawn, Page
from web.access import can
from web.configured import settings
from web.operation import Pages
from web.prefix import url

pages = Pages("dashboard_pages", __name__)
DEFAULT_GRID, MOST_GRID = 1380.0, 8000.0
SOLO = (1000.0, 500.0)
_streams = BoundedSemaphore(
    24
)  # three quarters of a worker's threads; beyond that panels are asked to come again
QUICK = (
    ("now-5m", "Last 5 minutes"), ("now-15m", "Last 15 minutes"), ("now-30m", "Last 30 minutes"), ("now-1h", "Last 1 hour"),
    ("now-3h", "Last 3 hours"), ("now-6h", "Last 6 hours"), ("now-12h", "Last 12 hours"), ("now-24h", "Last 24 hours"),
    ("now-2d", "Last 2 days"), ("now-7d", "Last 7 days"), ("now-30d", "Last 30 days"), ("now-90d", "Last 90 days"),
    ("now-1y", "Last 1 year"), ("now-5y", "Last 5 years"),
)  # fmt: skip
REFRESHES = ("1s", "5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d")


def _asked(actor: Actor) -> Asked:
    args = request.args
    try:
        grid = float(args.get("w", DEFAULT_GRID))
    except ValueError:
        grid = DEFAULT_GRID
    grid = max(200.0, min(MOST_GRID, grid)) if grid == grid else DEFAULT_GRID
    chosen = {name: args.getlist(name) for name in args if name.startswith("var-")}
    return Asked(
        raw_from=args.get("from", ""),
        raw_to=args.get("to", ""),
        variables=chosen,
        grid_px=grid,
        box_px=_box(),
        timezone=args.get("timezone", ""),
        browser_zone=_browser_zone(),
        dark=theme_of(actor) == "dark",
    )


def _browser_zone() -> str:
    """Return the zone that the server is set to, or (`browser`) the one of which the browser's script has told us."""
    fixed = settings().text("date_formats", "default_timezone")
    return request.cookies.get("zone", "") if fixed.lower() in {"", "browser"} else fixed


def _timeout() -> float:
    return float(settings().number("dataproxy", "timeout") or 30)


def _words(span: Any) -> str:
    if span.raw_to == "now":
        found = dict(QUICK).get(span.raw_from)
        if found:
            return found
    return f"{span.raw_from} to {span.raw_to}" if span.raw_from.startswith("now") else ""


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
        return redirect(url(dashboards.page_url(dashboard.uid, dashboard.slug, is_folder=True)))  # type: ignore[return-value]  # redirect() builds this application's Response
    if request.args.get("editview") == "dashboard_json":
        text = orjson.dumps(orjson.loads(dashboard.body), option=orjson.OPT_INDENT_2).decode()
        return page(
            "model",
            actor,
            dashboard.title,
            form=Model(text=text),
            dashboard=dashboard,
            may_save=actor.may("dashboards:write", *dashboards.scopes(dashboard)),
        )
    model = panel_data.load(actor, dashboard, _asked(actor), _timeout())
    starred = users.is_starred(actor, dashboard.id) if actor.user_id else False
    inline = request.args.get("inline") == "1"
    drawn = _drawn_inline(model) if inline else {}
    return page(
        "dashboard", actor, dashboard.title, **_values(actor, dashboard, model), starred=starred, inline=drawn
    )


def _drawn_inline(model: Page) -> dict[str, Drawn]:
    """Draw all panels into the page itself: for printing, and where no script runs."""
    panel_data.resolve_variables(model)
    shown = list(panel_data.places(model).values())
    return {one.place.key: one for one in panel_data.draw(model, shown)}


def _values(actor: Actor, dashboard: Any, model: Page) -> dict[str, Any]:
    view_panel = request.args.get("viewPanel", "")
    sections = model.layout()
    only = next((place for section in sections for place in section.panels if place.key == view_panel), None)
    least = parse_duration(settings().text("dashboards", "min_refresh_interval") or "1s")
    refreshes = [one for one in REFRESHES if parse_duration(one) >= least]
    refresh = request.args.get("refresh", model.board.get("refresh") or "")
    return {
        "dashboard": dashboard,
        **_grid_values(model),
        "only": only,
        "range_words": _words(model.span),
        "quick": QUICK,
        "refreshes": refreshes,
        "refresh": refresh if isinstance(refresh, str) and _allowed(refresh, least) else "",
        "links": dashboard_links.of_dashboard(actor, model, request.script_root),
        "may_save": actor.may("dashboards:write", *dashboards.scopes(dashboard)),
        "kiosk": request.args.get("kiosk", None) is not None,
    }


def _allowed(refresh: str, least_ms: int) -> bool:
    try:
        return parse_duration(refresh) >= least_ms
    except ValueError:
        return False


@pages.operation("GET", "/d/<uid>/panels", access=can("dashboards:read"), own_transactions=True)
def panels(actor: Actor, uid: str) -> Response:
    """Stream panels as NDJSON, a line each: `{panelId, state, html}`; variables come first where they changed.

    ids: keys of panels, separated by commas. rows: `all` for tables with all they write out. w: the grid's width in pixels. width, height: of a panel that stands alone.
    """
    with transaction(write=False):
        dashboard = dashboards.find_by_uid(actor, uid)
        dashboards.require_read(actor, dashboard)
        if "ids" not in request.args and request.accept_mimetypes.accept_html:
            return _page(actor, dashboard)  # a dashboard whose title is "Panels"
        asked = _asked(actor)
        if request.args.get("rows") != "all":
            asked = replace(asked, all_rows=False)
        model = panel_data.load(actor, dashboard, asked, _timeout())
    if not _streams.acquire(blocking=False):
        raise Unavailable("Too many panels are being drawn; they will be asked for again")
    wanted = [one for one in request.args.get("ids", "").split(",") if one]
    fresh = request.args.get("fresh") != "0"
    response = Response(
        stream_with_context(_lines(model, wanted, fresh=fresh)),
        content_type="application/x-ndjson",
    )
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(_streams.release)
    return response


def _lines(model: Page, wanted: list[str], *, fresh: bool) -> Iterator[bytes]:
    states, outline = model.states, _outline(model)
    panel_data.resolve_variables(model, fresh=fresh)
    if fresh and model.states != states:
        yield _line({"variables": render_template("partials/variables.html", states=model.states)})
    found = panel_data.places(model)
    if fresh and _outline(model) != outline:
        wanted = [key for key in found if key in wanted] or list(found)[:1]
        grid = render_template("partials/grid.html", only=None, inline={}, **_grid_values(model))
        yield _line({"grid": grid, "ids": wanted})
    for one in panel_data.draw(model, [found[key] for key in wanted if key in found]):
        yield _line(_outcome(one))


def _outline(model: Page) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what the page shows of its grid: rows and panels by key and title, which variables may change."""
    return [
        (model.row_title(section), [(place.key, model.title_of(place)) for place in section.panels])
        for section in model.layout()
    ]


def _grid_values(model: Page) -> dict[str, Any]:
    """Return what `partials/grid.html` is rendered with, besides what is drawn already."""
    return {
        "sections": model.layout(),
        "model": model,
        "outcome": _shown,
        "links_of": partial(dashboard_links.of_panel, model),
        "prose": text.described,
    }


def _outcome(one: Drawn) -> dict[str, Any]:
    return {
        "panelId": one.place.key,
        "state": one.state,
        "note": one.note,
        "html": _shown(one),
    }


def _shown(one: Drawn) -> str:
    return render.outcome(one.view, one.error, has_data=one.has_data)


def _line(members: dict[str, Any]) -> bytes:
    return orjson.dumps(members) + b"\n"


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
    model = panel_data.load(actor, dashboard, _asked(actor), _timeout())
    wanted = request.args.get("panelId", "")
    found = panel_data.places(model)
    place = found.get(wanted) or next((one for one in found.values() if str(one.id) == wanted), None)
    if place is None:
        raise dashboards.DashboardNotFound(f"This dashboard has no panel {wanted or '(panelId is missing)'}")
    alone = replace(place, x=0, y=0)
    model.asked = replace(model.asked, box_px=_box() or SOLO)
    panel_data.resolve_variables(model)
    drawn = next(panel_data.draw(model, [alone]))
    values = _values(actor, dashboard, model)
    html = render_template(
        "pages/solo.html",
        actor=actor,
        title=model.title_of(alone) or dashboard.title,
        theme=theme_of(actor),
        place=alone,
        drawn=drawn,
        **values,
    )
    return Response(html, content_type=HTML)


def _box() -> tuple[float, float] | None:
    """Return the size that the address gives a panel alone (`width`, `height`), if it gives one."""
    texts = [request.args.get(name, "") for name in ("width", "height")]
    if not all(text.isdecimal() and len(text) < 6 for text in texts):
        return None
    width, height = (float(max(50, min(4000, int(text)))) for text in texts)
    return width, height


@pages.operation("POST", "/d/<uid>/<slug>/json", access=can("dashboards:write"), own_transactions=True)
def save_model(actor: Actor, uid: str, slug: str) -> Response:
    """Save a dashboard's JSON; a conflict says so and keeps what was typed."""
    del slug
    form = Model()
    with transaction(write=False):
        dashboard = dashboards.find_by_uid(actor, uid)
    status = 400
    if form.validate_on_submit():
        try:
            wanted = dashboards.Save(
                document.read((form.text.data or "").encode()),
                dashboard.folder_id,
                message=form.message.data or "",
                overwrite="overwrite" in request.form,
            )
            with transaction():
                saved = dashboards.save(actor, wanted)
            return redirect(url(saved.url))  # type: ignore[return-value]
        except BadRequest as fault:
            form.text.errors = [
                "This is not the JSON of a dashboard" if fault.text == BadRequest.message else fault.text
            ]
        except DomainError as fault:
            form.text.errors, status = [fault.text], fault.status
    return page(
        "model",
        actor,
        dashboard.title,
        status,
        form=form,
        dashboard=dashboard,
        may_save=True,
        conflict=status == 412,
    )


@pages.operation("POST", "/d/<uid>/delete", access=can("dashboards:delete", of=dashboards.by_uid))
def delete(actor: Actor, dashboard: Any) -> Response:
    """Delete a dashboard and go to the list."""
    del actor
    dashboards.remove(dashboard)
    return redirect(url("/dashboards"))  # type: ignore[return-value]


@pages.operation("GET", "/dashboard/db/<slug>", access=can("dashboards:read", of=dashboards.by_slug))
def old_address(actor: Actor, dashboard: Any) -> Response:
    """Lead from the address of 2.x to today's."""
    del actor
    return redirect(url(dashboards.page_url(dashboard.uid, dashboard.slug, is_folder=False)))  # type: ignore[return-value]
