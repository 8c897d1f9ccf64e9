"""Snapshots, library panels, public dashboards and the trash: listed, and what is done with one."""

from types import SimpleNamespace
from typing import Any

import orjson
from flask import Response, request
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older

from blueprints.pages.board import asked, timeout
from blueprints.pages.forms.kept import PublicForm, SnapshotForm
from blueprints.pages.rendering import PER_PAGE, Listed, asked_page, attempt, go_to, page
from core import clock
from core.access import Actor
from core.errors import BadRequest, DomainError
from core.members import mapping, mappings
from models.session import transaction
from services import dashboards, freezing, library, panel_data, public_dashboards, snapshots, trash
from web.access import can, of, signed_in
from web.configured import settings
from web.operation import Pages

pages = Pages("kept_pages", __name__)


def _with(row: Any, **more: Any) -> SimpleNamespace:
    return SimpleNamespace(**row._mapping, **more)  # noqa: SLF001 - rows show their columns so


# Snapshots ----------------------------------------------------------------------------------------------------------


def _snapshots(actor: Actor, fault: DomainError | None = None) -> Response:
    query, now = request.args.get("query", "").strip(), clock.now()
    rows = [
        _with(
            row,
            age=clock.age(row.created, now),
            created_at=clock.iso(row.created),
            ends=_until(row.expires, now),
        )
        for row in snapshots.listed(actor, f"%{query}%" if query else "")
    ]
    made = request.args.get("made", "")
    return page(
        "snapshots", actor, "Snapshots", fault.status if fault else 200, rows=rows, query=query,
        made=f"{settings().root_url}dashboard/snapshot/{made}" if made.isalnum() else "",
        fault=fault.text if fault else "", done=request.args.get("done", ""),
    )  # fmt: skip


def _until(moment: Any, now: Any) -> str:
    return "never" if moment - now > snapshots.FOREVER / 2 else f"in {clock.age(now, moment)}"


@pages.operation("GET", "/dashboard/snapshots", access=signed_in)
def list_snapshots(actor: Actor) -> Response:
    """List snapshots: the person's own, to admins all of the organisation."""
    return _snapshots(actor)


@pages.operation("POST", "/dashboard/snapshots/<key>/delete", access=signed_in, own_transactions=True)
def delete_snapshot(actor: Actor, key: str) -> Response:
    """Delete a snapshot, also where it was published."""
    try:
        snapshots.take_back(actor, settings(), key=key)
    except DomainError as fault:
        with transaction(write=False):
            return _snapshots(actor, fault)
    return go_to("/dashboard/snapshots?done=deleted")


@pages.operation(
    "POST", "/d/<uid>/snapshot", access=can("dashboards:read", asked_later=True), own_transactions=True
)
def take_snapshot(actor: Actor, uid: str) -> Response:
    """Take a snapshot of a dashboard as it stands, with the variables and the range of the address."""
    form = SnapshotForm()
    if not form.validate_on_submit():
        raise BadRequest("The name is too long, or the time to live is none that is offered", traced=False)
    with transaction(write=False):
        dashboard = dashboards.find_by_uid(actor, uid)
        dashboards.require_read(actor, dashboard)
        model = panel_data.load(actor, dashboard, asked(actor), timeout())
    panel_data.resolve_variables(model)
    drawn = list(panel_data.draw(model, list(panel_data.places(model).values())))
    name = (form.name.data or "").strip() or dashboard.title
    body = freezing.freeze(model, drawn, name, dashboard.id)
    wanted = snapshots.Wanted(body, name, expires_s=int(form.expires.data))
    made = snapshots.keep(actor, wanted, settings(), external=form.external.data)
    return go_to("/dashboard/snapshots?" + ("" if made.external else f"made={made.key}"))


# Library panels -----------------------------------------------------------------------------------------------------


@pages.operation("GET", "/library-panels", access=signed_in)
def list_library(actor: Actor) -> Response:
    """List library panels and variables."""
    query, number = asked_page()
    wanted = library.Wanted(text=query, per_page=PER_PAGE, page=number)
    total, rows = library.listed(actor, wanted, in_folders=False)
    now = clock.now()
    shown = [_with(row, age=clock.age(row.updated, now), updated_at=clock.iso(row.updated)) for row in rows]
    return page(
        "library", actor, "Library panels", list=Listed(shown, total, number, query, PER_PAGE), fault="",
        done=request.args.get("done", ""),
    )  # fmt: skip


def _library_panel(actor: Actor, uid: str, fault: DomainError | None = None, text: str = "") -> Response:
    one = library.find(actor, uid)
    kept = orjson.dumps(orjson.loads(one.model), option=orjson.OPT_INDENT_2).decode()
    return page(
        "library_panel", actor, one.name or "Library panel", fault.status if fault else 200, one=one, text=text or kept,
        usage=library.usage(actor, one), may_write=library.may_change(actor, one), fault=fault.text if fault else "",
        done=request.args.get("done", ""),
    )  # fmt: skip


@pages.operation("GET", "/library-panels/<uid>", access=signed_in)
def show_library_panel(actor: Actor, uid: str) -> Response:
    """Show a library panel and the dashboards that it is on."""
    return _library_panel(actor, uid)


@pages.operation("POST", "/library-panels/<uid>", access=signed_in, own_transactions=True)
def save_library_panel(actor: Actor, uid: str) -> Response:
    """Save a library panel's name and model."""
    text, version = request.form.get("model", ""), request.form.get("version", "")

    def save() -> None:
        now = library.find(actor, uid)
        library.change(
            actor, uid, name=request.form.get("name", ""), kind=now.kind, model=_object(text), folder_id=None, folder_uid=None,
            new_uid="", version=int(version) if version.isdecimal() and len(version) < 9 else 0,
        )  # fmt: skip

    return attempt(
        save, f"/library-panels/{uid}?done=saved", lambda fault: _library_panel(actor, uid, fault, text)
    )


def _object(text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as fault:
        raise BadRequest(f"The model is no JSON: {fault}", field="model", traced=False) from None
    if not isinstance(found, dict):
        raise BadRequest("The model is no JSON object", field="model", traced=False)
    return found


@pages.operation("POST", "/library-panels/<uid>/delete", access=signed_in, own_transactions=True)
def delete_library_panel(actor: Actor, uid: str) -> Response:
    """Delete a library panel that no dashboard shows."""
    return attempt(
        lambda: library.remove(actor, uid),
        "/library-panels?done=deleted",
        lambda fault: _library_panel(actor, uid, fault),
    )


# Public dashboards --------------------------------------------------------------------------------------------------

_SHARE = can("dashboards.public:write", of=dashboards.by_uid)


@pages.operation("GET", "/dashboard/public", access=signed_in)
def list_public(actor: Actor) -> Response:
    """List what is shown to anybody."""
    rows = public_dashboards.listed(actor)
    may_write = actor.may("dashboards.public:write")
    return page("public_list", actor, "Public dashboards", rows=rows, may_write=may_write)


def _public(actor: Actor, dashboard: Any, fault: DomainError | None = None) -> Response:
    public = public_dashboards.of_dashboard(dashboard)
    form = PublicForm(formdata=None) if public is None else _form_of(public)
    names = [str(one.get("name") or "") for one in _variables(dashboard)]
    form.variables.choices = [SelectChoice(name, name) for name in names if name]
    address = f"{settings().root_url}public-dashboards/{public.access_token}" if public else ""
    return page(
        "public_settings", actor, dashboard.title, fault.status if fault else 200, dashboard=dashboard, public=public, form=form,
        address=address, fault=fault.text if fault else "", closed=public_dashboards.keeps_private(dashboard.folder_id),
        done=request.args.get("done", ""),
    )  # fmt: skip


def _form_of(public: Any) -> PublicForm:
    return PublicForm(
        formdata=None, enabled=public.enabled, time=public.time_selection_enabled, annotations=public.annotations_enabled,
        variables=orjson.loads(public.variables),
    )  # fmt: skip


def _variables(dashboard: Any) -> list[Any]:
    return list(mappings(mapping(orjson.loads(dashboard.body).get("templating")).get("list")))


@pages.operation("GET", "/dashboard/public/<uid>", access=_SHARE)
def public_settings(actor: Actor, dashboard: Any) -> Response:
    """Show how a dashboard is shown to anybody."""
    return _public(actor, dashboard)


@pages.operation("POST", "/dashboard/public/<uid>", access=_SHARE)
def save_public(actor: Actor, dashboard: Any) -> Response:
    """Show a dashboard to anybody, or change how."""
    form = PublicForm()
    wanted = {
        "enabled": form.enabled.data,
        "time_selection_enabled": form.time.data,
        "annotations_enabled": form.annotations.data,
        "variables": list(form.variables.data or ()),
    }
    public = public_dashboards.of_dashboard(dashboard)
    if public is None:
        try:
            public_dashboards.share(actor, dashboard, wanted)
        except DomainError as fault:
            return _public(actor, dashboard, fault)
    else:
        public_dashboards.change(actor, dashboard, public.uid, wanted)
    return go_to(f"/dashboard/public/{dashboard.uid}?done=saved")


@pages.operation("POST", "/dashboard/public/<uid>/withdraw", access=_SHARE)
def withdraw_public(actor: Actor, dashboard: Any) -> Response:
    """Show a dashboard to others no longer."""
    del actor
    public = public_dashboards.of_dashboard(dashboard)
    if public is not None:
        public_dashboards.withdraw(dashboard, public.uid)
    return go_to(f"/dashboard/public/{dashboard.uid}?done=withdrawn")


# The trash ----------------------------------------------------------------------------------------------------------

_ENTRY = of(signed_in, trash.by_id)


def _trash(actor: Actor, fault: DomainError | None = None) -> Response:
    now = clock.now()
    rows = [
        _with(
            row,
            age=clock.age(row.deleted, now),
            deleted_at=clock.iso(row.deleted),
            left=clock.age(now, trash.ends(row)),
        )
        for row in trash.listed(actor)
    ]
    return page(
        "trash", actor, "Trash", fault.status if fault else 200, rows=rows, days=trash.kept().days, back=_back(actor),
        fault=fault.text if fault else "", done=request.args.get("done", ""),
    )  # fmt: skip


def _back(actor: Actor) -> Any:
    """Return what has just come back, to lead to it."""
    uid = request.args.get("back", "")
    try:
        found = dashboards.find_by_uid(actor, uid) if uid else None
    except dashboards.DashboardNotFound:
        return None
    if found is None or not dashboards.may(
        actor, "folders:read" if found.is_folder else "dashboards:read", found
    ):
        return None
    return {
        "title": found.title,
        "url": dashboards.page_url(found.uid, found.slug, is_folder=found.is_folder),
    }


@pages.operation("GET", "/dashboard/trash", access=signed_in)
def list_trash(actor: Actor) -> Response:
    """List what was deleted and can come back."""
    return _trash(actor)


@pages.operation("POST", "/dashboard/trash/<entry_id>/restore", access=signed_in, own_transactions=True)
def restore(actor: Actor, entry_id: int) -> Response:
    """Bring back a dashboard or folder."""
    try:
        with transaction():
            saved = trash.restore(actor, trash.find(actor, entry_id))
    except DomainError as fault:
        with transaction(write=False):
            return _trash(actor, fault)
    return go_to(f"/dashboard/trash?back={saved.uid}")


@pages.operation("POST", "/dashboard/trash/<entry_id>/delete", access=_ENTRY)
def purge(actor: Actor, entry: Any) -> Response:
    """Delete an entry for good."""
    del actor
    trash.purge(entry)
    return go_to("/dashboard/trash?done=deleted")
