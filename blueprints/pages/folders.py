"""Folders: a new one, and what one is called, where it is and what is in it."""

from typing import Any

from flask import Response, request
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older

from blueprints.pages.forms import Folder
from blueprints.pages.rendering import go_to, page
from core.access import Actor
from core.errors import DomainError
from models.session import transaction
from services import dashboards, folders, public_dashboards, trash
from web.access import can
from web.operation import Pages

pages = Pages("folder_pages", __name__)


def folder_choices(actor: Actor, *, but: str = "") -> list[SelectChoice]:
    """Return the folders that something can be put into, General first. but: the uid of one that is left out."""
    found = [SelectChoice(uid, name) for uid, name in folders.choices(actor) if uid != but]
    return [SelectChoice("", "General"), *found]


def _form(actor: Actor, folder: Any = None) -> Folder:
    form = Folder()
    form.parent.choices = folder_choices(actor, but=folder.uid if folder else "")
    if request.method == "GET":
        form.title.data = folder.title if folder else ""
        form.public.data = folder is None or not public_dashboards.is_limited(folder)
        form.parent.data = (folder.folder_uid or "") if folder else request.args.get("parentUid", "")
    return form


def _new(actor: Actor, form: Folder, fault: DomainError | None = None) -> Response:
    if fault is not None:
        form.title.errors = [fault.text]
    return page(
        "folder", actor, "New folder", fault.status if fault else 400 if form.errors else 200, form=form
    )


@pages.operation("GET", "/dashboards/folder/new", access=can("folders:create"))
def new_folder(actor: Actor) -> Response:
    """Show the form for a folder."""
    return _new(actor, _form(actor))


@pages.operation("POST", "/dashboards/folder/new", access=can("folders:create"), own_transactions=True)
def make_folder(actor: Actor) -> Response:
    """Make a folder and show it."""
    with transaction(write=False):
        form = _form(actor)
    if not form.validate_on_submit():
        return _new(actor, form)
    try:
        with transaction():
            made = folders.create(actor, form.title.data or "", "", form.parent.data or "")
    except DomainError as fault:
        return _new(actor, form, fault)
    return go_to(dashboards.page_url(made.uid, made.slug, is_folder=True))


def _settings(actor: Actor, folder: Any, form: Folder, fault: DomainError | None = None) -> Response:
    if fault is not None:
        form.title.errors = [fault.text]
    return page(
        "folder_settings", actor, "Settings", fault.status if fault else 400 if form.errors else 200, form=form, folder=folder,
        path=folders.path(folder), counts=folders.counts(folder), days=trash.kept().days,
        may_limit=actor.may("folders.permissions:write", *dashboards.scopes(folder)),
        closed=bool(folder.folder_id) and public_dashboards.keeps_private(folder.folder_id), may_delete=actor.may("folders:delete", *dashboards.scopes(folder)), done=request.args.get("done", ""),
    )  # fmt: skip


_OF = can("folders:write", of=folders.by_uid)


@pages.operation("GET", "/dashboards/f/<uid>/<slug>/settings", access=_OF)
def settings(actor: Actor, folder: Any, slug: str) -> Response:
    """Show what a folder is called, where it is and what is in it."""
    del slug
    return _settings(actor, folder, _form(actor, folder))


@pages.operation("POST", "/dashboards/f/<uid>/<slug>/settings", access=_OF)
def change(actor: Actor, folder: Any, slug: str) -> Response:
    """Rename a folder, or put it into another one."""
    del slug
    form = _form(actor, folder)
    if not form.validate_on_submit():
        return _settings(actor, folder, form)
    try:
        folder = folders.settle(actor, folder, form.title.data or "", form.parent.data or "")
    except DomainError as fault:
        return _settings(actor, folder, form, fault)
    if (
        actor.may("folders.permissions:write", *dashboards.scopes(folder))
        and public_dashboards.is_limited(folder) is form.public.data
    ):
        public_dashboards.limit_folder(folder, private=not form.public.data)
    return go_to(dashboards.page_url(folder.uid, folder.slug, is_folder=True) + "/settings?done=saved")


@pages.operation("POST", "/dashboards/f/<uid>/<slug>/delete", access=can("folders:delete", of=folders.by_uid))
def delete(actor: Actor, folder: Any, slug: str) -> Response:
    """Put a folder with all that is in it into the trash."""
    del slug
    try:
        trash.remove(actor, folder)
    except DomainError as fault:
        return _settings(actor, folder, _form(actor, folder), fault)
    return go_to("/dashboards?done=deleted")
