"""Bodies of short links."""

from marshmallow import Schema, fields

from schemas.base import Body, Text


class NewShortUrl(Body):
    """The path of a page, relative to the root."""

    path = Text(load_default="")


class ShortUrlReply(Schema):
    """A link that was made."""

    uid = fields.String(required=True)
    url = fields.String(required=True)
