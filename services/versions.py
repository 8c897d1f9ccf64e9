"""Versions of a dashboard: listed, read, brought back, held against each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from core import clock
from core.access import Actor, Loader
from core.errors import AsRecorded, BadRequest, Forbidden, NotFound
from core.timerange import parse_time, zone
from dashboards import document
from models import Dashboard, DashboardVersion, User
from models.session import fetch
from services import access, dashboards, saving

MOST = 1000


class UnknownUid(dashboards.DashboardNotFound):
    """The uid names no dashboard: 400, as recorded of these reads."""

    status = 400
    message = "failed to get dashboard by UID"


class NoVersions(NotFound):
    """The list has no such part."""

    traced = True


class VersionMissing(AsRecorded):
    """A read names a version that is not kept."""

    message = "Dashboard version"


class NotThen(NotFound):
    """The dashboard is younger, or what it was then is not kept any more."""

    message = "The dashboard was not there at that time, or its versions of then are not kept any more"


class VersionNotFound(NotFound):
    """A version that is to be restored or compared is not kept."""

    message = "Dashboard version not found"


def _known(actor: Actor, uid: str) -> Row[Any]:
    try:
        return dashboards.find_by_uid(actor, uid)
    except dashboards.DashboardNotFound:
        raise UnknownUid from None


by_uid = Loader("dashboard", ("uid",), _known, dashboards.scopes, access.on_board)

_COLUMNS = (
    DashboardVersion.id,
    DashboardVersion.dashboard_id,
    DashboardVersion.version,
    DashboardVersion.parent_version,
    DashboardVersion.message,
    DashboardVersion.created,
    User.login.label("author"),
)
_OF_BOARD = (
    select(*_COLUMNS)
    .join(Dashboard, Dashboard.id == DashboardVersion.dashboard_id)
    .outerjoin(User, User.id == DashboardVersion.created_by)
    .where(Dashboard.org_id == bindparam("org_id"), DashboardVersion.dashboard_id == bindparam("number"))
)
_LISTED = (
    _OF_BOARD.order_by(DashboardVersion.version.desc()).limit(bindparam("most")).offset(bindparam("start"))
)
_COUNT = (
    select(func.count(DashboardVersion.id))
    .join(Dashboard, Dashboard.id == DashboardVersion.dashboard_id)
    .where(Dashboard.org_id == bindparam("org_id"), DashboardVersion.dashboard_id == bindparam("number"))
)
_ONE = _OF_BOARD.add_columns(DashboardVersion.body).where(DashboardVersion.version == bindparam("version"))


def listed(actor: Actor, dashboard: Any, limit: int = MOST, start: int = 0) -> Sequence[Row[Any]]:
    """Return the versions of a dashboard without their bodies, the newest first."""
    return fetch(_LISTED, org_id=actor.org_id, number=dashboard.id, most=min(limit, MOST), start=start).all()


def count(actor: Actor, dashboard: Any) -> int:
    """Return how many versions are kept."""
    return int(fetch(_COUNT, org_id=actor.org_id, number=dashboard.id).scalar_one())


def find(actor: Actor, dashboard: Any, version: int) -> Row[Any]:
    """Return a version with its body. Raises VersionNotFound."""
    found = fetch(_ONE, org_id=actor.org_id, number=dashboard.id, version=version).first()
    if found is None:
        raise VersionNotFound
    return found


@dataclass(frozen=True)
class Past:
    """A dashboard as it was: what a row of today has, but for its body and version. at: the moment that is meant."""

    row: Any
    body: str
    version: int
    at: datetime

    def __getattr__(self, name: str) -> Any:
        return getattr(self.row, name)


_AT = (
    _OF_BOARD.add_columns(DashboardVersion.body)
    .where(DashboardVersion.created <= bindparam("moment"))
    .order_by(DashboardVersion.version.desc())
    .limit(1)
)


def as_of(actor: Actor, dashboard: Any, text: str) -> Past:
    """Return a dashboard as it was at a time; its `at` has library panels be shown as they were then.

    text: as ranges have it: `now-1d`, milliseconds, a date. Raises BadRequest, NotThen.
    """
    try:
        ms = parse_time(text, clock.now_ms(), zone("utc"), round_up=True)
        moment = datetime(1970, 1, 1) + timedelta(milliseconds=ms)  # noqa: DTZ001 - columns hold UTC without a zone
    except (ValueError, OverflowError):
        raise BadRequest(f"asOf: {text!r} is no time", field="asOf", traced=False) from None
    found = fetch(_AT, org_id=actor.org_id, number=dashboard.id, moment=moment).first()
    if found is None:
        raise NotThen
    return Past(dashboard, found.body, found.version, moment)


def restore(actor: Actor, dashboard: Any, version: int) -> saving.Saved:
    """Save an older version as the newest; the dashboard keeps its uid and its folder.

    Raises VersionNotFound, and what a save raises (another dashboard may have taken the title since).
    """
    old = find(actor, dashboard, version)
    body = document.read(old.body.encode())
    body |= document.members(id=dashboard.id, uid=dashboard.uid, version=dashboard.version)
    return saving.save(
        actor,
        saving.Save(body, folder_id=dashboard.folder_id, message=f"Restored from version {version}"),
    )


def body_to_compare(actor: Actor, dashboard_id: int, version: int) -> str:
    """Return one side of a comparison, as JSON. Raises DashboardNotFound, Forbidden, VersionNotFound."""
    dashboard = dashboards.find_by_id(actor, dashboard_id)
    if not dashboards.may(actor, "dashboards:write", dashboard):
        raise Forbidden
    return str(find(actor, dashboard, version).body)
