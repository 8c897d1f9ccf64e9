"""Bodies of library elements."""

from marshmallow import fields

from schemas.base import Body, Text, Whole


class NewElement(Body):
    """A panel (kind 1) or variable (kind 2)."""

    name = Text(load_default="")
    kind = Whole(load_default=0)
    model = fields.Dict(load_default=None)
    folder_id = Whole(load_default=0, data_key="folderId")
    folder_uid = Text(load_default="", data_key="folderUid")
    uid = Text(load_default="")


class ElementChange(Body):
    """What is to change of an element, and the version that was read."""

    name = Text(load_default="")
    kind = Whole(load_default=0)
    model = fields.Dict(load_default=None)
    folder_id = Whole(load_default=None, data_key="folderId")
    folder_uid = Text(load_default=None, data_key="folderUid")
    new_uid = Text(load_default="", data_key="uid")
    version = Whole(load_default=0)
