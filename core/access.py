"""Who asks, and what they may do: actions and scopes as `authz` tables of the original name them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from core.roles import BASIC, NOTHING, SERVER_ADMIN, Grants, Role, joined

__all__ = ["NOBODY", "Actor", "Credential", "Grants", "Loader", "Role", "grants_of"]


class Credential(StrEnum):
    """How a request proved who it comes from."""

    NONE = "none"
    SESSION = "session"
    BASIC = "basic"
    API_KEY = "api_key"
    PROXY = "proxy"
    ANONYMOUS = "anonymous"


_WITH_SERVER_ADMIN = {
    role: joined((BASIC[role], BASIC[SERVER_ADMIN])) for role in (Role.VIEWER, Role.EDITOR, Role.ADMIN)
}


def grants_of(role: str, *, server_admin: bool) -> Grants:
    """Return what a basic role may do as it is delivered, and what a server admin may do on top."""
    if server_admin:
        return _WITH_SERVER_ADMIN.get(role, BASIC[SERVER_ADMIN])  # type: ignore[call-overload,no-any-return]
    return BASIC.get(role, NOTHING)


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever sent the request.

    user_id: 0 for keys, service accounts and nobody. account_id: the person or the service account, to which rights are
    given; 0 for keys and for nobody. grants: what roles allow, and (see `plus`) what the object at hand allows.
    """

    user_id: int = 0
    account_id: int = 0
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
    def session_id(self) -> int:
        """The session that the request belongs to; 0 without one."""
        return self.credential_id if self.credential is Credential.SESSION else 0

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

    def plus(self, actions: Iterable[str], scope: str) -> "Actor":
        """Return the caller with actions on one more scope, for as long as its object is at hand."""
        table = dict(self.grants)
        for action in actions:
            table[action] = (*table.get(action, ()), scope)
        return replace(self, grants=MappingProxyType(table))

    def may_any(self, actions: Iterable[str], *scopes: str) -> bool:
        """Say whether one of several actions is granted."""
        return any(self.may(action, *scopes) for action in actions)


def _covers(pattern: str, scope: str) -> bool:
    return pattern == scope or (pattern.endswith("*") and scope.startswith(pattern[:-1]))


NOBODY = Actor()


@dataclass(frozen=True)
class Loader:
    """How the gate finds the object that a route acts on, inside the caller's organisation.

    name: the keyword under which the route receives it. params: the path parameters it takes. load: called with the
    actor and those; raises NotFound. scopes: the object's own and inherited scopes. holding: the actor with the rights
    that were given on this object. elsewhere: the rights are those in another organisation than the caller's.
    """

    name: str
    params: tuple[str, ...]
    load: Callable[..., Any]
    scopes: Callable[[Any], tuple[str, ...]]
    holding: Callable[[Actor, Any], Actor] = lambda actor, _: actor
    elsewhere: bool = False
