"""The links of a dashboard and of its panels: to addresses, and to dashboards that share tags."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from core.access import Actor
from core.interpolation import Variable, fill
from core.members import mappings
from panels.links import safe
from queries.variables import in_address
from services import search
from services.dashboards import page_url
from services.panel_data import Page

MOST = 100


@dataclass(frozen=True)
class Link:
    """Where a link leads. items: a menu of links in its place. blank: in a window of its own."""

    title: str
    url: str = ""
    tooltip: str = ""
    blank: bool = False
    items: tuple["Link", ...] = ()


def of_dashboard(actor: Actor, page: Page, root: str) -> list[Link]:
    """Return a dashboard's links in order. root: what paths of ours begin with under a sub-path."""
    found: list[Link] = []
    for model in mappings(page.board.get("links")):
        if model.get("type") == "dashboards":
            found += _tagged(actor, page, model, root)
        else:
            found += _plain(page, model, page.known)
    return found


def of_panel(page: Page, panel: Mapping[str, Any], scope: Mapping[str, tuple[str, str]]) -> list[Link]:
    """Return the links in a panel's menu."""
    known = page.scoped(scope)
    return [link for model in mappings(panel.get("links")) for link in _plain(page, model, known)]


def _plain(page: Page, model: Mapping[str, Any], known: Mapping[str, Variable]) -> Iterable[Link]:
    address = safe(fill(str(model.get("url") or ""), known, default_format="percentencode"))
    if not address:
        return []
    title = fill(str(model.get("title") or address), known)
    return [
        Link(
            title,
            _with_state(page, model, address),
            str(model.get("tooltip") or ""),
            bool(model.get("targetBlank")),
        )
    ]


def _tagged(actor: Actor, page: Page, model: Mapping[str, Any], root: str) -> list[Link]:
    tags = tuple(str(tag) for tag in given) if isinstance(given := model.get("tags"), list) else ()
    wanted = search.Wanted(tags=tags, kind="dash-db", limit=MOST)
    items = tuple(
        Link(
            row.title,
            _with_state(page, model, root + page_url(row.uid, row.slug, is_folder=False)),
            blank=bool(model.get("targetBlank")),
        )
        for row in search.find(actor, wanted).rows
        if row.uid != page.uid
    )
    if model.get("asDropdown"):
        title = fill(str(model.get("title") or "Dashboards"), page.known)
        return [Link(title, tooltip=str(model.get("tooltip") or ""), items=items)]
    return list(items)


def _with_state(page: Page, model: Mapping[str, Any], address: str) -> str:
    """Return an address that takes the time range (`keepTime`) and the variables (`includeVars`) along."""
    parts = []
    if model.get("keepTime"):
        parts.append(urlencode({"from": page.span.raw_from, "to": page.span.raw_to}))
    if model.get("includeVars") and (variables := in_address(page.states)):
        parts.append(variables)
    if not parts:
        return address
    return address + ("&" if "?" in address else "?") + "&".join(parts)
