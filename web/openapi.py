"""The OpenAPI documents, generated from the declared operations."""

import re
from functools import cache
from typing import Any

from apispec import APISpec
from flask import Flask

from core.version import GRAFANA
from web.operation import Operation, declared

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def operations(app: Flask) -> list[Operation]:
    """Return the API's operations (pages left out), by address."""
    found = {
        (one.method, one.path): one
        for _, one in declared(app)
        if not one.is_page and one.path.startswith(("/api", "/login", "/logout"))
    }
    return sorted(found.values(), key=lambda one: (one.path, one.method))


def families(app: Flask) -> dict[str, list[Operation]]:
    """Return the operations by family, for the page."""
    grouped: dict[str, list[Operation]] = {}
    for one in operations(app):
        grouped.setdefault(one.family.replace("_", " ").capitalize(), []).append(one)
    return dict(sorted(grouped.items()))


def address(one: Operation) -> str:
    """Return an operation's path with its parameters as OpenAPI writes them."""
    return _PARAMETER.sub(r"{\1}", one.path)


def document(app: Flask, version: str) -> dict[str, Any]:
    """Return the document in Swagger 2.0 or OpenAPI 3."""
    return _documents(app, version)


@cache
def _documents(app: Flask, version: str) -> dict[str, Any]:
    spec = APISpec(
        title="Belvedere HTTP API",
        version=GRAFANA,
        openapi_version=version,
        info={"description": "Grafana-compatible."},
    )
    old = version.startswith("2")
    if old:
        spec.options["basePath"] = "/api"
        spec.options["consumes"] = spec.options["produces"] = ["application/json"]
    for one in operations(app):
        path = address(one)
        if old and not path.startswith("/api"):
            continue
        spec.path(
            path=path.removeprefix("/api") or "/" if old else path,
            operations={one.method.lower(): _operation(one, old=old)},
        )
    result: dict[str, Any] = spec.to_dict()
    return result


def _operation(one: Operation, *, old: bool) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = []
    for name in _PARAMETER.findall(one.path):
        kind = "integer" if re.search(r"(^|_)id$", name) else "string"
        parameters.append({"name": name, "in": "path", "required": True, **_typed(kind, old=old)})
    for name, kind in one.query.items():
        parameters.append({"name": name, "in": "query", **_typed(kind, old=old)})
    described: dict[str, Any] = {
        "summary": one.summary,
        "tags": [one.family],
        "description": f"Access: {one.access.words}.",
        "responses": {
            str(status): _reply(status, schema, old=old)
            for status, schema in (one.replies or {200: None}).items()
        },
    }
    if one.id:
        described["operationId"] = one.id
    if one.body is not None:
        shape = _shape(one.body.fields, one.body)
        if old:
            parameters.append({"name": "body", "in": "body", "required": True, "schema": shape})
        else:
            described["requestBody"] = {"required": True, "content": {"application/json": {"schema": shape}}}
    if parameters:
        described["parameters"] = parameters
    return described


def _typed(kind: str, *, old: bool) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": kind}
    if kind == "array":
        shape["items"] = {"type": "string"}
        if old:
            shape["collectionFormat"] = "multi"
    return shape if old else {"schema": shape}


def _reply(status: int, schema: Any, *, old: bool) -> dict[str, Any]:
    described: dict[str, Any] = {"description": "Success" if status < 300 else "Refused"}
    if schema is not None:
        made = schema()
        shape = _shape(made.fields, made)
        described.update({"schema": shape} if old else {"content": {"application/json": {"schema": shape}}})
    return described


_TYPES = {
    "String": "string",
    "Text": "string",
    "Integer": "integer",
    "Whole": "integer",
    "Boolean": "boolean",
    "Flag": "boolean",
    "List": "array",
}


def _shape(fields: dict[str, Any], schema: Any) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, one in fields.items():
        kind = _TYPES.get(type(one).__name__, "object")
        members[one.data_key or name] = {"type": kind, **({"items": {}} if kind == "array" else {})}
    required = [one.data_key or name for name, one in fields.items() if one.required]
    del schema
    return {"type": "object", "properties": members, **({"required": required} if required else {})}
