"""The server's settings and statistics, and what programs that show dashboards read first."""

from flask import Response

from core.access import Actor
from services import frontend, server
from web.access import can, signed_in
from web.configured import settings
from web.generations import Generation, older_than
from web.operation import Operations
from web.responses import answer

api = Operations("admin", __name__, url_prefix="/api")


@api.operation("GET", "/frontend/settings", access=signed_in)
def frontend_settings(actor: Actor) -> Response:
    """Return versions, switches and data sources."""
    found = frontend.frontend_settings(actor, settings())
    if older_than(Generation.G5):
        found["buildInfo"] = {**found["buildInfo"], "buildstamp": str(found["buildInfo"]["buildstamp"])}
    return answer(found)


@api.operation(
    "GET",
    "/admin/settings",
    id="adminGetSettings",
    access=can("settings:read", known=False),
    own_transactions=True,
)
def admin_settings(actor: Actor) -> Response:
    """Return the server's settings, secrets as stars."""
    del actor
    return answer(server.shown_settings(settings(), old=older_than(Generation.G5)))


@api.operation("GET", "/admin/stats", id="adminGetStats", access=can("server.stats:read", known=False))
def stats(actor: Actor) -> Response:
    """Count what the server holds."""
    del actor
    return answer(server.stats())
