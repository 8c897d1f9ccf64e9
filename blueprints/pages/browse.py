"""Home, and the list of dashboards and folders."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Response, render_template, request

from blueprints.pages.rendering import HTML, go_to, page
from core import clock
from core.access import Actor
from core.errors import DomainError
from models import Dashboard
from models.session import transaction
from services import access, bulk, dashboards, drafts, folders, nesting, orgs, search, trash, users
from web.access import can, signed_in
from web.configured import settings
from web.operation import Pages
from web.paging import flag, number
from web.prefix import url

pages = Pages("browse", __name__)
PER_PAGE = 50


@pages.operation("GET", "/", access=signed_in)
def home(actor: Actor) -> Response:
    """Show the home dashboard, or what is starred and was changed last."""
    chosen = orgs.home_dashboard(actor)
    own = settings().text("users", "home_page")
    if chosen is not None or own not in {"", "/"}:
        target = dashboards.page_url(*chosen, is_folder=False) if chosen else "/" + own.lstrip("/")
        return go_to(target)
    starred = _rows(actor, search.Wanted(starred=True, limit=20))
    recent = _rows(actor, search.Wanted(kind="dash-db", sort="updated-desc", limit=10))
    return page(
        "home",
        actor,
        "Home",
        starred=starred,
        recent=recent,
        drafts=[(uid, clock.age(when, clock.now())) for uid, when in drafts.never_saved(actor)]
        if actor.user_id
        else [],
        may_create=access.holds(actor, "dashboards:create"),
    )


def _rows(actor: Actor, wanted: search.Wanted) -> list[dict[str, Any]]:
    found = search.find(actor, wanted, Dashboard.updated, Dashboard.panel_count)
    return [_row(row, found) for row in found.rows]


def _row(row: Any, found: search.Page) -> dict[str, Any]:
    folder = found.folders.get(row.folder_id)
    return {
        "title": row.title,
        "url": dashboards.page_url(row.uid, row.slug, is_folder=row.is_folder),
        "uid": row.uid,
        "is_folder": row.is_folder,
        "panels": row.panel_count,
        "folder": folder.title if folder else "General",
        "folder_url": folder.url if folder else "/dashboards?folder=general",
        "tags": orjson.loads(row.tags),
        "updated": clock.age(row.updated, clock.now()),
        "updated_at": clock.iso(row.updated),
        "starred": row.id in found.starred,
    }


@pages.operation("GET", "/dashboards", access=signed_in)
def browse(actor: Actor) -> Response:
    """List dashboards and folders, filtered."""
    return _list(actor)


@pages.operation("GET", "/dashboards/f/<uid>/<slug>", access=can("folders:read", of=folders.by_uid))
def folder(actor: Actor, folder: Any, slug: str) -> Response:
    """List what is in a folder."""
    del slug
    return _list(actor, folder)


@pages.operation("GET", "/dashboards/f/<uid>", access=can("folders:read", of=folders.by_uid))
def folder_without_slug(actor: Actor, folder: Any) -> Response:
    """Lead to the folder's full address."""
    del actor
    return go_to(dashboards.page_url(folder.uid, folder.slug, is_folder=True))


def _list(actor: Actor, folder: Any = None, fault: DomainError | None = None) -> Response:
    args = request.args
    tags = tuple(tag for tag in args.getlist("tag") if tag)
    number_of, sort, query = number("page", 1), args.get("sort", ""), args.get("query", "")
    wanted = search.Wanted(
        query=query, tags=tags, folder_ids=_inside(folder, everywhere=bool(query or tags)), starred=flag("starred"), sort=sort,
        limit=PER_PAGE, page=number_of,
    )  # fmt: skip
    rows = _rows(actor, wanted)
    total = search.count(actor, wanted)

    def address_with(**changes: Any) -> str:
        now = {
            "query": wanted.query,
            "tag": list(tags),
            "starred": "true" if wanted.starred else "",
            "layout": args.get("layout", ""),
            "sort": sort,
            **changes,
        }
        kept = {name: value for name, value in now.items() if value}
        return url(_address(folder)) + "?" + urlencode(kept, doseq=True)

    return page(
        "dashboards", actor, folder.title if folder else "Dashboards", fault.status if fault else 200, rows=rows, total=total,
        wanted=wanted, page_number=number_of, per_page=PER_PAGE, folder=folder, path=folders.path(folder) if folder else [],
        by_folders=args.get("layout") == "folders", address=address_with,
        may_give=folder is not None and actor.may("folders.permissions:read", *dashboards.scopes(folder)),
        may_write=folder is not None and actor.may("folders:write", *dashboards.scopes(folder)),
        may_create=access.holds(actor, "dashboards:create"), may_make_folder=actor.may("folders:create"),
        may_choose=access.holds(actor, "dashboards:write"), fault=fault.text if fault else "", done=args.get("done", ""),
        trash_days=trash.kept().days,
    )  # fmt: skip


def _address(folder: Any) -> str:
    return dashboards.page_url(folder.uid, folder.slug, is_folder=True) if folder else "/dashboards"


def _inside(folder: Any, *, everywhere: bool) -> tuple[int, ...]:
    """Return the folders whose content is listed; none for all of them. everywhere: a search goes down into folders."""
    if folder is not None:
        return (folder.id, *nesting.below(folder.id)) if everywhere else (folder.id,)
    at_the_top = request.args.get("folder") == "general" or request.args.get("layout") == "folders"
    return (0,) if at_the_top and not everywhere else ()


def _here(actor: Actor) -> Any:
    """Return the folder whose list a form was on; None for the list of all."""
    uid = request.form.get("here", "")
    return folders.find_by_uid(actor, uid) if uid else None


def _with_chosen(actor: Actor, do: Callable[[list[str]], object], done: str) -> Response:
    here = None
    try:
        with transaction():
            here = _here(actor)
            do(request.form.getlist("uid"))
    except DomainError as fault:
        with transaction(write=False):
            return _list(actor, here, fault)
    return go_to(f"{_address(here)}?done={done}")


@pages.operation(
    "POST", "/dashboards/move", access=can("dashboards:write", any_scope=True), own_transactions=True
)
def move_chosen(actor: Actor) -> Response:
    """Move the chosen dashboards and folders into a folder: all of them, or none."""
    into = request.form.get("folder", "")
    return _with_chosen(actor, lambda uids: bulk.move(actor, uids, into), "moved")


@pages.operation(
    "POST", "/dashboards/delete", access=can("dashboards:write", any_scope=True), own_transactions=True
)
def delete_chosen(actor: Actor) -> Response:
    """Put the chosen dashboards and folders into the trash: all of them, or none."""
    return _with_chosen(actor, lambda uids: bulk.remove(actor, uids), "deleted")


@pages.operation("GET", "/dashboards/targets", access=can("dashboards:write", any_scope=True))
def targets(actor: Actor) -> Response:
    """Return the folders that something can be moved into, which are read when they are asked for."""
    html = render_template("partials/targets.html", folders=folders.choices(actor))
    return Response(html, content_type=HTML)


@pages.operation("GET", "/dashboards/tags", access=signed_in)
def tags(actor: Actor) -> Response:
    """Return the menu of tags, which is counted when it is opened; links add a tag to the filters of the address."""
    now = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
    found = [
        {**one, "address": urlencode([*now, ("tag", one["term"])])} for one in search.tag_counts(actor)[:60]
    ]
    return Response(render_template("partials/tags.html", tags=found), content_type=HTML)


@pages.operation("POST", "/d/<uid>/star", access=can("dashboards:read", of=dashboards.by_uid))
def star(actor: Actor, dashboard: Any) -> Response:
    """Mark a dashboard, or take the mark away, and return the button."""
    marked = users.is_starred(actor, dashboard.id)
    (users.unstar if marked else users.star)(actor, dashboard.id)
    return Response(render_template("partials/star.html", uid=dashboard.uid, starred=not marked, actor=actor))
