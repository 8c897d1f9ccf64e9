"""Who asks, and what they may do: actions and scopes as `authz` tables of the original name them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class Role(StrEnum):
    """A basic role in one organisation. Each includes the one before it."""

    VIEWER = "Viewer"
    EDITOR = "Editor"
    ADMIN = "Admin"


class Credential(StrEnum):
    """How a request proved who it comes from."""

    NONE = "none"
    SESSION = "session"
    BASIC = "basic"
    API_KEY = "api_key"
    ANONYMOUS = "anonymous"


Grants = Mapping[str, tuple[str, ...]]


def _grants(*rows: str) -> Grants:
    """Read rows of "actions scopes"; an action without a scope is granted outright (the empty scope)."""
    table: dict[str, tuple[str, ...]] = {}
    for row in rows:
        actions, _, scopes = row.partition(" ")
        for action in actions.split(","):
            table[action] = table.get(action, ()) + tuple(scopes.split()) if scopes else ("",)
    return MappingProxyType(table)


def _joined(*parts: Grants) -> Grants:
    table: dict[str, tuple[str, ...]] = {}
    for part in parts:
        for action, scopes in part.items():
            table[action] = tuple(dict.fromkeys(table.get(action, ()) + scopes))
    return MappingProxyType(table)


# Folder and dashboard rights by role are what a new folder grants; per-folder rights take their place once they are kept.
_VIEWER = _grants(
    "dashboards:read,folders:read,alert.rules:read,alert.instances:read folders:*",
    "dashboards:read dashboards:*",
    "datasources:read,datasources:query,datasources.id:read datasources:*",
    "alert.instances.external:read,alert.notifications.external:read,alert.rules.external:read datasources:*",
    "annotations:read annotations:*",
    "annotations:create,annotations:delete,annotations:write annotations:type:dashboard",
    "plugins.app:access plugins:*",
    "orgs:read,orgs.quotas:read,alert.notifications:read",
)
_EDITOR = _joined(
    _VIEWER,
    _grants(
        "dashboards:create,dashboards:write,dashboards:delete,folders:write,folders:delete folders:*",
        "dashboards:write,dashboards:delete dashboards:*",
        "alert.rules:create,alert.rules:write,alert.rules:delete folders:*",
        "alert.instances.external:write,alert.notifications.external:write,alert.rules.external:write datasources:*",
        "annotations:create,annotations:delete,annotations:write annotations:*",
        "folders:create,datasources:explore,alert.instances:create,alert.instances:write,alert.notifications:write",
    ),
)
_ADMIN = _joined(
    _EDITOR,
    _grants(
        "dashboards.permissions:read,dashboards.permissions:write,dashboards.public:write dashboards:* folders:*",
        "folders.permissions:read,folders.permissions:write folders:*",
        "apikeys:read,apikeys:delete apikeys:*",
        "datasources:write,datasources:delete datasources:*",
        "org.users:add,org.users:read,org.users:remove,org.users:write users:*",
        "teams:read,teams:write,teams:delete,teams.permissions:read,teams.permissions:write teams:*",
        "serviceaccounts:read,serviceaccounts:write,serviceaccounts:delete serviceaccounts:*",
        "apikeys:create,datasources:create,teams:create,serviceaccounts:create,orgs:write",
        "orgs.preferences:read,orgs.preferences:write,alert.provisioning:read,alert.provisioning:write",
    ),
)
SERVER_ADMIN = _grants(
    "org.users:add,org.users:read,org.users:remove,org.users:write users:*",
    "users:read,users:write,users:delete,users:enable,users:disable,users:logout global.users:*",
    "users.authtoken:read,users.authtoken:write,users.password:write,users.permissions:write global.users:*",
    "users.quotas:read,users.quotas:write global.users:*",
    "settings:read settings:*",
    "provisioning:reload provisioners:*",
    "users:create,orgs:create,orgs:read,orgs:write,orgs:delete,orgs.quotas:read,orgs.quotas:write,server.stats:read",
)
NOTHING: Grants = MappingProxyType({})
BY_ROLE: Mapping[str, Grants] = MappingProxyType(
    {Role.VIEWER: _VIEWER, Role.EDITOR: _EDITOR, Role.ADMIN: _ADMIN}
)
_WITH_SERVER_ADMIN = {role: _joined(grants, SERVER_ADMIN) for role, grants in BY_ROLE.items()}


def grants_of(role: str, *, server_admin: bool) -> Grants:
    """Return what a role may do, and what a server admin may do on top."""
    if server_admin:
        return _WITH_SERVER_ADMIN.get(role, SERVER_ADMIN)
    return BY_ROLE.get(role, NOTHING)


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever sent the request. user_id is 0 for keys and for nobody; session_id is 0 without a session."""

    user_id: int = 0
    login: str = ""
    email: str = ""
    name: str = ""
    theme: str = ""
    org_id: int = 0
    org_name: str = ""
    role: str = ""
    server_admin: bool = False
    credential: Credential = Credential.NONE
    credential_id: int = 0
    csrf_secret: str = ""
    grants: Grants = field(default_factory=lambda: NOTHING, hash=False)

    @property
    def known(self) -> bool:
        """Whether anybody is there at all."""
        return self.credential is not Credential.NONE

    @property
    def shown_name(self) -> str:
        """What to call them on a page."""
        return self.name or self.login or ("Guest" if self.credential is Credential.ANONYMOUS else "Key")

    @property
    def is_guest(self) -> bool:
        """Whether they look on without having signed in."""
        return self.credential is Credential.ANONYMOUS

    def may(self, action: str, *scopes: str) -> bool:
        """Say whether an action is granted on any of the scopes; without scopes, whether on anything."""
        held = self.grants.get(action)
        if held is None:
            return False
        return not scopes or any(_covers(pattern, scope) for pattern in held for scope in scopes)

    def may_any(self, actions: Iterable[str], *scopes: str) -> bool:
        """Say whether one of several actions is granted."""
        return any(self.may(action, *scopes) for action in actions)


def _covers(pattern: str, scope: str) -> bool:
    return (
        pattern in {"", "*"} or pattern == scope or (pattern.endswith("*") and scope.startswith(pattern[:-1]))
    )


NOBODY = Actor()


@dataclass(frozen=True)
class Loader:
    """How the gate finds the object that a route acts on, inside the caller's organisation.

    name: the keyword under which the route receives it. params: the path parameters it takes. load: called with the
    actor and those; raises NotFound. scopes: the object's own and inherited scopes.
    """

    name: str
    params: tuple[str, ...]
    load: Callable[..., Any]
    scopes: Callable[[Any], tuple[str, ...]]
