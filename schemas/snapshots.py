"""Bodies of snapshots."""

import orjson
from marshmallow import Schema, fields

from core.errors import BadRequest
from dashboards import document
from schemas.base import Body, Flag, Text, Whole
from services.snapshots import Wanted


class NewSnapshot(Body):
    """What is sent beside a dashboard with its data. expires: seconds that it is to be kept."""

    name = Text(load_default="")
    key = Text(load_default="")
    delete_key = Text(load_default="", data_key="deleteKey")
    expires = Whole(load_default=0)
    external = Flag(load_default=False)


class SnapshotMade(Schema):
    """The keys of a new snapshot, and the addresses that they open."""

    deleteKey = fields.String(required=True)  # noqa: N815 - the name on the wire
    deleteUrl = fields.String(required=True)  # noqa: N815
    id = fields.Integer(required=True)
    key = fields.String(required=True)
    url = fields.String(required=True)


def read_snapshot(data: bytes) -> tuple[Wanted, bool]:
    """Read the body of a new snapshot, the dashboard in it as text; say whether it is to be kept elsewhere. Raises BadRequest."""
    outer = document.read(data)
    rest = {name: orjson.loads(bytes(raw)) for name, raw in outer.items() if name != "dashboard"}
    given = NewSnapshot().read(rest)
    if bytes(outer.get("dashboard", b"null")) == b"null":
        raise BadRequest(field="dashboard")
    body = document.read(bytes(outer["dashboard"]))
    wanted = Wanted(body, given["name"], given["key"], given["delete_key"], given["expires"])
    return wanted, given["external"]
