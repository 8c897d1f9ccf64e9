"""Bodies of what is done with versions of dashboards."""

from marshmallow import Schema, fields

from schemas.base import Body, Text, Whole


class Restored(Body):
    """Which version is to be the newest again."""

    version = Whole(required=True)


class _Side(Body):
    """A version of a dashboard, or what is not saved yet."""

    dashboard_id = Whole(load_default=0, data_key="dashboardId")
    version = Whole(load_default=0)
    unsaved = fields.Dict(load_default=None, data_key="unsavedDashboard")


class Compared(Body):
    """Two versions, and how their difference is wanted: `basic` (in words) or `json` (line by line)."""

    base = fields.Nested(_Side, required=True)
    new = fields.Nested(_Side, required=True)
    kind = Text(load_default="basic", data_key="diffType")


class VersionReply(Schema):
    """A version of a dashboard; `data` is there where one is read."""

    id = fields.Integer(required=True)
    dashboardId = fields.Integer(required=True)  # noqa: N815 - the name on the wire
    parentVersion = fields.Integer(required=True)  # noqa: N815
    version = fields.Integer(required=True)
    created = fields.DateTime(required=True)
    createdBy = fields.String(required=True)  # noqa: N815
    message = fields.String(required=True)
    data = fields.Dict()
