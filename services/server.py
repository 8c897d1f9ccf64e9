"""What a server says of itself to its administrators: its settings without their secrets, and what it holds."""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import distinct, func, select

from core import clock
from core.settings import OLD_NAMES, Settings
from models import AuthSession, Dashboard, DashboardTag, DataSource, Org, OrgUser, Star, User, db

STARS = "*********"
_SECRET = re.compile(
    r"password|secret|token|private_key|admin_password|client_key$|_key_id|license_key|connection_string|account_key"
)
_SECRET_KEYS = {("security", "secret_key"), ("rendering", "renderer_token")}
_URLS = re.compile(r"//([^:/@]*):([^@/]*)@")
# Sections that have no key of their own unless somebody gives them one.
_BARE = (
    "external_image_storage.local",
    "metrics.environment_info",
    "navigation.app_sections",
    "navigation.app_standalone_pages",
)
# What the 2.x documents show besides today's sections.
_OLD: dict[str, dict[str, str]] = {
    "session": {"cookie_name": "", "cookie_secure": "", "gc_interval_time": "", "provider": "file", "provider_config": "sessions", "session_life_time": ""},
    "security": {"cookie_remember_name": "grafana_remember", "cookie_username": "grafana_user", "login_remember_days": "7", "disable_gravatar": "false"},
    "event_publisher": {"enabled": "false", "exchange": "grafana_events", "rabbitmq_url": ""},
    "dashboards.json": {"enabled": "false", "path": ""},
    "log": {"buffer_len": "10000"},
    "log.file": {"file_name": "", "max_lines_shift": "28"},
    "server": {"static_root_path": "public"},
}  # fmt: skip


def shown_settings(settings: Settings, *, old: bool) -> dict[str, dict[str, str]]:
    """Return all settings by section, secrets as stars. old: with the sections that the 2.x documents show."""
    found: dict[str, dict[str, str]] = {name: {} for name in _BARE}
    for section, key in settings.values:
        found.setdefault(section, {})[key] = _shown(settings, section, key)
    if old:
        for section, keys in _OLD.items():
            found[section] = keys | found.get(section, {})
        for (section, key), (now_section, now_key) in OLD_NAMES.items():
            if section in found:
                found[section][key] = _shown(settings, now_section, now_key)
    return found


def _shown(settings: Settings, section: str, key: str) -> str:
    value = settings.text(section, key)
    if value and (_SECRET.search(key) or (section, key) in _SECRET_KEYS):
        return STARS
    return _URLS.sub(rf"//\1:{STARS}@", value)


def stats() -> dict[str, int]:
    """Return how much of everything there is. Kinds of things that are not built yet count as none."""
    now = clock.now()
    month, day = now - timedelta(days=30), now - timedelta(days=1)
    counts = {
        "orgs": _count(Org.id),
        "dashboards": _count(Dashboard.id, Dashboard.is_folder.is_(False)),
        "snapshots": 0,
        "tags": db.session.scalar(select(func.count(distinct(DashboardTag.term)))) or 0,
        "datasources": _count(DataSource.id),
        "playlists": 0,
        "stars": _count(Star.id),
        "alerts": 0,
        "users": _count(User.id, User.is_service_account.is_(False)),
    }
    for names, since in (("{}s", None), ("active{}s", month), ("dailyActive{}s", day)):
        seen = _people_by_role(since)
        for role in ("Admin", "Editor", "Viewer"):
            counts[names.format(role if since else role.lower())] = seen.get(role, 0)
    counts["activeUsers"] = _count(User.id, User.last_seen > month, User.is_service_account.is_(False))
    counts["dailyActiveUsers"] = _count(User.id, User.last_seen > day, User.is_service_account.is_(False))
    counts["monthlyActiveUsers"] = counts["activeUsers"]
    counts["activeSessions"] = _count(AuthSession.id, AuthSession.seen > month)
    counts["dailyActiveSessions"] = _count(AuthSession.id, AuthSession.seen > day)
    return counts


def _count(column: Any, *where: Any) -> int:
    return db.session.scalar(select(func.count(column)).where(*where)) or 0


def _people_by_role(since: Any) -> dict[str, int]:
    query = select(OrgUser.role, func.count(distinct(OrgUser.user_id))).join(User, User.id == OrgUser.user_id)
    query = query.where(User.is_service_account.is_(False))
    if since is not None:
        query = query.where(User.last_seen > since)
    return {str(role): int(number) for role, number in db.session.execute(query.group_by(OrgUser.role))}
