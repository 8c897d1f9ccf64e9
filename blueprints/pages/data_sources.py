"""Data sources: list, add, edit, test, delete."""

from typing import Any

import orjson
from flask import Response, request

from blueprints.pages.forms import Source
from blueprints.pages.rendering import go_to, page
from core.access import Actor
from core.errors import DomainError, NotFound
from core.options import Option
from datasources import registry
from datasources.base import DataSource as Kind
from datasources.base import Health
from models import DataSource
from models.session import transaction
from services import data_sources, queries
from services.data_sources import Wanted
from web.access import can
from web.operation import Pages

pages = Pages("data_source_pages", __name__)
_AT_TOP = {
    "basicAuth": "basic_auth",
    "basicAuthUser": "basic_auth_user",
}  # options that are columns, not JSON


@pages.operation("GET", "/datasources", access=can("datasources:read", any_scope=True))
def listed(actor: Actor) -> Response:
    """List data sources."""
    rows = [(row, registry.title(row.type), registry.logo(row.type)) for row in data_sources.listed(actor)]
    return page("data_sources", actor, "Data sources", rows=rows, may_create=actor.may("datasources:create"))


@pages.operation("GET", "/datasources/new", access=can("datasources:create"))
def choose(actor: Actor) -> Response:
    """Choose a kind, or fill in the form of the chosen one."""
    kind = registry.kind(request.args.get("type", ""))
    if kind is None:
        return page(
            "data_source_kinds",
            actor,
            "Add data source",
            kinds=sorted(registry.all_kinds().values(), key=lambda one: one.title),
            logo=registry.logo,
        )
    taken = {row.name for row in data_sources.listed(actor)}
    return _form(actor, kind, Source(name=_free(kind.title, taken), is_default=not taken))


def _free(name: str, taken: set[str]) -> str:
    return (
        name
        if name not in taken
        else next(f"{name} {n}" for n in range(2, 1000) if f"{name} {n}" not in taken)
    )


def _form(
    actor: Actor,
    kind: type[Kind],
    form: Source,
    status: int = 200,
    row: Any = None,
    health: Health | None = None,
) -> Response:
    given = request.form if request.method == "POST" else None
    held = orjson.loads(row.json_data) if row is not None else {}
    secrets = orjson.loads(row.secret_names) if row is not None else []
    fields = []
    for option in kind.options:
        value = (
            getattr(row, _AT_TOP[option.path])
            if row is not None and option.path in _AT_TOP
            else option.read(held)
        )
        if given is not None and not option.secret:
            value = given.get(f"option-{option.path}", "")
        fields.append((option, value, option.path in secrets))
    title = row.name if row is not None else f"Add {kind.title}"
    may_write = row is None or data_sources.may(actor, "datasources:write", row)
    return page(
        "data_source",
        actor,
        title,
        status,
        kind=kind,
        form=form,
        row=row,
        fields=fields,
        health=health,
        may_write=may_write,
        may_give=row is not None and data_sources.may(actor, "datasources.permissions:read", row),
    )


def _wanted(kind: type[Kind], form: Source, row: DataSource | None) -> Wanted:
    """Return what the form asks for; JSON that no field shows stays as it is."""
    held: dict[str, Any] = orjson.loads(row.json_data) if row is not None else {}
    secrets: dict[str, str] = {}
    top: dict[str, Any] = {}
    for option in kind.options:
        text = request.form.get(f"option-{option.path}", "")
        if option.secret:
            if text:
                secrets[option.path] = text
        elif option.path in _AT_TOP:
            top[_AT_TOP[option.path]] = bool(text) if option.kind == "flag" else text
        else:
            _keep(held, option, text)
    wanted = Wanted(
        (form.name.data or "").strip(),
        kind.type,
        url=(form.url.data or "").strip(),
        is_default=bool(form.is_default.data),
        json_data=held,
        secrets=secrets,
    )
    if row is not None:
        wanted.access, wanted.user, wanted.database = row.access, row.user, row.database
        wanted.with_credentials, wanted.version = row.with_credentials, row.version
    wanted.basic_auth, wanted.basic_auth_user = (
        bool(top.get("basic_auth")),
        str(top.get("basic_auth_user") or ""),
    )
    return wanted


def _keep(held: dict[str, Any], option: Option, text: str) -> None:
    value: Any = bool(text) if option.kind == "flag" else text
    if value in ("", None) or (value == option.default and option.path not in held):
        held.pop(option.path, None)
    else:
        held[option.path] = value


def _tested(source: DataSource) -> Health:
    if registry.kind(source.type) is None:
        return Health(ok=True, message="Saved. Queries to this kind come later.")
    return queries.health(data_sources.config(source))


@pages.operation("POST", "/datasources/new", access=can("datasources:create"), own_transactions=True)
def add(actor: Actor) -> Response:
    """Add a data source and ask it whether it works."""
    kind = registry.kind(request.args.get("type", ""))
    if kind is None:
        raise NotFound("There is no such kind of data source")
    form = Source()
    if not form.validate_on_submit():
        return _form(actor, kind, form, 400)
    try:
        with transaction():
            source = data_sources.create(actor, _wanted(kind, form, None))
            uid = source.uid
    except DomainError as fault:
        _blame(form, fault)
        return _form(actor, kind, form, fault.status)
    return go_to(f"/datasources/edit/{uid}?tested=1")


def _blame(form: Source, fault: DomainError) -> None:
    field = form.url if fault.field == "url" else form.name
    words = (
        "Enter the address, such as http://localhost:9090"
        if fault.field == "url"
        else fault.text[0].upper() + fault.text[1:]
    )
    field.errors = [words]


@pages.operation(
    "GET", "/datasources/edit/<uid>", access=can("datasources:read", asked_later=True), own_transactions=True
)
def edit(actor: Actor, uid: str) -> Response:
    """Show a data source's form; after a save, with what its test said."""
    with transaction(write=False):
        source = data_sources.find_by_uid(actor, uid)
        data_sources.require_read(actor, source)
    health = _tested(source) if request.args.get("tested") else None
    kind = registry.kind(source.type) or _plain(source.type)
    return _form(
        actor,
        kind,
        Source(name=source.name, url=source.url, is_default=source.is_default),
        row=source,
        health=health,
    )


def _plain(type_: str) -> type[Kind]:
    """Return a stand-in for a type whose kind is not here: its settings are kept as they are."""
    return type("Plain", (Kind,), {"type": type_, "title": registry.title(type_)})


@pages.operation(
    "POST",
    "/datasources/edit/<uid>",
    access=can("datasources:write", asked_later=True),
    own_transactions=True,
)
def save(actor: Actor, uid: str) -> Response:
    """Save a data source and test it."""
    form = Source()
    with transaction(write=False):
        source = data_sources.find_by_uid(actor, uid)
        data_sources.require_write(actor, source)
    kind = registry.kind(source.type) or _plain(source.type)
    if not form.validate_on_submit():
        return _form(actor, kind, form, 400, row=source)
    try:
        with transaction():
            data_sources.change(actor, data_sources.find_by_uid(actor, uid), _wanted(kind, form, source))
    except DomainError as fault:
        _blame(form, fault)
        return _form(actor, kind, form, fault.status, row=source)
    return go_to(f"/datasources/edit/{uid}?tested=1")


@pages.operation(
    "POST", "/datasources/edit/<uid>/delete", access=can("datasources:delete", of=data_sources.by_uid)
)
def delete(actor: Actor, source: DataSource) -> Response:
    """Delete a data source."""
    del actor
    data_sources.remove(source)
    return go_to("/datasources")
