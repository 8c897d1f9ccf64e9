"""What there is to be granted: actions by fixed role, fixed roles by basic role, actions by level on an object.

Names as the original's authorisation tables have them, so that roles made elsewhere mean the same here. `roles`, `audit`
and `datasources.permissions` are sold elsewhere or missing; they follow the same pattern.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

Grants = Mapping[str, tuple[str, ...]]


class Role(StrEnum):
    """A basic role in one organisation. Each includes the one before it."""

    VIEWER = "Viewer"
    EDITOR = "Editor"
    ADMIN = "Admin"


_RANKS: Mapping[str, int] = MappingProxyType({Role.VIEWER: 1, Role.EDITOR: 2, Role.ADMIN: 3})


def includes(role: str, least: str) -> bool:
    """Say whether a basic role is another one or above it; what is no basic role is below all."""
    return _RANKS.get(role, 0) >= _RANKS[least]


SERVER_ADMIN = "Grafana Admin"
NOTHING: Grants = MappingProxyType({})


def granted(*rows: str) -> Grants:
    """Read rows of "actions scopes"; an action without a scope is granted outright (the empty scope)."""
    table: dict[str, tuple[str, ...]] = {}
    for row in rows:
        actions, _, scopes = row.partition(" ")
        for action in actions.split(","):
            table[action] = table.get(action, ()) + (tuple(scopes.split()) if scopes else ("",))
    return MappingProxyType(table)


def joined(parts: Iterable[Grants]) -> Grants:
    """Return what several tables grant together."""
    table: dict[str, tuple[str, ...]] = {}
    for part in parts:
        for action, scopes in part.items():
            table[action] = tuple(dict.fromkeys(table.get(action, ()) + scopes))
    return MappingProxyType(table)


_BOARD_ACTIONS = "dashboards:read,dashboards:write,dashboards:delete"
_BOARD_RIGHTS = "dashboards.permissions:read,dashboards.permissions:write"
FIXED: Mapping[str, Grants] = MappingProxyType(
    {
        "fixed:alerting:reader": granted(
            "alert.instances:read,alert.rules:read folders:*",
            "alert.instances.external:read,alert.notifications.external:read,alert.rules.external:read datasources:*",
            "alert.notifications:read",
        ),
        "fixed:alerting:writer": granted(
            "alert.instances:read,alert.rules:read folders:*",
            "alert.rules:create,alert.rules:write,alert.rules:delete folders:*",
            "alert.instances.external:read,alert.notifications.external:read,alert.rules.external:read datasources:*",
            "alert.instances.external:write,alert.notifications.external:write,alert.rules.external:write datasources:*",
            "alert.instances:create,alert.instances:write,alert.notifications:read,alert.notifications:write",
        ),
        "fixed:alerting.provisioning:writer": granted("alert.provisioning:read,alert.provisioning:write"),
        "fixed:annotations:reader": granted("annotations:read annotations:*"),
        "fixed:annotations:writer": granted(
            "annotations:create,annotations:delete,annotations:write annotations:*"
        ),
        "fixed:annotations.dashboard:writer": granted(
            "annotations:create,annotations:delete,annotations:write annotations:type:dashboard"
        ),
        "fixed:apikeys:reader": granted("apikeys:read apikeys:*"),
        "fixed:apikeys:writer": granted("apikeys:create", "apikeys:read,apikeys:delete apikeys:*"),
        "fixed:audit:reader": granted("audit:read"),
        "fixed:dashboards:creator": granted("dashboards:create,folders:read folders:uid:general"),
        "fixed:dashboards:reader": granted("dashboards:read dashboards:*"),
        "fixed:dashboards:writer": granted(
            "dashboards:create folders:*", f"{_BOARD_ACTIONS},{_BOARD_RIGHTS} dashboards:*"
        ),
        "fixed:dashboards.permissions:reader": granted("dashboards.permissions:read dashboards:*"),
        "fixed:dashboards.permissions:writer": granted(f"{_BOARD_RIGHTS} dashboards:*"),
        "fixed:dashboards.public:writer": granted("dashboards.public:write dashboards:*"),
        "fixed:datasources:explorer": granted("datasources:explore"),
        "fixed:datasources:reader": granted("datasources:read,datasources:query datasources:*"),
        "fixed:datasources:writer": granted(
            "datasources:create",
            "datasources:read,datasources:query,datasources:write,datasources:delete datasources:*",
        ),
        "fixed:datasources.builtin:reader": granted(
            "datasources:read,datasources:query datasources:uid:grafana"
        ),
        "fixed:datasources.id:reader": granted("datasources.id:read datasources:*"),
        "fixed:datasources.permissions:reader": granted("datasources.permissions:read datasources:*"),
        "fixed:datasources.permissions:writer": granted(
            "datasources.permissions:read,datasources.permissions:write datasources:*"
        ),
        "fixed:folders:creator": granted("folders:create"),
        "fixed:folders:reader": granted("dashboards:read,folders:read folders:*"),
        "fixed:folders:writer": granted(
            "folders:create",
            f"dashboards:create,{_BOARD_ACTIONS},{_BOARD_RIGHTS} folders:*",
            "folders:read,folders:write,folders:delete folders:*",
        ),
        "fixed:folders.permissions:reader": granted("folders.permissions:read folders:*"),
        "fixed:folders.permissions:writer": granted(
            "folders.permissions:read,folders.permissions:write folders:*"
        ),
        "fixed:ldap:reader": granted("ldap.user:read,ldap.status:read"),
        "fixed:ldap:writer": granted("ldap.user:read,ldap.user:sync,ldap.status:read,ldap.config:reload"),
        "fixed:licensing:reader": granted("licensing:read"),
        "fixed:licensing:writer": granted("licensing:read,licensing:write,licensing:delete"),
        "fixed:org.users:reader": granted("org.users:read users:*"),
        "fixed:org.users:writer": granted(
            "org.users:add,org.users:read,org.users:remove,org.users:write users:*"
        ),
        "fixed:organization:maintainer": granted(
            "orgs:create,orgs:read,orgs:write,orgs:delete,orgs.quotas:read,orgs.quotas:write"
        ),
        "fixed:organization:reader": granted("orgs:read,orgs.quotas:read"),
        "fixed:organization:writer": granted(
            "orgs:read,orgs:write,orgs.quotas:read,orgs.preferences:read,orgs.preferences:write"
        ),
        "fixed:plugins:maintainer": granted("plugins:install"),
        "fixed:plugins:writer": granted("plugins:write plugins:*"),
        "fixed:plugins.app:reader": granted("plugins.app:access plugins:*"),
        "fixed:provisioning:writer": granted("provisioning:reload provisioners:*"),
        "fixed:roles:reader": granted(
            "roles:read,roles:list roles:*",
            "users.roles:read,users.permissions:read users:*",
            "teams.roles:read teams:*",
            "status:accesscontrol",
        ),
        "fixed:roles:writer": granted(
            "roles:read,roles:list roles:*",
            "users.roles:read,users.permissions:read users:*",
            "teams.roles:read teams:*",
            "status:accesscontrol",
            "roles:write,roles:delete,users.roles:add,users.roles:remove,teams.roles:add,teams.roles:remove"
            " permissions:type:delegate",
        ),
        "fixed:serviceaccounts:creator": granted("serviceaccounts:create"),
        "fixed:serviceaccounts:reader": granted("serviceaccounts:read serviceaccounts:*"),
        "fixed:serviceaccounts:writer": granted(
            "serviceaccounts:create",
            "serviceaccounts:read,serviceaccounts:write,serviceaccounts:delete serviceaccounts:*",
            "serviceaccounts.permissions:read,serviceaccounts.permissions:write serviceaccounts:*",
        ),
        "fixed:serviceaccounts.permissions:reader": granted(
            "serviceaccounts.permissions:read serviceaccounts:*"
        ),
        "fixed:serviceaccounts.permissions:writer": granted(
            "serviceaccounts.permissions:read,serviceaccounts.permissions:write serviceaccounts:*"
        ),
        "fixed:settings:reader": granted("settings:read settings:*"),
        "fixed:stats:reader": granted("server.stats:read"),
        "fixed:teams:creator": granted("teams:create", "org.users:read users:*"),
        "fixed:teams:writer": granted(
            "teams:create",
            "teams:read,teams:write,teams:delete,teams.permissions:read,teams.permissions:write teams:*",
        ),
        "fixed:teams.permissions:reader": granted("teams.permissions:read teams:*"),
        "fixed:teams.permissions:writer": granted("teams.permissions:read,teams.permissions:write teams:*"),
        "fixed:users:reader": granted("users:read,users.authtoken:read,users.quotas:read global.users:*"),
        "fixed:users:writer": granted(
            "users:create",
            "users:read,users:write,users:delete,users:enable,users:disable,users:logout global.users:*",
            "users.authtoken:read,users.authtoken:write,users.password:write,users.permissions:write global.users:*",
            "users.quotas:read,users.quotas:write global.users:*",
        ),
    }
)

# A data source that nobody was named for stands under this scope as well: everybody of the organisation may query it.
OPEN_SOURCES = "datasources:open:*"
_OPEN = granted(f"datasources:read,datasources:query {OPEN_SOURCES}")


def _fixed(*names: str) -> Grants:
    return joined(FIXED[f"fixed:{name}"] for name in names)


_EVERYBODY = (
    "annotations:reader",
    "annotations.dashboard:writer",
    "datasources.id:reader",
    "plugins.app:reader",
)
BASIC: Mapping[str, Grants] = MappingProxyType(
    {
        Role.VIEWER: joined(
            (_fixed(*_EVERYBODY, "alerting:reader", "datasources.builtin:reader", "organization:reader"), _OPEN)
        ),
        Role.EDITOR: joined(
            (
                _fixed(
                    *_EVERYBODY, "alerting:writer", "annotations:writer", "dashboards:creator",
                    "datasources.builtin:reader", "datasources:explorer", "folders:creator", "organization:reader",
                ),
                _OPEN,
            )
        ),
        Role.ADMIN: _fixed(
            *_EVERYBODY, "alerting:writer", "alerting.provisioning:writer", "annotations:writer", "apikeys:writer",
            "dashboards:creator", "dashboards:writer", "dashboards.public:writer", "datasources.builtin:reader",
            "datasources:explorer", "datasources:writer", "datasources.permissions:writer", "folders:writer",
            "folders.permissions:writer", "org.users:writer", "organization:writer", "plugins:writer",
            "serviceaccounts:writer", "teams:creator", "teams:writer",
        ),
        SERVER_ADMIN: _fixed(
            "audit:reader", "ldap:writer", "licensing:writer", "org.users:writer", "organization:maintainer",
            "plugins:maintainer", "provisioning:writer", "roles:writer", "settings:reader", "stats:reader",
            "users:writer",
        ),
    }
)  # fmt: skip

# What a level on one object allows; each level includes those below it.
VIEW, EDIT, ADMIN = 1, 2, 4
Levels = Mapping[int, tuple[str, ...]]


def _levels(view: str, edit: str, admin: str) -> Levels:
    first, second, third = (tuple(part.split()) for part in (view, edit, admin))
    found = {VIEW: first, EDIT: first + second, ADMIN: first + second + third}
    return MappingProxyType({level: tuple(sorted(actions)) for level, actions in found.items() if actions})


DASHBOARD = _levels(
    "dashboards:read",
    "dashboards:write dashboards:delete",
    "dashboards.permissions:read dashboards.permissions:write",
)
FOLDER = _levels(
    "dashboards:read folders:read alert.rules:read",
    "dashboards:create dashboards:write dashboards:delete folders:write folders:delete"
    " alert.rules:create alert.rules:write alert.rules:delete",
    "dashboards.permissions:read dashboards.permissions:write folders.permissions:read folders.permissions:write",
)
SOURCE = _levels(
    "datasources:read datasources:query",
    "datasources:write datasources:delete",
    "datasources.permissions:read datasources.permissions:write",
)
ACCOUNT = _levels(
    "",
    "serviceaccounts:read serviceaccounts:write",
    "serviceaccounts:delete serviceaccounts.permissions:read serviceaccounts.permissions:write",
)
TEAM: Levels = MappingProxyType(
    {
        0: ("teams:read",),
        ADMIN: (
            "teams.permissions:read",
            "teams.permissions:write",
            "teams:delete",
            "teams:read",
            "teams:write",
        ),
    }
)


def least(levels: Levels, action: str) -> int | None:
    """Return the lowest level that allows an action, or None."""
    return next((level for level, actions in sorted(levels.items()) if action in actions), None)
