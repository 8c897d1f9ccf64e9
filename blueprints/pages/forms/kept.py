"""Forms of what is kept with dashboards."""

from wtforms import BooleanField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older
from wtforms.validators import DataRequired, Length

from blueprints.pages.forms import Form

TIMES_TO_LIVE = (("0", "Never"), ("3600", "1 hour"), ("86400", "1 day"), ("604800", "7 days"))


class PlaylistForm(Form):
    """A playlist."""

    name = StringField("Name", [DataRequired("Give the playlist a name"), Length(max=255)])
    interval = StringField("Interval", [DataRequired("Say how long each dashboard is shown")], default="5m")
    dashboards = SelectMultipleField("Dashboards", validate_choice=False, render_kw={"size": 8})
    tags = StringField("Tags", [Length(max=255)])


class SnapshotForm(Form):
    """A snapshot of a dashboard as it stands."""

    name = StringField("Name", [Length(max=255)])
    expires = SelectField("Expires", choices=[SelectChoice(value, words) for value, words in TIMES_TO_LIVE])
    external = BooleanField("Publish elsewhere")


class PublicForm(Form):
    """How a dashboard is shown to anybody."""

    enabled = BooleanField("Show it", default=True)
    time = BooleanField("Visitors may choose the time range")
    annotations = BooleanField("Show annotations")
    variables = SelectMultipleField("Variables that visitors may set", validate_choice=False)
