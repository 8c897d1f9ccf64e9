"""Pictures of dashboards, drawn when they are asked for; there is nothing to upload and nothing to keep."""

from flask import Response

from blueprints.pages.formats import thumbnail
from core.access import Actor
from core.errors import NotFound
from schemas.base import ErrorReply
from web.access import can
from web.operation import Operations

api = Operations("thumbnails", __name__, url_prefix="/api/dashboards/uid")
_ERRORS = {401: ErrorReply, 403: ErrorReply, 404: ErrorReply}


@api.operation(
    "GET", "/<uid>/img/<kind>/<theme>", access=can("dashboards:read", asked_later=True), own_transactions=True,
    replies=_ERRORS,
)  # fmt: skip
def dashboard_picture(actor: Actor, uid: str, kind: str, theme: str) -> Response:
    """Return a dashboard as it opens, as an SVG. kind: thumb; theme: dark or light."""
    if kind != "thumb" or theme not in {"dark", "light"}:
        raise NotFound("There is no such picture: thumb, in dark or light")
    return thumbnail(actor, uid, dark=theme == "dark")
