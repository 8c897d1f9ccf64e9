"""Bodies of what was asked while exploring."""

from marshmallow import Schema, fields

from schemas.base import Anything, Body, Flag, Text, Whole


class Asked(Body):
    """Queries that were asked together."""

    source_uid = Text(load_default="", data_key="datasourceUid")
    queries = Anything(load_default=list)


class _Remembered(Asked):
    """The same as a browser kept it. created: seconds since 1970."""

    created = Whole(load_default=0, data_key="createdAt")
    comment = Text(load_default="")
    starred = Flag(load_default=False)


class Remembered(Body):
    """All that a browser kept."""

    queries = fields.List(fields.Nested(_Remembered), load_default=list)


class Comment(Body):
    """What somebody says of queries."""

    comment = Text(load_default="")


class PastQueryReply(Schema):
    """Kept queries."""

    result = fields.Dict(required=True)
