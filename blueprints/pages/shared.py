"""Boards for whoever has their address: snapshots and public dashboards. Nothing leads from here to anything else."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from flask import Response

from blueprints.pages.board import asked, drawn_inline, grid_values, shown_values, streamed, timeout
from blueprints.pages.rendering import page
from core import clock
from core.access import Actor, Credential
from core.errors import BadRequest
from models.session import transaction
from services import panel_data, public_dashboards, snapshots
from services.panel_data import Page
from web.access import public
from web.operation import Pages
from web.prefix import url

pages = Pages("shared_pages", __name__)
_SNAPSHOT = public("whoever has the key of a snapshot may look at it")
_PUBLIC = public("whoever has the token of a public dashboard may look at it")


@dataclass(frozen=True)
class Board:
    """What `panel_data.load` needs of a dashboard, of which a snapshot has no number."""

    uid: str
    title: str
    slug: str
    body: str
    id: int = 0


@dataclass(frozen=True)
class Shared:
    """A board that is shown, and what its visitors may choose. said: what stands beside the title."""

    model: Page
    address: str
    said: str = ""
    may_choose_time: bool = False


def _restricted(model: Page, variables: Collection[str]) -> Page:
    """Leave visitors those variables alone that they may set."""
    model.states = [one if one.name in variables else replace(one, hide=2) for one in model.states]
    return model


def _require_offered(model: Page, names: Collection[str]) -> None:
    """Refuse values that a variable does not offer: they would be written into queries that nobody has allowed.

    Raises BadRequest. A text box offers any text; who lets visitors set one means that.
    """
    panel_data.resolve_variables(model, fresh=False)
    for one in model.states:
        offered = {choice.value for choice in one.options}
        if one.name in names and one.kind != "textbox" and not one.is_all and not set(one.chosen) <= offered:
            raise BadRequest(f"{one.name} has no such value", field=one.name, traced=False)


def _snapshot(key: str) -> Shared:
    row = snapshots.find(key)
    board = Board(key, row.name, "snapshot", row.body)
    visitor = Actor(org_id=row.org_id, credential=Credential.ANONYMOUS)
    view = replace(asked(visitor, streamed=True), variables={}, raw_from="", raw_to="")
    model = _restricted(panel_data.load(visitor, board, view, timeout()), ())
    said = f"Snapshot, taken {clock.age(row.created, clock.now()).replace('<', 'less than')} ago"
    return Shared(model, f"/dashboard/snapshot/{key}", said)


def _public(token: str) -> Shared:
    found = public_dashboards.visited(token)
    allowed = {f"var-{name}" for name in found.variables}
    view = asked(found.visitor, streamed=True)
    view = replace(
        view, variables={name: values for name, values in view.variables.items() if name in allowed}
    )
    chooses = bool(found.public.time_selection_enabled)
    if not chooses:
        view = replace(view, raw_from="", raw_to="")
    model = _restricted(panel_data.load(found.visitor, found, view, timeout()), found.variables)
    if view.variables:
        _require_offered(model, {name.removeprefix("var-") for name in view.variables})
    return Shared(model, f"/public-dashboards/{token}", may_choose_time=chooses)


def _page(actor: Actor, shared: Shared) -> Response:
    values = {**shown_values(shared.model), **grid_values(shared.model)}
    return page(
        "shared",
        actor,
        shared.model.title,
        **values,
        shared=True,
        said=shared.said,
        may_choose_time=shared.may_choose_time,
        panels_url=url(shared.address + "/panels"),
        inline=drawn_inline(shared.model),
    )


@pages.operation("GET", "/dashboard/snapshot/<key>", access=_SNAPSHOT)
def snapshot(actor: Actor, key: str) -> Response:
    """Show a snapshot."""
    return _page(actor, _snapshot(key))


@pages.operation("GET", "/dashboard/snapshot/<key>/panels", access=_SNAPSHOT, own_transactions=True)
def snapshot_panels(actor: Actor, key: str) -> Response:
    """Stream a snapshot's panels, as `/d/<uid>/panels` does."""
    with transaction(write=False):
        shared = _snapshot(key)
    return streamed(actor, shared.model, shared=True)


@pages.operation("GET", "/public-dashboards/<token>", access=_PUBLIC)
def public_dashboard(actor: Actor, token: str) -> Response:
    """Show a public dashboard."""
    return _page(actor, _public(token))


@pages.operation("GET", "/public-dashboards/<token>/panels", access=_PUBLIC, own_transactions=True)
def public_panels(actor: Actor, token: str) -> Response:
    """Stream a public dashboard's panels, as `/d/<uid>/panels` does."""
    with transaction(write=False):
        shared = _public(token)
    return streamed(actor, shared.model, shared=True)
