"""Home, and the list of dashboards and folders."""

from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Response, render_template, request

from blueprints.pages.forms import Folder
from blueprints.pages.rendering import HTML, go_to, page
from core import clock
from core.access import Actor
from core.errors import DomainError
from models import Dashboard
from services import access, dashboards, drafts, folders, orgs, search, users
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
    return _list(actor, "Dashboards", (), "/dashboards")


@pages.operation("GET", "/dashboards/f/<uid>/<slug>", access=can("folders:read", of=folders.by_uid))
def folder(actor: Actor, folder: Any, slug: str) -> Response:
    """List what is in a folder."""
    del slug
    return _list(
        actor,
        folder.title,
        (folder.id,),
        dashboards.page_url(folder.uid, folder.slug, is_folder=True),
        folder,
    )


@pages.operation("GET", "/dashboards/f/<uid>", access=can("folders:read", of=folders.by_uid))
def folder_without_slug(actor: Actor, folder: Any) -> Response:
    """Lead to the folder's full address."""
    del actor
    return go_to(dashboards.page_url(folder.uid, folder.slug, is_folder=True))


def _list(
    actor: Actor, title: str, folder_ids: tuple[int, ...], address: str, folder: Any = None
) -> Response:
    args = request.args
    tags = tuple(tag for tag in args.getlist("tag") if tag)
    number_of = number("page", 1)
    sort = args.get("sort", "")
    wanted = search.Wanted(
        query=args.get("query", ""), tags=tags, folder_ids=folder_ids or ((0,) if args.get("folder") == "general" else ()),
        starred=flag("starred"), sort=sort, limit=PER_PAGE, page=number_of,
    )  # fmt: skip
    rows = _rows(actor, wanted)
    total = search.count(actor, wanted)

    def address_with(**changes: Any) -> str:
        now = {
            "query": wanted.query,
            "tag": list(tags),
            "starred": "true" if wanted.starred else "",
            "sort": sort,
            **changes,
        }
        return (
            url(address) + "?" + urlencode({name: value for name, value in now.items() if value}, doseq=True)
        )

    return page(
        "dashboards", actor, title, rows=rows, total=total, wanted=wanted, page_number=number_of, per_page=PER_PAGE, folder=folder,
        address=address_with, form=Folder(),
        may_give=folder is not None and actor.may("folders.permissions:read", *dashboards.scopes(folder)),
        may_create=access.holds(actor, "dashboards:create"), may_make_folder=actor.may("folders:create"),
    )  # fmt: skip


@pages.operation("GET", "/dashboards/tags", access=signed_in)
def tags(actor: Actor) -> Response:
    """Return the menu of tags, which is counted when it is opened; links add a tag to the filters of the address."""
    now = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
    found = [
        {**one, "address": urlencode([*now, ("tag", one["term"])])} for one in search.tag_counts(actor)[:60]
    ]
    return Response(render_template("partials/tags.html", tags=found), content_type=HTML)


@pages.operation("POST", "/dashboards/folder/new", access=can("folders:create"), own_transactions=True)
def make_folder(actor: Actor) -> Response:
    """Make a folder and show it."""
    from models.session import transaction

    form = Folder()
    if form.validate_on_submit():
        try:
            with transaction():
                made = folders.create(actor, form.title.data or "", "")
            return go_to(dashboards.page_url(made.uid, made.slug, is_folder=True))
        except DomainError as fault:
            form.title.errors = [fault.text]
    return page("folder", actor, "New folder", 400 if request.method == "POST" else 200, form=form)


@pages.operation("GET", "/dashboards/folder/new", access=can("folders:create"))
def new_folder(actor: Actor) -> Response:
    """Show the form for a folder."""
    return page("folder", actor, "New folder", form=Folder())


@pages.operation("POST", "/d/<uid>/star", access=can("dashboards:read", of=dashboards.by_uid))
def star(actor: Actor, dashboard: Any) -> Response:
    """Mark a dashboard, or take the mark away, and return the button."""
    from flask import render_template

    marked = users.is_starred(actor, dashboard.id)
    (users.unstar if marked else users.star)(actor, dashboard.id)
    return Response(render_template("partials/star.html", uid=dashboard.uid, starred=not marked, actor=actor))
