"""Data sources."""

from typing import Any

from flask import Response

from core.access import Actor
from datasources import registry
from models import DataSource
from schemas.base import ErrorReply, Message
from schemas.data_sources import SavedSource, Source, SourceReply, wanted
from services import data_sources
from web.access import can, signed_in
from web.generations import Generation, asked, older_than
from web.operation import Operations
from web.paging import flag
from web.responses import answer, said

api = Operations("data_sources", __name__, url_prefix="/api/datasources")
_ERRORS = {401: ErrorReply, 403: ErrorReply, 404: ErrorReply}
_RIGHTS = (
    "alert.instances.external:read", "alert.instances.external:write", "alert.notifications.external:read",
    "alert.notifications.external:write", "alert.rules.external:read", "alert.rules.external:write", "datasources.id:read",
    "datasources:delete", "datasources:query", "datasources:read", "datasources:write",
)  # fmt: skip


def _form(members: dict[str, Any]) -> dict[str, Any]:
    """Return a data source in the form of the caller's generation."""
    if older_than(Generation.G9):
        members = {
            **members,
            "password": "",
            "basicAuthPassword": "",
            "basicAuthUser": members.get("basicAuthUser", ""),
        }
    return members


def _shown(actor: Actor, source: DataSource) -> Response:
    members = _form(data_sources.shown(source))
    if flag("accesscontrol"):
        members["accessControl"] = {
            action: True for action in _RIGHTS if actor.may(action, *data_sources.scopes(source))
        }
    return answer(members)


def _saved(words: str, source: DataSource) -> Response:
    if asked() is Generation.G20:
        return said(words)
    if asked() is Generation.G26:
        return said(words, id=source.id)
    return said(words, datasource=_form(data_sources.shown(source)), id=source.id, name=source.name)


@api.operation(
    "GET", "", id="getDataSources", access=can("datasources:read", any_scope=True), replies=_ERRORS
)
def list_sources(actor: Actor) -> Response:
    """List data sources."""
    return answer([_form(data_sources.in_list(row)) for row in data_sources.listed(actor)])


@api.operation("GET", "/plugins", access=signed_in, replies={401: ErrorReply})
def catalogue(actor: Actor) -> Response:
    """Return the types of data sources by name, as 2.x clients ask for them."""
    del actor
    types = {
        type_: {
            "type": type_,
            "name": title,
            "pluginType": "datasource",
            "module": f"app/plugins/datasource/{type_}/plugin",
            "serviceName": title,
            "metrics": True,
            "partials": {"query": f"app/plugins/datasource/{type_}/partials/query.editor.html"},
        }
        for type_, title in [
            *((name, row[0]) for name, row in registry.CATALOGUE.items()),
            ("grafana", "Grafana"),
            ("mixed", "Mixed"),
        ]
    }
    return answer(types)


@api.operation(
    "POST",
    "",
    id="addDataSource",
    access=can("datasources:create"),
    body=Source,
    replies={200: SavedSource, 400: ErrorReply, 409: ErrorReply, **_ERRORS},
)
def add_source(actor: Actor, body: dict[str, Any]) -> Response:
    """Add a data source; with the id and name of one that is there, change it (as 2.0 clients mean it)."""
    if body["id"] > 0:
        try:
            source = data_sources.find_by_id(actor, body["id"])
        except data_sources.SourceNotFound:
            source = None
        if source is not None and (source.name == body["name"] or asked() is Generation.G20):
            data_sources.require_write(actor, source)
            return _saved("Datasource updated", data_sources.change(actor, source, wanted(body)))
    return _saved("Datasource added", data_sources.create(actor, wanted(body)))


@api.operation(
    "PUT", "", access=can("datasources:create"), body=Source, replies={200: SavedSource, 409: ErrorReply}
)
def put_source(actor: Actor, body: dict[str, Any]) -> Response:
    """Add a data source, as the 2.0 document has it."""
    return _saved("Datasource added", data_sources.create(actor, wanted(body)))


@api.operation(
    "GET",
    "/<source_id>",
    id="getDataSourceByID",
    access=can("datasources:read", of=data_sources.by_id),
    replies={200: SourceReply, 400: ErrorReply, **_ERRORS},
)
def get_source(actor: Actor, source: DataSource) -> Response:
    """Return a data source by its number."""
    return _shown(actor, source)


@api.operation(
    "GET",
    "/uid/<uid>",
    id="getDataSourceByUID",
    access=can("datasources:read", of=data_sources.by_uid),
    replies={200: SourceReply, 400: ErrorReply, **_ERRORS},
)
def get_source_by_uid(actor: Actor, source: DataSource) -> Response:
    """Return a data source."""
    return _shown(actor, source)


@api.operation(
    "GET",
    "/name/<path:name>",
    id="getDataSourceByName",
    access=can("datasources:read", of=data_sources.by_name),
    replies={200: SourceReply, **_ERRORS},
)
def get_source_by_name(actor: Actor, source: DataSource) -> Response:
    """Return a data source by its name."""
    return _shown(actor, source)


@api.operation(
    "GET",
    "/id/<path:name>",
    id="getDataSourceIdByName",
    access=can("datasources.id:read", of=data_sources.by_name),
    replies=_ERRORS,
)
def get_source_id(actor: Actor, source: DataSource) -> Response:
    """Return the number of a data source by its name."""
    del actor
    return answer({"id": source.id})


@api.operation(
    "PUT",
    "/<source_id>",
    id="updateDataSourceByID",
    access=can("datasources:write", of=data_sources.by_id),
    body=Source,
    replies={200: SavedSource, **_ERRORS},
)
def update_source(actor: Actor, source: DataSource, body: dict[str, Any]) -> Response:
    """Change a data source by its number."""
    return _saved("Datasource updated", data_sources.change(actor, source, wanted(body)))


@api.operation(
    "PUT",
    "/uid/<uid>",
    id="updateDataSourceByUID",
    access=can("datasources:write", of=data_sources.by_uid),
    body=Source,
    replies={200: SavedSource, **_ERRORS},
)
def update_source_by_uid(actor: Actor, source: DataSource, body: dict[str, Any]) -> Response:
    """Change a data source."""
    return _saved("Datasource updated", data_sources.change(actor, source, wanted(body)))


@api.operation(
    "DELETE",
    "/<source_id>",
    id="deleteDataSourceByID",
    access=can("datasources:delete", of=data_sources.by_id),
    replies={200: Message, **_ERRORS},
)
def delete_source(actor: Actor, source: DataSource) -> Response:
    """Delete a data source by its number."""
    del actor
    data_sources.remove(source)
    return said("Data source deleted")


@api.operation(
    "DELETE",
    "/uid/<uid>",
    id="deleteDataSourceByUID",
    access=can("datasources:delete", of=data_sources.by_uid),
    replies={200: Message, **_ERRORS},
)
def delete_source_by_uid(actor: Actor, source: DataSource) -> Response:
    """Delete a data source."""
    del actor
    data_sources.remove(source)
    return said("Data source deleted", id=source.id)


@api.operation(
    "DELETE",
    "/name/<path:name>",
    id="deleteDataSourceByName",
    access=can("datasources:delete", of=data_sources.by_name),
    replies={200: Message, **_ERRORS},
)
def delete_source_by_name(actor: Actor, source: DataSource) -> Response:
    """Delete a data source by its name."""
    del actor
    data_sources.remove(source)
    return said("Data source deleted", id=source.id)
