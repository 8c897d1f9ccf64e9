"""Public dashboards: shown to anybody who has the address, within what their makers allow."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, delete, insert, not_, or_, select, update

from core import clock
from core.access import Actor, Credential, Loader
from core.errors import AsRecorded, Forbidden, Structured
from core.identifiers import new_uid
from core.roles import granted, joined
from dashboards import document
from dashboards.tree import every_panel
from datasources import registry
from models import Dashboard, FolderAncestor, FolderLimit, Org, PublicDashboard, audit, db
from models.base import table
from queries.variables import read
from services import access, annotations, dashboards, library_panels, metadata, queries, reach
from services.panel_data import filled

TOKEN = re.compile(r"[0-9a-f]{32}")
_P, _BOARD = table(PublicDashboard).c, table(Dashboard).c
# What a visitor may do: look, have the panels' own queries asked, and (where that is allowed) see annotations.
_VISITOR = granted("dashboards:read,datasources:query,datasources:read *")
_VISITOR_OF_NOTES = joined((_VISITOR, granted("annotations:read annotations:*")))


class NotPublic(Structured):
    """Nothing is shown to anybody here."""

    status, name = 404, "publicdashboards.notFound"
    message = "Public dashboard not found"


class NoDashboard(Structured):
    """There is no such dashboard to be shown."""

    status, name = 404, "publicdashboards.dashboardNotFound"
    message = "Dashboard not found"


class NoDashboardToChange(Structured, AsRecorded):
    """The dashboard whose way of being shown is to change is not there."""

    status, name = 500, "publicdashboards.internalServerError"
    message = "Internal server error"


class BadToken(Structured):
    """The token has not the form of one."""

    status, name = 400, "publicdashboards.invalidAccessToken"
    message = "Invalid access token"


class BadBody(Structured):
    """The body cannot be read."""

    status, name = 400, "publicdashboards.badRequest"
    message = "Bad request"


class NoPanel(Structured):
    """The dashboard has no such panel."""

    status, name = 404, "publicdashboards.panelNotFound"
    message = "Public dashboard panel not found"


class BadPanelId(Structured):
    """Panels have numbers."""

    status, name = 400, "publicdashboards.invalidPanelId"
    message = "Invalid panel id"


class BadInterval(Structured):
    """The interval is below zero."""

    status, name = 400, "publicdashboards.invalidInterval"
    message = "intervalMS should be greater than 0"


class BadPoints(Structured):
    """The number of points is below zero."""

    status, name = 400, "publicdashboards.maxDataPoints"
    message = "maxDataPoints should be greater than 0"


@dataclass(frozen=True)
class Shown:
    """A public dashboard for its visitors: as whom they look, the dashboard, and what they may choose."""

    public: Any
    visitor: Actor
    uid: str
    title: str
    slug: str
    body: str
    created: Any
    updated: Any
    version: int

    @property
    def id(self) -> int:
        """The dashboard's number."""
        return int(self.public.dashboard_id)

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that visitors may set."""
        return tuple(orjson.loads(self.public.variables))


class ClosedFolder(Forbidden):
    """The folder, or one around it, keeps its dashboards from being public."""

    message, early = "Dashboards in this folder are not to be public", False


# The folder of a dashboard, or one around it, that keeps it from being public.
_LIMIT, _A = table(FolderLimit).c, table(FolderAncestor).c


def _closed(folder_id: Any) -> ColumnElement[bool]:
    """Return the condition that a folder, or one around it, keeps its dashboards from being public."""
    around = select(_A.ancestor_id).where(_A.folder_id == folder_id).correlate_except(table(FolderAncestor))
    own = _LIMIT.folder_id == folder_id
    return (
        select(_LIMIT.id)
        .where(_LIMIT.no_public.is_(True), or_(own, _LIMIT.folder_id.in_(around)))
        .correlate_except(table(FolderLimit), table(FolderAncestor))
        .exists()
    )


def _sharing(fault: type[Structured]) -> Loader:
    def load(actor: Actor, uid: str) -> Any:
        try:
            found = dashboards.find_by_uid(actor, uid)
        except dashboards.DashboardNotFound:
            raise fault from None
        if found.is_folder:
            raise fault
        return found

    return Loader("dashboard", ("uid",), load, dashboards.scopes, access.on_board)


to_share, to_change = _sharing(NoDashboard), _sharing(NoDashboardToChange)


def shown(row: Any, dashboard_uid: str) -> dict[str, Any]:
    """Return how a dashboard is shown, as the API has it."""
    return {
        "uid": row.uid,
        "dashboardUid": dashboard_uid,
        "timeSettings": {},
        "isEnabled": row.enabled,
        "accessToken": row.access_token,
        "annotationsEnabled": row.annotations_enabled,
        "timeSelectionEnabled": row.time_selection_enabled,
        "variables": orjson.loads(row.variables),
        "createdBy": row.created_by,
        "updatedBy": row.updated_by,
        "createdAt": clock.iso(row.created),
        "updatedAt": clock.iso(row.updated),
    }


def listed(actor: Actor) -> Sequence[Any]:
    """Return what is shown to anybody of the dashboards that the caller may read: with title, dashboard_uid, slug, closed (by its folder)."""
    query = (
        select(
            *_P,
            _BOARD.title,
            _BOARD.uid.label("dashboard_uid"),
            _BOARD.slug,
            _closed(_BOARD.folder_id).label("closed"),
        )
        .select_from(table(PublicDashboard))
        .join(table(Dashboard), _BOARD.id == _P.dashboard_id)
        .where(_P.org_id == actor.org_id, reach.boards_where(actor, "read"))
        .order_by(_BOARD.title, _P.id)
    )
    return db.session.execute(query, reach.params(actor)).all()


def of_dashboard(dashboard: Any) -> Row[Any] | None:
    """Return how a dashboard is shown to anybody, if it is."""
    query = select(table(PublicDashboard)).where(_P.dashboard_id == dashboard.id).order_by(_P.id).limit(1)
    return db.session.execute(query).first()


def find(dashboard: Any, uid: str = "") -> Row[Any]:
    """Return how a dashboard is shown, by its uid or the first. Raises NotPublic."""
    query = select(table(PublicDashboard)).where(_P.dashboard_id == dashboard.id)
    found = db.session.execute(
        (query.where(_P.uid == uid) if uid else query).order_by(_P.id).limit(1)
    ).first()
    if found is None:
        raise NotPublic
    return found


def keeps_private(folder_id: int) -> bool:
    """Say whether a folder, or one around it, keeps its dashboards from being public."""
    return bool(db.session.scalar(select(_closed(folder_id))))


def limit_folder(folder: Any, *, private: bool) -> None:
    """Keep the dashboards of a folder from being public, or let them be; those that are shown are shown no longer meanwhile."""
    same = FolderLimit.folder_id == folder.id
    if not private:
        db.session.execute(delete(FolderLimit).where(same))
    elif db.session.scalar(select(FolderLimit.id).where(same)) is None:
        db.session.execute(insert(table(FolderLimit)).values(folder_id=folder.id, no_public=True))
    audit.note(
        "changed", "folder", folder.id, folder.title, after={"no_public": private}, org_id=folder.org_id
    )


def is_limited(folder: Any) -> bool:
    """Say whether a folder itself keeps its dashboards from being public."""
    query = select(FolderLimit.id).where(FolderLimit.folder_id == folder.id, FolderLimit.no_public.is_(True))
    return db.session.scalar(query) is not None


def share(actor: Actor, dashboard: Any, settings: Mapping[str, Any]) -> Row[Any]:
    """Show a dashboard to anybody. settings: columns, as the schema reads them. Raises ClosedFolder."""
    if keeps_private(dashboard.folder_id):
        raise ClosedFolder
    uid = new_uid()
    db.session.execute(
        insert(table(PublicDashboard)).values(
            org_id=actor.org_id, dashboard_id=dashboard.id, uid=uid, access_token=secrets.token_hex(16), created=clock.now(),
            updated=clock.ZERO, created_by=actor.user_id, updated_by=0, **_columns(settings),
        )
    )  # fmt: skip
    return find(dashboard, uid)


def change(actor: Actor, dashboard: Any, uid: str, settings: Mapping[str, Any]) -> Row[Any]:
    """Change how a dashboard is shown. Raises NotPublic."""
    find(dashboard, uid)
    values = {**_columns(settings), "updated": clock.now(), "updated_by": actor.user_id}
    db.session.execute(
        update(PublicDashboard)
        .where(PublicDashboard.dashboard_id == dashboard.id, PublicDashboard.uid == uid)
        .values(**values)
    )
    return find(dashboard, uid)


def _columns(settings: Mapping[str, Any]) -> dict[str, Any]:
    names = list(dict.fromkeys(settings["variables"]))
    return {**settings, "variables": orjson.dumps(names).decode()}


def withdraw(dashboard: Any, uid: str) -> None:
    """Show a dashboard no longer. Raises NotPublic."""
    find(dashboard, uid)
    db.session.execute(
        delete(PublicDashboard).where(
            PublicDashboard.dashboard_id == dashboard.id, PublicDashboard.uid == uid
        )
    )


# For visitors -------------------------------------------------------------------------------------------------------


def visited(token: str) -> Shown:
    """Return what a visitor with a token sees. Raises BadToken, NotPublic (paused ones too)."""
    if not TOKEN.fullmatch(token):
        raise BadToken
    query = (
        select(table(PublicDashboard), _BOARD.uid.label("board_uid"), *(_BOARD[name] for name in ("title", "slug", "body", "version")),
               _BOARD.created.label("board_created"), _BOARD.updated.label("board_updated"), Org.name.label("org_name"))
        .join(table(Dashboard), _BOARD.id == _P.dashboard_id)
        .join(Org, Org.id == _P.org_id)
        .where(_P.access_token == token, _P.enabled.is_(True), not_(_closed(_BOARD.folder_id)))
    )  # fmt: skip
    row = db.session.execute(query).first()
    if row is None:
        raise NotPublic
    grants = _VISITOR_OF_NOTES if row.annotations_enabled else _VISITOR
    visitor = Actor(org_id=row.org_id, org_name=row.org_name, credential=Credential.ANONYMOUS, grants=grants)
    return Shown(
        row,
        visitor,
        row.board_uid,
        row.title,
        row.slug,
        row.body,
        row.board_created,
        row.board_updated,
        row.version,
    )


def _text(shown: Shown) -> str:
    return library_panels.text_filled(shown.visitor.org_id, shown.body)


def public_text(shown: Shown) -> str:
    """Return the dashboard's text without its number."""
    body = document.read(_text(shown).encode())
    body.pop("id", None)
    return document.text(body)


def metadata_of(shown: Shown) -> dict[str, Any]:
    """Return the `meta` member of a visitor's answer."""
    times = {"created": clock.iso(shown.created), "updated": clock.iso(shown.updated)}
    keys = {"publicDashboardAccessToken": shown.public.access_token, "publicDashboardUid": shown.public.uid}
    return metadata.blank(type="db", slug=shown.slug, version=shown.version, **times, **keys)


def _panel(board: Mapping[str, Any], panel_id: int) -> Mapping[str, Any]:
    for _, _, panel in every_panel(board):
        if panel.get("id") == panel_id and panel.get("type") != "row":
            return panel
    raise NoPanel


def load_queries(
    shown: Shown,
    panel_id: int,
    interval_ms: int,
    points: int,
    asked_range: Mapping[str, Any],
    timeout_s: float,
) -> queries.Asked:
    """Return a panel's own queries, ready to be asked. Raises NoPanel, BadInterval, BadPoints, what `queries.load` raises.

    asked_range: what the visitor chose (`from`, `to`), which counts where they may choose.
    """
    if interval_ms < 0:
        raise BadInterval
    if points < 0:
        raise BadPoints
    board = orjson.loads(_text(shown))
    panel = _panel(board, panel_id)
    time = board.get("time") if isinstance(board.get("time"), dict) else {}
    if shown.public.time_selection_enabled and asked_range.get("from") and asked_range.get("to"):
        time = asked_range
    known = {state.name: state.variable for state in read(board, {})}
    models = []
    for target in panel.get("targets") or ():
        if isinstance(target, dict) and not target.get("hide"):
            source = target.get("datasource") or panel.get("datasource")
            asked = filled({**target, "datasource": source}, known, _format_for(source))
            models.append({**asked, "intervalMs": interval_ms, "maxDataPoints": points})
    if not models:
        return queries.Asked([])
    return queries.load(
        shown.visitor, models, time.get("from") or "now-6h", time.get("to") or "now", timeout_s
    )


def _format_for(reference: Any) -> str:
    """Return how a source of a kind writes several values of a variable."""
    named = reference.get("type") if isinstance(reference, Mapping) else None
    kind = registry.kind(str(named))
    return kind.variable_format if kind is not None else "glob"


def annotations_of(shown: Shown, time_from: int, time_to: int) -> list[dict[str, Any]]:
    """Return the annotations of the dashboard and of its panels, where visitors are shown them; no names of people."""
    if not shown.public.annotations_enabled:
        return []
    wanted = annotations.Wanted(time_from=time_from, time_to=time_to, dashboard_id=shown.public.dashboard_id)
    return [
        {
            "id": row.id,
            "dashboardId": row.dashboard_id,
            "panelId": row.panel_id,
            "tags": orjson.loads(row.tags),
            "isRegion": row.time != row.time_end,
            "text": row.text,
            "color": "",
            "time": row.time,
            "timeEnd": row.time_end,
            "source": None,
        }
        for row in annotations.listed(shown.visitor, wanted)
    ]
