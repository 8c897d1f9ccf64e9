"""Who holds which level on one dashboard, folder, data source or service account: a page for each, the same for all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from blueprints.pages.rendering import go_to, page
from core.access import Actor, Loader, Role
from core.errors import BadRequest, DomainError, NotFound
from services import accounts, dashboards, data_sources, folders, nesting, permissions, teams, users
from services.permissions import ACCOUNTS, DASHBOARDS, FOLDERS, SOURCES, Grantee, Kind
from web.access import can
from web.operation import Pages

pages = Pages("rights_pages", __name__)


@dataclass(frozen=True)
class _Place:
    """A kind of object as its page of rights needs it: where the page is, what leads back, how a level is given."""

    kind: Kind
    path: str
    loader: Loader
    address: Callable[[Any], str]
    back: Callable[[Any], tuple[str, str]]
    words: str


def _board_back(row: Any) -> tuple[str, str]:
    return dashboards.page_url(row.uid, row.slug, is_folder=row.is_folder), row.title


def _rules(place: _Place, actor: Actor, row: Any) -> list[dict[str, Any]]:
    if place.kind is SOURCES:
        return data_sources.rules(actor, row)
    inherited = nesting.around(row) if place.kind in (DASHBOARDS, FOLDERS) else ()
    return permissions.as_rules(place.kind, actor.org_id, row.id, inherited)


def _shown(place: _Place, actor: Actor, row: Any, fault: DomainError | None = None) -> Response:
    people, some_teams = permissions.grantees(actor.org_id, "", 500)
    back, name = place.back(row)
    return page(
        "rights",
        actor,
        "Permissions",
        fault.status if fault else 200,
        rules=_rules(place, actor, row),
        levels=list(place.kind.names),
        address=place.address(row),
        back=back,
        name=name,
        words_for=place.words,
        people=people,
        teams=some_teams,
        roles=list(Role) if place.kind.for_roles else [],
        may_write=actor.may(f"{place.kind.name}.permissions:write", *place.loader.scopes(row)),
        restricted=getattr(row, "restricted", None),
        fault=fault.text if fault else "",
        done=request.args.get("done", ""),
    )


def _grantee(actor: Actor, form: Mapping[str, str]) -> Grantee:
    """Read whom a form names. Raises NotFound, BadRequest."""
    kind, name = form.get("kind", ""), form.get("who", "").strip()
    if kind == "role":
        return Grantee(role=form.get("role", name))
    if not name:
        raise BadRequest("Name a person or a team", traced=False)
    if kind == "team":
        found = teams.listed(actor, query="", name=name, limit=1, page=1)[1]
        if not found:
            raise NotFound(f"There is no team called {name!r}")
        return Grantee(team_id=found[0]["id"])
    number = users.account_called(actor.org_id, name)
    if number is None:
        raise NotFound(f"There is nobody called {name!r} in this organization")
    return Grantee(user_id=number)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _set(place: _Place, actor: Actor, row: Any) -> None:
    form = request.form
    if place.kind is SOURCES and "restricted" in form:
        data_sources.restrict(row, restricted=form["restricted"] == "1")
        return
    given = Grantee(
        _number(form.get("user_id", "")), _number(form.get("team_id", "")), form.get("role_held", "")
    )
    whom = given if given != Grantee() else _grantee(actor, form)
    level = form.get("level", "")
    if place.kind is SOURCES:
        data_sources.give(actor, row, whom, level)
    else:
        permissions.set_level(actor.org_id, place.kind, row.id, whom, level)


def _declare(place: _Place) -> None:
    name, kind = place.loader.name, place.kind.name

    @pages.operation("GET", place.path, access=can(f"{kind}.permissions:read", of=place.loader))
    def show(actor: Actor, **found: Any) -> Response:
        """Show who holds which level."""
        return _shown(place, actor, found[name])

    @pages.operation("POST", place.path, access=can(f"{kind}.permissions:write", of=place.loader))
    def change(actor: Actor, **found: Any) -> Response:
        """Give a level, change it, or take it away."""
        try:
            _set(place, actor, found[name])
        except DomainError as fault:
            return _shown(place, actor, found[name], fault)
        return go_to(place.address(found[name]) + "?done=set")


_declare(
    _Place(
        DASHBOARDS,
        "/permissions/dashboards/<uid>",
        dashboards.by_uid,
        lambda row: f"/permissions/dashboards/{row.uid}",
        _board_back,
        "Whoever may see its folder may see it as well.",
    )
)
_declare(
    _Place(
        FOLDERS,
        "/permissions/folders/<uid>",
        folders.by_uid,
        lambda row: f"/permissions/folders/{row.uid}",
        _board_back,
        "These hold for every dashboard and folder in the folder.",
    )
)
_declare(
    _Place(
        SOURCES,
        "/datasources/edit/<uid>/permissions",
        data_sources.by_uid,
        lambda row: f"/datasources/edit/{row.uid}/permissions",
        lambda row: (f"/datasources/edit/{row.uid}", row.name),
        "Who may query a data source sees the panels that use it.",
    )
)
_declare(
    _Place(
        ACCOUNTS,
        "/org/serviceaccounts/<account>/permissions",
        accounts.by_id,
        lambda row: f"/org/serviceaccounts/{row.id}/permissions",
        lambda row: (f"/org/serviceaccounts/{row.id}", row.name),
        "Who may edit a service account may make tokens of it.",
    )
)


@pages.operation(
    "GET", "/dashboards/f/<uid>/<slug>/permissions", access=can("folders.permissions:read", of=folders.by_uid)
)
def of_folder(actor: Actor, folder: Any, slug: str) -> Response:
    """Lead from where the original has this page."""
    del actor, slug
    return go_to(f"/permissions/folders/{folder.uid}")
