"""Versions of a dashboard: listed, held against each other, brought back."""

from typing import Any

import orjson
from flask import Response, request

from blueprints.pages.editing import VIEWS
from blueprints.pages.rendering import PER_PAGE, Listed, go_to, page
from core import clock
from core.access import Actor
from core.errors import DomainError
from dashboards import diff
from dashboards.lines import lines
from services import dashboards, versions
from web.access import can
from web.operation import Pages
from web.paging import number

pages = Pages("version_pages", __name__)
_ACCESS = can("dashboards:write", of=dashboards.by_uid)


@pages.operation("GET", "/edit/<uid>/versions", access=_ACCESS)
def show(actor: Actor, dashboard: Any) -> Response:
    """List the versions; base and new: two of them to hold against each other."""
    return _shown(actor, dashboard)


@pages.operation("POST", "/edit/<uid>/versions", access=_ACCESS)
def restore(actor: Actor, dashboard: Any) -> Response:
    """Make an older version the newest."""
    text = request.form.get("version", "")
    try:
        saved = versions.restore(actor, dashboard, int(text) if text.isdecimal() and len(text) < 10 else 0)
    except DomainError as fault:
        return _shown(actor, dashboard, fault)
    return go_to(saved.url)


def _shown(actor: Actor, dashboard: Any, fault: DomainError | None = None) -> Response:
    at = number("page", 1)
    total = versions.count(actor, dashboard)
    rows = versions.listed(actor, dashboard, PER_PAGE, (at - 1) * PER_PAGE)
    newest = dashboard.version
    base, new = number("base", max(1, newest - 1)), number("new", newest)
    compared: dict[str, Any] = {}
    if "base" in request.args and fault is None:
        try:
            compared = _compared(actor, dashboard, base, new)
        except versions.VersionNotFound as missing:
            fault = missing
    return page(
        "versions",
        actor,
        VIEWS["versions"],
        fault.status if fault else 200,
        dashboard=dashboard,
        views=VIEWS,
        list=Listed(rows, total, at, "", PER_PAGE),
        base=base,
        new=new,
        now=clock.now(),
        age=clock.age,
        iso=clock.iso,
        fault=fault.text if fault else "",
        **compared,
    )


def _compared(actor: Actor, dashboard: Any, base: int, new: int) -> dict[str, Any]:
    before, after = (orjson.loads(versions.find(actor, dashboard, one).body) for one in (base, new))
    return {"changes": diff.differences(before, after), "lines": list(lines(before, after))}
