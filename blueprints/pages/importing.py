"""Import: a dashboard's JSON, then its name, folder and inputs."""

from typing import Any

from flask import Response, request

from blueprints.pages.folders import folder_choices
from blueprints.pages.forms import Import
from blueprints.pages.rendering import go_to, page
from core.access import Actor
from core.errors import DomainError
from dashboards import document
from models.session import transaction
from services import dashboard_inputs, data_sources, saving
from web.access import can
from web.operation import Pages

pages = Pages("import_pages", __name__)


@pages.operation("GET", "/dashboard/import", access=can("dashboards:create", any_scope=True))
def show(actor: Actor) -> Response:
    """Ask for the JSON."""
    return _step(actor, Import())


def _step(
    actor: Actor, form: Import, status: int = 200, inputs: list[dict[str, Any]] | None = None
) -> Response:
    form.folder.choices = folder_choices(actor)
    sources = [(row.uid, row.name, row.type) for row in data_sources.listed(actor)]
    return page("import", actor, "Import dashboard", status, form=form, inputs=inputs, sources=sources)


@pages.operation(
    "POST", "/dashboard/import", access=can("dashboards:create", any_scope=True), own_transactions=True
)
def run(actor: Actor) -> Response:
    """Read the JSON; ask for what it leaves open; save."""
    form = Import()
    with transaction(write=False):
        form.folder.choices = folder_choices(actor)
    try:
        body = _body(form.text.data or "")
    except DomainError:
        form.text.errors = ["This is not the JSON of a dashboard"]
        return _step(actor, form, 400)
    inputs = _inputs(body)
    if "step" not in request.form:
        facts = document.facts(body)
        form.name.data, form.uid.data = facts.title, facts.uid
        return _step(actor, form, inputs=inputs)
    given = [{"name": one["name"], "value": request.form.get(f"input-{one['name']}", "")} for one in inputs]
    try:
        members = {name: raw for name, raw in body.items() if name != "id"}
        members |= document.members(
            title=form.name.data or document.facts(body).title, uid=form.uid.data or ""
        )
        with transaction():
            wanted = saving.Save(
                dashboard_inputs.fill(members, given),
                folder_uid=form.folder.data or "",
                overwrite=form.overwrite.data,
            )
            saved = saving.save(actor, wanted)
    except DomainError as fault:
        field = (
            form.uid
            if fault.field == "uid" or "uid" in fault.text or isinstance(fault, saving.VersionMismatch)
            else form.name
        )
        taken = "A dashboard with this UID exists: change the UID, or overwrite it"
        field.errors = [taken if isinstance(fault, saving.VersionMismatch) else fault.text]
        return _step(actor, form, fault.status, inputs)
    return go_to(saved.url)


def _body(text: str) -> document.Members:
    """Return the dashboard: the JSON itself, or what an API answer wraps."""
    body = document.read(text.encode())
    return document.read(bytes(body["dashboard"])) if "dashboard" in body and "panels" not in body else body


def _inputs(body: document.Members) -> list[dict[str, Any]]:
    found = document.value(body, "__inputs")
    return (
        [one for one in found if isinstance(one, dict) and one.get("name")] if isinstance(found, list) else []
    )
