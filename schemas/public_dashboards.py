"""Bodies of public dashboards."""

from typing import ClassVar

from marshmallow import fields

from core.errors import DomainError
from schemas.base import Body, Flag, Text, Whole
from services.public_dashboards import BadBody


class _Public(Body):
    fault: ClassVar[type[DomainError]] = BadBody
    refusal: ClassVar[str] = BadBody.message


class Sharing(_Public):
    """How a dashboard is shown. variables: names of those that visitors may set."""

    enabled = Flag(load_default=False, data_key="isEnabled")
    annotations_enabled = Flag(load_default=False, data_key="annotationsEnabled")
    time_selection_enabled = Flag(load_default=False, data_key="timeSelectionEnabled")
    variables = fields.List(Text(), load_default=list)


class PanelQuery(_Public):
    """What a visitor asks of a panel. time_range: `from` and `to`."""

    interval_ms = Whole(load_default=0, data_key="intervalMs")
    points = Whole(load_default=0, data_key="maxDataPoints")
    time_range = fields.Dict(load_default=dict, data_key="timeRange")
