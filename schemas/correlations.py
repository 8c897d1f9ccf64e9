"""Bodies of correlations."""

from marshmallow import Schema, fields

from schemas.base import Body, Text


class NewCorrelation(Body):
    """A correlation: where it leads to, and how."""

    target_uid = Text(required=True, data_key="targetUID")
    label = Text(load_default="")
    description = Text(load_default="")
    config = fields.Dict(required=True)


class CorrelationChange(Body):
    """What is to change of a correlation."""

    label = Text(load_default=None)
    description = Text(load_default=None)
    config = fields.Dict(load_default=None)


class CorrelationReply(Schema):
    """A correlation."""

    uid = fields.String(required=True)
    sourceUID = fields.String(required=True)  # noqa: N815 - the name on the wire
    targetUID = fields.String(required=True)  # noqa: N815
    label = fields.String(required=True)
    description = fields.String(required=True)
    config = fields.Dict(required=True)


class CorrelationMade(Schema):
    """A correlation that was made or changed."""

    result = fields.Nested(CorrelationReply, required=True)
    message = fields.String(required=True)
