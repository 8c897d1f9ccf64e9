"""What a route asks of its caller. Every route names one of these; there is no default."""

import secrets
from dataclasses import dataclass
from typing import Any

from core.access import Actor, Credential, Loader
from core.errors import Forbidden, Unauthorized


class AccessDenied(Forbidden):
    """A right is missing; the answer names it, as recorded."""

    def __init__(self, actions: tuple[str, ...]) -> None:
        needed = actions[0] if len(actions) == 1 else "any of " + ", ".join(actions)
        super().__init__(
            f"You'll need additional permissions to perform this action. Permissions needed: {needed}"
        )

    def body(self) -> dict[str, Any]:
        """Return the members, with a number that log lines carry too."""
        number = "".join(secrets.choice("0123456789") for _ in range(10))
        return {"title": "Access denied", "message": self.text, "accessErrorId": "ACE" + number}


@dataclass(frozen=True)
class Access:
    """A route's demand. words: how documentation states it."""

    words: str
    actions: tuple[str, ...] = ()
    of: Loader | None = None
    known: bool = True
    admin: bool = False
    person: bool = False

    def check_caller(self, actor: Actor) -> None:
        """Refuse what no object could allow. Raises Unauthorized, Forbidden or AccessDenied."""
        if self.known and not actor.known:
            raise Unauthorized
        if self.admin and not actor.server_admin:
            raise Forbidden
        if self.person and not actor.user_id:
            raise Unauthorized if actor.credential is Credential.ANONYMOUS else Forbidden
        if self.actions and not actor.may_any(self.actions):
            raise AccessDenied(self.actions)

    def check_object(self, actor: Actor, found: object) -> None:
        """Refuse an object that the caller's grants do not cover. Raises AccessDenied."""
        if self.of is not None and not actor.may_any(self.actions, *self.of.scopes(found)):
            raise AccessDenied(self.actions)


def can(*actions: str, of: Loader | None = None, any_scope: bool = False, known: bool = True) -> Access:
    """Demand one of the actions: on the loaded object, or on anything at all where the route filters in SQL.

    known: False where the original names the missing right (403) to a caller that it does not know, instead of 401.
    """
    if any_scope and of is not None:
        raise ValueError("a route either loads an object or filters a list")
    return Access(" or ".join(actions), actions, of, known)


def public(reason: str) -> Access:
    """Let anybody in. reason: why that is right; it stands in the route table."""
    return Access(f"anyone: {reason}", known=False)


signed_in = Access("anyone signed in")
person = Access("a person, not a key", person=True)
server_admin = Access("a server administrator", admin=True)
