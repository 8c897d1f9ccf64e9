"""How many of a thing an organisation, a person or the server may have: limits, counts, and the refusal beyond them."""

from typing import Any

from sqlalchemy import delete, func, insert, select

from core.errors import BadRequest, Forbidden, Structured
from core.settings import Settings
from models import ApiKey, AuthSession, Dashboard, DataSource, Org, OrgUser, Quota, User, db

# target: (its setting for an organisation, how many of it there are)
_BOARDS = Dashboard.is_folder.is_(False)
_PEOPLE = User.is_service_account.is_(False)
_ORG: dict[str, Any] = {
    "org_user": select(func.count(OrgUser.id)).join(User, User.id == OrgUser.user_id).where(_PEOPLE),
    "dashboard": select(func.count(Dashboard.id)).where(_BOARDS),
    "data_source": select(func.count(DataSource.id)),
    "api_key": select(func.count(ApiKey.id)),
    "alert_rule": None,  # none are kept yet
}
_OWNER: dict[str, Any] = {
    "org_user": OrgUser.org_id,
    "dashboard": Dashboard.org_id,
    "data_source": DataSource.org_id,
    "api_key": ApiKey.org_id,
}
_SETTING = {
    "org_user": ("quota", "org_user"), "dashboard": ("quota", "org_dashboard"),
    "data_source": ("quota", "org_data_source"), "api_key": ("quota", "org_api_key"),
    "alert_rule": ("quota", "org_alert_rule"),
}  # fmt: skip
_SERVER_SETTING = {
    "user": ("quota", "global_user"), "org": ("quota", "global_org"), "dashboard": ("quota", "global_dashboard"),
    "api_key": ("quota", "global_api_key"), "session": ("quota", "global_session"),
}  # fmt: skip
_SERVER: dict[str, Any] = {
    "user": select(func.count(User.id)).where(_PEOPLE),
    "org": select(func.count(Org.id)),
    "dashboard": _ORG["dashboard"],
    "api_key": _ORG["api_key"],
    "session": select(func.count(AuthSession.id)),
}
_USER_TARGET = "org_user"


class Reached(Forbidden):
    """There are as many as there may be."""

    def __init__(self, target: str) -> None:
        super().__init__(f"{target} Quota reached")


class NoMoreDashboards(Reached):
    """There are as many dashboards as there may be; the original refuses these later than the others."""

    early = False

    def __init__(self) -> None:
        super().__init__("dashboard")
        self.text = "Quota reached"


def _reached(target: str) -> Reached:
    return NoMoreDashboards() if target == "dashboard" else Reached(target)


class BadQuota(Structured):
    """The input is no limit, or there are no quotas here."""

    status, name = 400, "quota.bad-request"
    message = "Bad request"


class NoSuchTarget(Structured):
    """Nothing of this name is counted."""

    status, name = 404, "quota.invalid-target"
    message = "There is no quota of this name"


class Off(BadRequest):
    """Quotas are not enabled."""

    message = "Quotas are not enabled; set quota.enabled to true"


_given: dict[str, Settings] = {}


def configure(settings: Settings) -> None:
    """Set where limits come from that nobody has set (once, at start)."""
    _given["settings"] = settings


def _limit(target: str, *, org_id: int = 0, user_id: int = 0) -> int:
    kept = select(Quota.limit).where(Quota.org_id == org_id, Quota.user_id == user_id, Quota.target == target)
    found = db.session.scalar(kept)
    if found is not None:
        return int(found)
    return _given["settings"].number(*(("quota", "user_org") if user_id else _SETTING[target]))


def _used(target: str, org_id: int) -> int:
    query = _ORG[target]
    return 0 if query is None else db.session.scalar(query.where(_OWNER[target] == org_id)) or 0


def _used_by(user_id: int) -> int:
    return db.session.scalar(select(func.count(OrgUser.id)).where(OrgUser.user_id == user_id)) or 0


def of_org(org_id: int) -> list[dict[str, Any]]:
    """Return what an organisation may have and has, target by target. Raises Off."""
    if not _given["settings"].flag("quota", "enabled"):
        raise Off
    return [
        {
            "org_id": org_id,
            "target": target,
            "limit": _limit(target, org_id=org_id),
            "used": _used(target, org_id),
        }
        for target in sorted(_ORG)
    ]


def of_user(user_id: int) -> list[dict[str, Any]]:
    """Return in how many organisations a person may be and is. Raises Off."""
    if not _given["settings"].flag("quota", "enabled"):
        raise Off
    return [
        {
            "user_id": user_id,
            "target": _USER_TARGET,
            "limit": _limit(_USER_TARGET, user_id=user_id),
            "used": _used_by(user_id),
        }
    ]


def set_limit(target: str, limit: int, *, org_id: int = 0, user_id: int = 0) -> None:
    """Set a limit; -1 is any number. Raises Off, NoSuchTarget, BadQuota."""
    if not _given["settings"].flag("quota", "enabled"):
        raise Off
    if target not in ({_USER_TARGET} if user_id else _ORG):
        raise NoSuchTarget
    if limit < -1:
        raise BadQuota
    mine = Quota.org_id == org_id, Quota.user_id == user_id, Quota.target == target
    db.session.execute(delete(Quota).where(*mine))
    db.session.execute(insert(Quota).values(org_id=org_id, user_id=user_id, target=target, limit=limit))


def require(target: str, *, org_id: int = 0, user_id: int = 0) -> None:
    """Refuse one more of a target, of an organisation, of a person or of the server. Raises Reached."""
    if not _given["settings"].flag("quota", "enabled"):
        return
    if target in _SERVER:
        most = _given["settings"].number(*_SERVER_SETTING[target])
        if most >= 0 and (db.session.scalar(_SERVER[target]) or 0) >= most:
            raise _reached(target)
    if user_id:
        most = _limit(_USER_TARGET, user_id=user_id)
        if most >= 0 and _used_by(user_id) >= most:
            raise Reached("org")
    if org_id and target in _ORG:
        most = _limit(target, org_id=org_id)
        if most >= 0 and _used(target, org_id) >= most:
            raise _reached(target)


def forget(*, org_id: int = 0, user_id: int = 0) -> None:
    """Delete the limits of who is gone."""
    db.session.execute(delete(Quota).where(Quota.org_id == org_id, Quota.user_id == user_id))
