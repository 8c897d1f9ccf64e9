"""Bodies of playlists."""

from marshmallow import Schema, fields

from schemas.base import Body, Text


class _Item(Body):
    """An entry; what else is sent of it is not kept."""

    type = Text(load_default="")
    value = Text(load_default="")
    title = Text(load_default="")


class PlaylistBody(Body):
    """A playlist."""

    name = Text(required=True)
    interval = Text(load_default="")
    items = fields.List(fields.Nested(_Item), load_default=None)


class PlaylistMade(Schema):
    """A playlist without its entries."""

    id = fields.Integer(required=True)
    uid = fields.String(required=True)
    name = fields.String(required=True)
    interval = fields.String(required=True)
