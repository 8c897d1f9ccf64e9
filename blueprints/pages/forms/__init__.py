"""Forms of pages. The gate checks their token, so flask-wtf's own check is off."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older
from wtforms.validators import DataRequired, EqualTo, Length


def _choices(*values: str) -> list[SelectChoice]:
    return [SelectChoice(one, one.capitalize() or "Default") for one in values]


class Form(FlaskForm):  # type: ignore[misc]  # the library is not typed
    """What all forms share."""

    class Meta:
        """The session row's token is checked by the gate."""

        csrf = False


class SignIn(Form):
    """Name and password."""

    user = StringField(
        "Email or username",
        [DataRequired("Enter your name")],
        render_kw={"autocomplete": "username", "autofocus": True},
    )
    password = PasswordField(
        "Password", [DataRequired("Enter your password")], render_kw={"autocomplete": "current-password"}
    )


class NewPassword(Form):
    """The old password and the new one, twice."""

    old = PasswordField(
        "Old password",
        [DataRequired("Enter the password you have")],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        "New password",
        [DataRequired("Enter a new password"), Length(min=4, message="At least 4 characters")],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        "Repeat the new password",
        [EqualTo("new", "The two do not agree")],
        render_kw={"autocomplete": "new-password"},
    )


class Source(Form):
    """A data source; what its kind declares comes on top."""

    name = StringField("Name", [DataRequired("Give the data source a name"), Length(max=190)])
    url = StringField("URL")
    is_default = BooleanField("Default data source")


class Import(Form):
    """A dashboard as JSON, and where it goes."""

    text = TextAreaField(
        "Dashboard JSON",
        [DataRequired("Paste the JSON of a dashboard")],
        render_kw={"rows": 12, "spellcheck": "false", "class": "code"},
    )
    name = StringField("Name")
    uid = StringField("UID")
    folder = SelectField("Folder", default="")
    overwrite = BooleanField("Overwrite a dashboard of this name or UID")


class Folder(Form):
    """A folder."""

    title = StringField("Name", [DataRequired("Give the folder a name"), Length(max=189)])
    parent = SelectField("In the folder", default="")
    public = BooleanField("Dashboards in it may be public")


class Profile(Form):
    """Who a person is."""

    name = StringField("Name", [Length(max=190)], render_kw={"autocomplete": "name"})
    email = StringField("Email", [Length(max=190)], render_kw={"autocomplete": "email"})
    login = StringField("Username", [Length(max=190)], render_kw={"autocomplete": "username"})


class Preferred(Form):
    """What a person or an organisation prefers."""

    theme = SelectField("UI theme", choices=_choices("", "dark", "light"))
    home = SelectField("Home dashboard", default="")
    timezone = StringField(
        "Time zone", [Length(max=50)], render_kw={"placeholder": "Default", "list": "zones"}
    )
    week_start = SelectField(
        "Week start",
        choices=_choices("", "saturday", "sunday", "monday"),
    )


class OrgName(Form):
    """What an organisation is called."""

    name = StringField("Organization name", [DataRequired("Give the organization a name"), Length(max=190)])


class Key(Form):
    """A new API key."""

    name = StringField("Key name", [DataRequired("Give the key a name"), Length(max=190)])
    role = SelectField("Role", choices=_choices("Viewer", "Editor", "Admin"))
    lives = StringField("Time to live", render_kw={"placeholder": "for ever"})
