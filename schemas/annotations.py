"""Bodies of annotations."""

from typing import Any

from marshmallow import fields

from schemas.base import Anything, Body, Text, Whole


class _Note(Body):
    """What all that write an annotation may send."""

    time = Whole(load_default=0)
    time_end = Whole(load_default=0, data_key="timeEnd")
    text = Text(load_default="")
    tags = fields.List(Text(), load_default=None)
    data = fields.Dict(load_default=None)


class NewAnnotation(_Note):
    """An annotation, and where it belongs."""

    dashboard_id = Whole(load_default=0, data_key="dashboardId")
    dashboard_uid = Text(load_default="", data_key="dashboardUID")
    panel_id = Whole(load_default=0, data_key="panelId")


class AnnotationChange(_Note):
    """An annotation's new words, times and tags."""

    id = Whole(load_default=0)


class GraphiteEvent(Body):
    """An event as Graphite's users send it: tags are a list, or a text with blanks between them. when: seconds."""

    when = Whole(load_default=0)
    what = Text(load_default="")
    data = Text(load_default="")
    tags = Anything(load_default=None)

    def tag_list(self, given: Any) -> list[str]:
        """Return the tags of either form. Raises BadRequest."""
        if given is None:
            return []
        if isinstance(given, str):
            return given.split(" ")
        if isinstance(given, list) and all(isinstance(one, str) for one in given):
            return list(given)
        raise self.refused("tags")


class MassDelete(Body):
    """Which annotations are to go: one by its number, those of a panel, or those of no dashboard."""

    annotation_id = Whole(load_default=0, data_key="annotationId")
    dashboard_id = Whole(load_default=0, data_key="dashboardId")
    dashboard_uid = Text(load_default="", data_key="dashboardUID")
    panel_id = Whole(load_default=0, data_key="panelId")
