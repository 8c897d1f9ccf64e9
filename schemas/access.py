"""Bodies of rights: levels on objects, roles and who has them."""

from typing import ClassVar

from marshmallow import EXCLUDE, Schema, fields

from core.errors import DomainError
from schemas.base import Anything, Body, Flag, Text, Whole
from services.quotas import BadQuota


class Item(Body):
    """One level, as dashboards and folders take it: 1 view, 2 edit, 4 admin; of one person, team or basic role."""

    user_id = Whole(load_default=0, data_key="userId")
    team_id = Whole(load_default=0, data_key="teamId")
    role = Text(load_default="")
    permission = Whole(load_default=0)


class Items(Body):
    """All levels on a dashboard or folder; those that are not among them are taken away."""

    items = fields.List(fields.Nested(Item), load_default=list)


class Level(Body):
    """A level by its name; empty takes it away."""

    permission = Text(load_default="")


class NamedLevel(Body):
    """A level and who gets it."""

    user_id = Whole(load_default=0, data_key="userId")
    team_id = Whole(load_default=0, data_key="teamId")
    role = Text(load_default="", data_key="builtInRole")
    permission = Text(load_default="")


class NamedLevels(Body):
    """Several levels; others stay."""

    permissions = fields.List(fields.Nested(NamedLevel), load_default=list)


class Permission(Body):
    """An action and the scope that it is granted on."""

    action = Text(required=True)
    scope = Text(load_default="")


class RoleForm(Body):
    """A role. global: for every organisation."""

    refusal: ClassVar[str] = "Bad request data"
    uid = Text(load_default="")
    name = Text(load_default="")
    display_name = Text(load_default="", data_key="displayName")
    description = Text(load_default="")
    group = Text(load_default="")
    hidden = Flag(load_default=False)
    version = Whole(load_default=0)
    is_global = Flag(load_default=False, data_key="global")
    permissions = fields.List(fields.Nested(Permission), load_default=None)


class AddedRole(Body):
    """A role for a person or a team."""

    role_uid = Text(required=True, data_key="roleUid")
    is_global = Flag(load_default=False, data_key="global")


class GivenRoles(Body):
    """All roles of a person or a team."""

    role_uids = fields.List(Text(), required=True, data_key="roleUids")
    include_hidden = Flag(load_default=False, data_key="includeHidden")
    is_global = Flag(load_default=False, data_key="global")


class Holders(Body):
    """All who have a role."""

    users = fields.List(Whole(), load_default=list)
    teams = fields.List(Whole(), load_default=list)
    service_accounts = fields.List(Whole(), load_default=list)


class HardReset(Body):
    """Which basic roles become again what they were delivered as."""

    basic_roles = Flag(load_default=False, data_key="BasicRoles")


class QuotaLimit(Body):
    """How many there may be; -1 is any number."""

    refusal: ClassVar[str] = "Bad request"
    fault: ClassVar[type[DomainError]] = BadQuota
    limit = Whole(required=True)


class RuleReply(Schema):
    """Who holds which level on an object."""

    class Meta:
        """A grantee has members of its own kind."""

        unknown = EXCLUDE

    id = fields.Integer(required=True)
    actions = fields.List(fields.String(), required=True)
    permission = fields.String(required=True)


class DescriptionReply(Schema):
    """Which levels an object of a kind has, and who can hold them."""

    assignments = Anything(required=True)
    permissions = fields.List(fields.String(), required=True)
