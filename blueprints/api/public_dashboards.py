"""Public dashboards: shared, changed, withdrawn; and what their visitors ask."""

from typing import Any

from flask import Response

from blueprints.api.queries import frames, timeout
from core.access import Actor
from models.session import transaction
from schemas.base import ErrorReply
from schemas.public_dashboards import PanelQuery, Sharing
from services import public_dashboards, queries
from web import paging
from web.access import can, public, signed_in
from web.operation import Operations
from web.responses import answer, spliced

api = Operations("public_dashboards", __name__, url_prefix="/api")
_ERRORS = {400: ErrorReply, 401: ErrorReply, 403: ErrorReply, 404: ErrorReply}
_DONE = {200: None, **_ERRORS}
_VISIT = public("whoever has the token of a public dashboard may look at it")
_WRITE = "dashboards.public:write"


@api.operation("GET", "/dashboards/public-dashboards", access=signed_in, replies=_DONE)
def list_public(actor: Actor) -> Response:
    """List what is shown to anybody, of the dashboards that the caller may read."""
    return answer(
        [
            {
                "uid": row.uid,
                "accessToken": row.access_token,
                "title": row.title,
                "dashboardUid": row.dashboard_uid,
                "isEnabled": row.enabled,
            }
            for row in public_dashboards.listed(actor)
        ]
    )


@api.operation(
    "GET",
    "/dashboards/uid/<uid>/public-dashboards",
    access=can("dashboards:read", of=public_dashboards.to_share, known=False),
    replies=_DONE,
)
def get(actor: Actor, dashboard: Any) -> Response:
    """Say how a dashboard is shown to anybody."""
    del actor
    return answer(public_dashboards.shown(public_dashboards.find(dashboard), dashboard.uid))


@api.operation(
    "POST",
    "/dashboards/uid/<uid>/public-dashboards",
    access=can(_WRITE, of=public_dashboards.to_share, known=False),
    body=Sharing,
    replies=_DONE,
)
def share(actor: Actor, dashboard: Any, body: dict[str, Any]) -> Response:
    """Show a dashboard to anybody who has the address."""
    return answer(public_dashboards.shown(public_dashboards.share(actor, dashboard, body), dashboard.uid))


@api.operation(
    "PUT",
    "/dashboards/uid/<uid>/public-dashboards/<public>",
    access=can(_WRITE, of=public_dashboards.to_change, known=False),
    body=Sharing,
    replies=_DONE,
)
def change(actor: Actor, dashboard: Any, public: str, body: dict[str, Any]) -> Response:
    """Change how a dashboard is shown, or pause it."""
    changed = public_dashboards.change(actor, dashboard, public, body)
    return answer(public_dashboards.shown(changed, dashboard.uid))


@api.operation(
    "DELETE",
    "/dashboards/uid/<uid>/public-dashboards/<public>",
    access=can(_WRITE, of=public_dashboards.to_share, known=False),
    replies=_DONE,
)
def withdraw(actor: Actor, dashboard: Any, public: str) -> Response:
    """Show a dashboard to others no longer."""
    del actor
    public_dashboards.withdraw(dashboard, public)
    return answer(None)


@api.operation("GET", "/public/dashboards/<token>", access=_VISIT, replies=_DONE)
def visit(actor: Actor, token: str) -> Response:
    """Return a public dashboard."""
    del actor
    found = public_dashboards.visited(token)
    return spliced(
        {"meta": public_dashboards.metadata_of(found)}, dashboard=public_dashboards.public_text(found)
    )


@api.operation(
    "POST",
    "/public/dashboards/<token>/panels/<panel>/query",
    access=_VISIT,
    body=PanelQuery,
    writes=False,
    own_transactions=True,
    replies=_DONE,
)
def query(actor: Actor, token: str, panel: str, body: dict[str, Any]) -> Response:
    """Ask a panel's own queries."""
    del actor
    if not panel.isdecimal() or len(panel) > 9:
        raise public_dashboards.BadPanelId
    with transaction(write=False):
        found = public_dashboards.visited(token)
        asked = public_dashboards.load_queries(
            found, int(panel), body["interval_ms"], body["points"], body["time_range"], timeout()
        )
    return frames(asked, queries.answer(asked))


@api.operation("GET", "/public/dashboards/<token>/annotations", access=_VISIT, replies=_DONE)
def list_annotations(actor: Actor, token: str) -> Response:
    """List the annotations of a public dashboard, where its maker shows them."""
    del actor
    return answer(
        public_dashboards.annotations_of(
            public_dashboards.visited(token), paging.first("from"), paging.first("to")
        )
    )
