"""Forms about people, teams, service accounts and roles."""

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length, NumberRange, Optional

from blueprints.pages.forms import Form, _choices

ROLES = ("Viewer", "Editor", "Admin")
_PASSWORD = [DataRequired("Enter a password"), Length(min=4, message="At least 4 characters")]
_FRESH = {"autocomplete": "new-password"}


class Invite(Form):
    """Somebody who is to join the organisation."""

    who = StringField(
        "Email or username", [DataRequired("Enter an email address or a username"), Length(max=190)]
    )
    name = StringField("Name", [Length(max=190)])
    role = SelectField("Role", choices=_choices(*ROLES))
    send = BooleanField("Send an invitation by mail", default=True)


class NewTeam(Form):
    """A team."""

    name = StringField("Name", [DataRequired("Give the team a name"), Length(max=190)])
    email = StringField("Email", [Length(max=190)], render_kw={"autocomplete": "off"})


class Account(Form):
    """A service account."""

    name = StringField("Display name", [DataRequired("Give the service account a name"), Length(max=180)])
    role = SelectField("Role", choices=_choices(*ROLES))


class Token(Form):
    """A token of a service account."""

    name = StringField("Token name", [DataRequired("Give the token a name"), Length(max=190)])
    lives = StringField("Time to live", render_kw={"placeholder": "for ever"})


class NewUser(Form):
    """A person made by a server administrator."""

    name = StringField("Name", [Length(max=190)], render_kw={"autocomplete": "off"})
    email = StringField("Email", [Length(max=190)], render_kw={"autocomplete": "off"})
    login = StringField("Username", [Length(max=190)], render_kw={"autocomplete": "off"})
    password = PasswordField("Password", _PASSWORD, render_kw=_FRESH)


class Password(Form):
    """A password set by a server administrator."""

    password = PasswordField("New password", _PASSWORD, render_kw=_FRESH)


class Joining(Form):
    """An organisation that a person joins, by its name."""

    org = StringField("Organization", [DataRequired("Name an organization")], render_kw={"list": "orgs"})
    role = SelectField("Role", choices=_choices(*ROLES))


class Limit(Form):
    """A quota."""

    limit = IntegerField("Limit", [InputRequired("Enter a number; -1 is any"), NumberRange(min=-1)])


class Address(Form):
    """Where an organisation is."""

    address1 = StringField("Address", [Length(max=255)])
    address2 = StringField("Address, second line", [Length(max=255)])
    city = StringField("City", [Length(max=255)])
    zip_code = StringField("ZIP code", [Length(max=50)])
    state = StringField("State", [Length(max=255)])
    country = StringField("Country", [Length(max=255)])


class Role(Form):
    """A role; permissions are lines of an action and its scope."""

    display_name = StringField("Name", [DataRequired("Give the role a name"), Length(max=190)])
    description = StringField("Description", [Length(max=1000)])
    permissions = TextAreaField("Permissions", render_kw={"rows": 12, "spellcheck": "false", "class": "code"})
    is_global = BooleanField("For every organization")


class Why(Form):
    """A question about a right."""

    login = StringField(
        "Who", [DataRequired("Name a person or a service account")], render_kw={"list": "people"}
    )
    action = StringField("Action", [DataRequired("Name an action")], render_kw={"list": "actions"})
    scope = StringField("On what", render_kw={"placeholder": "dashboards:uid:…, folders:uid:…, or empty"})


class SignUp(Form):
    """An e-mail for which there is to be an account."""

    email = StringField(
        "Email",
        [DataRequired("Enter your email address")],
        render_kw={"autocomplete": "email", "autofocus": True},
    )


class NewAccount(Form):
    """The account of who was invited or signs up."""

    code = HiddenField()
    email = StringField(
        "Email",
        [DataRequired("Enter your email address"), Length(max=190)],
        render_kw={"autocomplete": "email"},
    )
    name = StringField("Name", [Length(max=190)], render_kw={"autocomplete": "name"})
    username = StringField("Username", [Length(max=190)], render_kw={"autocomplete": "username"})
    password = PasswordField("Password", _PASSWORD, render_kw=_FRESH)
    again = PasswordField(
        "Repeat the password", [EqualTo("password", "The two do not agree")], render_kw=_FRESH
    )


class Forgotten(Form):
    """Whose password is forgotten."""

    who = StringField(
        "Email or username",
        [DataRequired("Enter your name")],
        render_kw={"autocomplete": "username", "autofocus": True},
    )


class Reset(Form):
    """A new password, with the code that was sent."""

    code = HiddenField()
    password = PasswordField("New password", _PASSWORD, render_kw=_FRESH)
    again = PasswordField(
        "Repeat the new password", [EqualTo("password", "The two do not agree")], render_kw=_FRESH
    )


class Grant(Form):
    """A level on an object, for one of a person, a team or a basic role."""

    kind = SelectField("To", choices=_choices("user", "team", "role"))
    who = StringField("Name", [Optional(), Length(max=190)], render_kw={"list": "grantees"})
    level = SelectField("Permission")
