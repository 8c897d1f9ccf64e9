"""What programs that show dashboards read first: versions, switches, and the data sources by name."""

from functools import cache
from typing import Any

import orjson

from core.access import Actor
from core.settings import Settings
from core.version import GRAFANA, VERSION
from datasources import registry
from panels import registry as panels
from services import data_sources


def frontend_settings(actor: Actor, settings: Settings) -> dict[str, Any]:
    """Return today's members, and those of 2.6 beside them (`buildInfo.buildstamp`, `meta` with its partials)."""
    rows = data_sources.listed(actor, "datasources:query")
    sources = {row.name: _source(row) for row in rows}
    sources |= {one["name"]: one for one in _built_in()}
    default = next((row.name for row in rows if row.is_default), "-- Grafana --")
    return {"defaultDatasource": default, "datasources": sources, **_fixed(settings)}


def _source(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "uid": row.uid,
        "type": row.type,
        "name": row.name,
        "url": f"/api/datasources/proxy/{row.id}" if row.access == "proxy" else row.url,
        "isDefault": row.is_default,
        "access": row.access,
        "preload": False,
        "readOnly": row.read_only,
        "jsonData": orjson.Fragment(row.json_data),
        "meta": _meta(row.type),
        "cachingConfig": {"enabled": False, "TTLMs": 0},
        **({"database": row.database} if row.database else {}),
    }


@cache
def _meta(type_: str) -> dict[str, Any]:
    kind = registry.kind(type_)
    title = registry.title(type_)
    return {
        "id": type_,
        "type": "datasource",
        "name": title,
        "info": {
            "author": {"name": "Belvedere", "url": ""},
            "description": kind.about if kind else "",
            "logos": {"small": registry.logo(type_), "large": registry.logo(type_)},
            "version": VERSION,
        },
        "module": f"app/plugins/datasource/{type_}/module",
        "baseUrl": f"public/app/plugins/datasource/{type_}",
        "annotations": True,
        "metrics": True,
        "alerting": kind is not None,
        "backend": True,
        "partials": {"annotations": "", "config": ""},
        "pluginType": "datasource",
        "serviceName": title,
    }


@cache
def _built_in() -> tuple[dict[str, Any], ...]:
    rows = (
        ("-- Grafana --", "grafana", "grafana"),
        ("-- Mixed --", "-- Mixed --", "mixed"),
        ("-- Dashboard --", "-- Dashboard --", "dashboard"),
    )
    return tuple(
        {"id": -1, "uid": uid, "type": "datasource", "name": name, "meta": {**_meta(kind), "builtIn": True}, "jsonData": {}, "isDefault": False, "access": "", "index": "grafana-dash" if uid == "grafana" else "", "preload": False, "readOnly": False}
        for name, uid, kind in rows
    )  # fmt: skip


@cache
def _panels() -> dict[str, Any]:
    return {
        name: {"id": name, "name": kind.title, "module": f"app/plugins/panel/{name}/module", "baseUrl": f"public/app/plugins/panel/{name}", "info": {"version": VERSION, "logos": {"small": "", "large": ""}}, "hideFromList": False, "sort": i, "skipDataQuery": not kind.queries, "state": "", "signature": "internal"}
        for i, (name, kind) in enumerate(sorted(panels.all_kinds().items()))
        if name != "unknown"
    }  # fmt: skip


def _fixed(settings: Settings) -> dict[str, Any]:
    flag, text = settings.flag, settings.text
    return {
        "panels": _panels(),
        "minRefreshInterval": text("dashboards", "min_refresh_interval"),
        "appUrl": settings.root_url,
        "appSubUrl": settings.sub_path,
        "allowOrgCreate": False,
        "authProxyEnabled": False,
        "ldapEnabled": False,
        "jwtHeaderName": "",
        "jwtUrlLogin": False,
        "alertingEnabled": False,
        "unifiedAlertingEnabled": False,
        "liveEnabled": False,
        "autoAssignOrg": flag("users", "auto_assign_org"),
        "verifyEmailEnabled": flag("users", "verify_email_enabled"),
        "rbacEnabled": True,
        "exploreEnabled": False,
        "helpEnabled": True,
        "profileEnabled": True,
        "queryHistoryEnabled": False,
        "disableLoginForm": flag("auth", "disable_login_form"),
        "disableUserSignUp": True,
        "loginHint": text("users", "login_hint"),
        "passwordHint": text("users", "password_hint"),
        "externalUserMngInfo": "",
        "externalUserMngLinkUrl": "",
        "externalUserMngLinkName": "",
        "viewersCanEdit": False,
        "editorsCanAdmin": False,
        "angularSupportEnabled": False,
        "disableSanitizeHtml": False,
        "pluginsToPreload": [],
        "auth": {"disableLogin": False},
        "buildInfo": {
            "hideVersion": False,
            "version": GRAFANA,
            "belvedere": VERSION,
            "commit": "",
            "buildstamp": 0,
            "edition": "Open Source",
            "latestVersion": "",
            "hasUpdate": False,
            "env": text("DEFAULT", "app_mode"),
        },
        "licenseInfo": {
            "expiry": 0,
            "stateInfo": "",
            "licenseUrl": "",
            "edition": "Open Source",
            "enabledFeatures": {},
        },
        "featureToggles": {},
        "rendererAvailable": False,
        "rendererVersion": "",
        "secretsManagerPluginEnabled": False,
        "http2Enabled": False,
        "pluginAdminEnabled": False,
        "pluginAdminExternalManageEnabled": False,
        "pluginCatalogHiddenPlugins": [],
        "expressionsEnabled": False,
        "awsAllowedAuthProviders": [],
        "awsAssumeRoleEnabled": False,
        "azure": {"cloud": "", "managedIdentityEnabled": False},
        "caching": {"enabled": False},
        "recordedQueries": {"enabled": False},
        "reporting": {"enabled": False},
        "unifiedAlerting": {"minInterval": "10s"},
        "oauth": {},
        "samlEnabled": False,
        "samlName": "",
        "tokenExpirationDayLimit": -1,
        "dateFormats": {
            "fullDate": text("date_formats", "full_date"),
            "useBrowserLocale": flag("date_formats", "use_browser_locale"),
            "interval": {
                name: text("date_formats", f"interval_{name}")
                for name in ("second", "minute", "hour", "day", "month", "year")
            },
            "defaultTimezone": text("date_formats", "default_timezone"),
            "defaultWeekStart": text("date_formats", "default_week_start"),
        },
    }
