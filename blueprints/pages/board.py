"""What pages of a dashboard share, shown or edited: what the address asks, what templates get, and the stream of panels."""

from collections.abc import Iterator
from functools import partial
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Response, render_template, request, stream_with_context

from blueprints.pages.rendering import theme_of
from core.access import Actor
from core.durations import parse_duration
from core.errors import Unavailable
from panels import render
from panels.kinds import text
from services import annotations, dashboard_links, dashboards, folders, panel_data, versions
from services.panel_data import Asked, Drawn, Page
from web.configured import settings
from web.prefix import url

DEFAULT_GRID, MOST_GRID = 1380.0, 8000.0
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


def asked(actor: Actor, *, streamed: bool = False, editing: bool = False) -> Asked:
    """Return what the address asks. streamed: tables need not be written to their end. editing: nothing is repeated."""
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
        box_px=box(),
        timezone=args.get("timezone", ""),
        browser_zone=_browser_zone(),
        dark=theme_of(actor) == "dark",
        all_rows=not streamed or args.get("rows") == "all",
        editing=editing,
        one_column=args.get("columns") == "1",
        switched=tuple(args.getlist("annotations")),
    )


def _browser_zone() -> str:
    """Return the zone that the server is set to, or (`browser`) the one of which the browser's script has told us."""
    fixed = settings().text("date_formats", "default_timezone")
    return request.cookies.get("zone", "") if fixed.lower() in {"", "browser"} else fixed


def as_asked(actor: Actor, dashboard: Any) -> Any:
    """Return a dashboard as it was at the time that the address names (`asOf`), or as it is."""
    moment = request.args.get("asOf", "")
    return versions.as_of(actor, dashboard, moment) if moment else dashboard


def timeout() -> float:
    """Return how many seconds a data source may take."""
    return float(settings().number("dataproxy", "timeout") or 30)


def _words(span: Any) -> str:
    if span.raw_to == "now":
        found = dict(QUICK).get(span.raw_from)
        if found:
            return found
    return f"{span.raw_from} to {span.raw_to}" if span.raw_from.startswith("now") else ""


def shown_values(model: Page) -> dict[str, Any]:
    """Return what any board is rendered with, whoever looks at it."""
    least = parse_duration(settings().text("dashboards", "min_refresh_interval") or "1s")
    refreshes = [one for one in REFRESHES if parse_duration(one) >= least]
    refresh = request.args.get("refresh", model.board.get("refresh") or "")
    return {
        "dashboard": model,
        "path": (),
        "only": None,
        "range_words": _words(model.span),
        "quick": QUICK,
        "refreshes": refreshes,
        "refresh": refresh if isinstance(refresh, str) and _allowed(refresh, least) else "",
        "links": (),
        "note_queries": _note_queries(model),
        "may_save": False,
        "may_give": False,
        "may_annotate": False,
        "kiosk": request.args.get("kiosk") or "full" if "kiosk" in request.args else "",
    }


def values(actor: Actor, dashboard: Any, model: Page) -> dict[str, Any]:
    """Return what `pages/dashboard.html` is rendered with."""
    view_panel = request.args.get("viewPanel", "")
    sections = model.layout()
    only = next((place for section in sections for place in section.panels if place.key == view_panel), None)
    held = dashboards.scopes(dashboard)
    may_save = actor.may("dashboards:write", *held)
    return {
        **shown_values(model),
        "dashboard": dashboard,
        "path": folders.path(dashboard),
        "panels_url": url(f"/d/{dashboard.uid}/panels"),
        **grid_values(model),
        "only": only,
        "links": dashboard_links.of_dashboard(actor, model, request.script_root),
        "may_save": may_save,
        "may_give": actor.may("dashboards.permissions:read", *held),
        "may_share": actor.may("dashboards.public:write", *held),
        "snapshots_elsewhere": _elsewhere(),
        "may_annotate": bool(actor.user_id)
        and may_save
        and actor.may("annotations:create", annotations.DASHBOARD),
    }


def _elsewhere() -> str:
    """Return what the button says that publishes snapshots on another server; nothing where none may leave."""
    told = settings()
    return (
        told.text("snapshots", "external_snapshot_name") if told.flag("snapshots", "external_enabled") else ""
    )


def _note_queries(model: Page) -> list[dict[str, Any]]:
    """Return the annotation queries that a page offers to switch, each with the address that does."""
    found = []
    for one in model.annotation_queries:
        if one.hidden:
            continue
        rest = [pair for pair in request.args.items(multi=True) if pair != ("annotations", one.name)]
        switched = [] if one.name in model.asked.switched else [("annotations", one.name)]
        found.append(
            {"name": one.name, "shown": one.shown, "color": one.color, "query": urlencode([*rest, *switched])}
        )
    return found


def _allowed(refresh: str, least_ms: int) -> bool:
    try:
        return parse_duration(refresh) >= least_ms
    except ValueError:
        return False


def streamed(actor: Actor, model: Page, *, may_save: bool = False, shared: bool = False) -> Response:
    """Return the panels that the address names as NDJSON, each as it is ready. Raises Unavailable where too many are drawn."""
    if not _streams.acquire(blocking=False):
        raise Unavailable("Too many panels are being drawn; they will be asked for again")
    wanted = [one for one in request.args.get("ids", "").split(",") if one]
    fresh = request.args.get("fresh") != "0"
    response = Response(
        stream_with_context(
            _lines(model, wanted, fresh=fresh, actor=actor, may_save=may_save, shared=shared)
        ),
        content_type="application/x-ndjson",
    )
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(_streams.release)
    return response


def _lines(model: Page, wanted: list[str], *, fresh: bool, **shown: Any) -> Iterator[bytes]:
    states, outline = model.states, _outline(model)
    panel_data.resolve_variables(model, fresh=fresh)
    if fresh and model.states != states:
        yield _line({"variables": render_template("partials/variables.html", states=model.states)})
    found = panel_data.places(model)
    # Editors and a panel alone keep their place; titles come with the panels.
    whole = not model.asked.editing and model.asked.box_px is None
    if fresh and whole and _outline(model) != outline:
        wanted = [key for key in found if key in wanted] or list(found)[:1]
        grid = render_template("partials/grid.html", only=None, inline={}, **shown, **grid_values(model))
        yield _line({"grid": grid, "ids": wanted})
    for one in panel_data.draw(model, [found[key] for key in wanted if key in found]):
        yield _line(_outcome(model, one))


def _outline(model: Page) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what the page shows of its grid: rows and panels by key and title, which variables may change."""
    return [
        (model.row_title(section), [(place.key, model.title_of(place)) for place in section.panels])
        for section in model.layout()
    ]


def grid_values(model: Page) -> dict[str, Any]:
    """Return what `partials/grid.html` is rendered with, besides what is drawn already."""
    return {
        "sections": model.layout(),
        "model": model,
        "outcome": shown,
        "links_of": partial(dashboard_links.of_panel, model),
        "prose": text.described,
    }


def _outcome(model: Page, one: Drawn) -> dict[str, Any]:
    return {
        "panelId": one.place.key,
        "title": model.title_of(one.place),
        "state": one.state,
        "note": one.note,
        "html": shown(one),
    }


def shown(one: Drawn) -> str:
    """Return a drawn panel's HTML."""
    return render.outcome(one.view, one.error, has_data=one.has_data)


def _line(members: dict[str, Any]) -> bytes:
    return orjson.dumps(members) + b"\n"


def drawn_inline(model: Page) -> dict[str, Drawn]:
    """Draw all panels into the page itself where the address asks for it: for printing, and where no script runs."""
    if request.args.get("inline") != "1":
        return {}
    panel_data.resolve_variables(model)
    found = list(panel_data.places(model).values())
    return {one.place.key: one for one in panel_data.draw(model, found)}


def box() -> tuple[float, float] | None:
    """Return the size that the address gives a panel alone (`width`, `height`), if it gives one."""
    texts = [request.args.get(name, "") for name in ("width", "height")]
    if not all(text.isdecimal() and len(text) < 6 for text in texts):
        return None
    width, height = (float(max(50, min(4000, int(text)))) for text in texts)
    return width, height
