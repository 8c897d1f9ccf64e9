"""Bodies of organisations, people, teams and keys."""

from typing import ClassVar

from marshmallow import Schema, fields, validate

from core.access import Role
from schemas.base import Anything, Body, Flag, Text, Whole

ROLE = validate.OneOf([role.value for role in Role])
NAMED = validate.Length(min=1)


class OrgName(Body):
    """A name for an organisation."""

    name = Text(required=True, validate=NAMED)


class Address(Body):
    """Where an organisation is."""

    address1 = Text(load_default="")
    address2 = Text(load_default="")
    city = Text(load_default="")
    zip_code = Text(load_default="", data_key="zipCode")
    state = Text(load_default="")
    country = Text(load_default="")


class NewMember(Body):
    """Who joins an organisation, and as what."""

    login_or_email = Text(required=True, data_key="loginOrEmail")
    role = Text(required=True, validate=ROLE)


class RoleChange(Body):
    """A member's new role."""

    role = Text(required=True, validate=ROLE)


class NewUser(Body):
    """A person made by a server administrator."""

    login = Text(load_default="")
    email = Text(load_default="")
    name = Text(load_default="")
    password = Text(required=True)
    org_id = Whole(load_default=0, data_key="OrgId")


class Profile(Body):
    """What a person says of themselves."""

    login = Text(load_default="")
    email = Text(load_default="")
    name = Text(load_default="")
    theme = Text(load_default="")


class NewPassword(Body):
    """A password set by a server administrator."""

    password = Text(required=True, validate=NAMED)


class OwnPassword(Body):
    """A person's own new password."""

    old_password = Text(load_default="", data_key="oldPassword")
    new_password = Text(load_default="", data_key="newPassword")


class ServerAdmin(Body):
    """Whether a person administers the server."""

    is_admin = Flag(load_default=False, data_key="isGrafanaAdmin")


class RevokedSession(Body):
    """Which session ends."""

    session_id = Whole(load_default=0, data_key="authTokenId")


class NewTeam(Body):
    """A team."""

    name = Text(required=True)
    email = Text(load_default="")


class TeamPerson(Body):
    """Who joins a team."""

    user_id = Whole(required=True, data_key="userId")


class TeamRight(Body):
    """A team member's level: 0 member, 4 admin."""

    permission = Whole(load_default=0)


class TeamGroupForm(Body):
    """A group of another server."""

    group_id = Text(required=True, validate=NAMED, data_key="groupId")


class NewKey(Body):
    """An API key."""

    name = Text(required=True, validate=NAMED)
    role = Text(required=True, validate=ROLE)
    seconds_to_live = Whole(load_default=0, data_key="secondsToLive")


class Preferred(Body):
    """Preferences; absent members stay as they are under PATCH."""

    theme = Text()
    home_dashboard_id = Whole(data_key="homeDashboardId")
    home_dashboard_uid = Text(data_key="homeDashboardUID")
    timezone = Text()
    week_start = Text(data_key="weekStart")
    locale = Text()
    navbar = Anything()
    query_history = Anything(data_key="queryHistory")


class HomeDashboard(Body):
    """The dashboard that a person begins with, as old clients set it; 0 is none."""

    home_dashboard_id = Whole(load_default=0, data_key="homeDashboardId")


class Login(Body):
    """A name and a password."""

    refusal: ClassVar[str] = "bad login data"
    user = Text(required=True, validate=NAMED)
    password = Text(required=True, validate=NAMED)


class OrgReply(Schema):
    """An organisation."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    address = fields.Dict()


class UserReply(Schema):
    """A person."""

    id = fields.Integer(required=True)
    login = fields.String(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    org_id = fields.Integer(required=True, data_key="orgId")


class KeyReply(Schema):
    """A fresh key, shown this once."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    key = fields.String(required=True)
