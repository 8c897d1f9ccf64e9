"""Bodies of dashboards, folders and search. A dashboard itself is never turned into objects."""

from typing import Any

import msgspec
import orjson
from marshmallow import Schema, fields

from core.errors import BadRequest
from dashboards import document
from schemas.base import Body, Flag, Text, Whole
from services.saving import Save


def read_save(data: bytes) -> Save:
    """Read the body of a save, the dashboard in it as text. Raises BadRequest."""
    outer = document.read(data)
    if "dashboard" not in outer:
        raise BadRequest
    named = {name: outer[name] for name in ("folderId", "folderUid", "message", "overwrite") if name in outer}
    given = {name: orjson.loads(bytes(raw)) for name, raw in named.items()}
    kinds = {"folderId": int, "folderUid": str, "message": str, "overwrite": bool}
    for name, value in given.items():
        if value is not None and (type(value) is not kinds[name]):
            raise BadRequest(field=name)
    return Save(
        body=document.read(bytes(outer["dashboard"])),
        folder_id=given.get("folderId") or 0,
        folder_uid=given.get("folderUid") or "",
        message=given.get("message") or "",
        overwrite=given.get("overwrite") or False,
    )


def read_import(data: bytes) -> tuple[Save, list[dict[str, Any]]]:
    """Read the body of an import: what is saved, and the values of its inputs. Raises BadRequest."""
    outer = document.read(data)
    try:
        inputs = (
            msgspec.json.decode(
                bytes(outer.get("inputs", msgspec.Raw(b"[]"))), type=list[dict[str, Any]] | None
            )
            or []
        )
    except msgspec.DecodeError:
        raise BadRequest(field="inputs") from None
    kept = {name: raw for name, raw in outer.items() if name != "inputs"}
    save = read_save(document.text(kept).encode())
    save.plugin_id = _text(outer, "pluginId")
    return save, inputs


def _text(outer: document.Members, name: str) -> str:
    value = orjson.loads(bytes(outer[name])) if name in outer else None
    if value is not None and not isinstance(value, str):
        raise BadRequest(field=name)
    return value or ""


class NewFolder(Body):
    """A folder, in the folder parentUid or in none."""

    title = Text(load_default="")
    uid = Text(load_default="")
    parent_uid = Text(load_default="", data_key="parentUid")


class FolderMove(Body):
    """The folder that one is put into; "" for none."""

    parent_uid = Text(load_default="", data_key="parentUid")


class FolderLimits(Body):
    """What may be done with what is in a folder."""

    public_dashboards = Flag(required=True, data_key="publicDashboards")


class FolderChange(Body):
    """A folder's new title or uid."""

    title = Text(load_default="")
    uid = Text(load_default="")
    version = Whole(load_default=0)
    overwrite = Flag(load_default=False)


class FolderReply(Schema):
    """A folder."""

    id = fields.Integer(required=True)
    uid = fields.String(required=True)
    title = fields.String(required=True)
    url = fields.String(required=True)
    version = fields.Integer(required=True)


class DashboardReply(Schema):
    """A dashboard with its metadata."""

    meta = fields.Dict(required=True)
    dashboard = fields.Dict(required=True)


class SaveReply(Schema):
    """What a save did."""

    id = fields.Integer()
    uid = fields.String()
    url = fields.String()
    slug = fields.String(required=True)
    status = fields.String(required=True)
    version = fields.Integer(required=True)


class Trimmed(Body):
    """A dashboard whose defaults are to be dropped."""

    dashboard = fields.Dict(required=True)
    meta = fields.Raw(load_default=None)


class Validated(Body):
    """A dashboard as text."""

    dashboard = Text(required=True)
