"""Bodies of data sources and their queries."""

from typing import Any

from marshmallow import Schema, fields, validate

from schemas.base import Anything, Body, Flag, Text, Whole
from services.data_sources import Wanted


class Source(Body):
    """A data source as every generation sends it."""

    id = Whole(load_default=0)
    uid = Text(load_default="")
    name = Text(required=True, validate=validate.Length(min=1))
    type = Text(required=True, validate=validate.Length(min=1))
    access = Text(load_default="proxy")
    url = Text(load_default="")
    user = Text(load_default="")
    database = Text(load_default="")
    basic_auth = Flag(load_default=False, data_key="basicAuth")
    basic_auth_user = Text(load_default="", data_key="basicAuthUser")
    with_credentials = Flag(load_default=False, data_key="withCredentials")
    is_default = Flag(load_default=False, data_key="isDefault")
    json_data = fields.Dict(load_default=dict, data_key="jsonData")
    secure_json_data = fields.Dict(
        keys=fields.String(), values=Text(), load_default=dict, data_key="secureJsonData"
    )
    password = Text(load_default="")
    basic_auth_password = Text(load_default="", data_key="basicAuthPassword")
    version = Whole(load_default=0)


def wanted(body: dict[str, Any]) -> Wanted:
    """Return what is wanted; the passwords that old clients send at the top become secrets."""
    secrets = dict(body["secure_json_data"])
    if body["password"]:
        secrets.setdefault("password", body["password"])
    if body["basic_auth_password"]:
        secrets.setdefault("basicAuthPassword", body["basic_auth_password"])
    names = (
        "name",
        "type",
        "access",
        "uid",
        "url",
        "user",
        "database",
        "basic_auth",
        "basic_auth_user",
        "with_credentials",
        "is_default",
        "version",
    )
    return Wanted(**{name: body[name] for name in names}, json_data=body["json_data"], secrets=secrets)


class Queries(Body):
    """Queries against data sources."""

    queries = fields.List(Anything(), load_default=list)
    from_ = Anything(data_key="from", load_default="now-6h")
    to = Anything(load_default="now")
    debug = Flag(load_default=False)


class SourceReply(Schema):
    """A data source."""

    id = fields.Integer(required=True)
    uid = fields.String(required=True)
    name = fields.String(required=True)
    type = fields.String(required=True)
    json_data = fields.Dict(data_key="jsonData")


class SavedSource(Schema):
    """What a change of a data source did."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    message = fields.String(required=True)
    datasource = fields.Nested(SourceReply, required=True)


class QueryReply(Schema):
    """Results by refId."""

    results = fields.Dict(required=True)
