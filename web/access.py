"""What a route asks of its caller. Every route names one of these; there is no default."""

import secrets
from dataclasses import dataclass, replace
from typing import Any

from core.access import Actor, Credential, Loader, Role
from core.errors import DomainError, Forbidden, NotFound, Unauthorized
from core.roles import includes
from services import access


class NoPerson(NotFound):
    """A service account asks for what only people have."""

    message = "user not found"


class AccessDenied(Forbidden):
    """A right is missing; the answer names it, as recorded."""

    def __init__(self, actions: tuple[str, ...]) -> None:
        needed = "any of " + ", ".join(actions) if len(actions) > 1 else "".join(actions)
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
    role: str = ""
    any_scope: bool = False
    asked_later: bool = False

    def check_caller(self, actor: Actor) -> None:
        """Refuse what no object could allow. Raises Unauthorized, Forbidden or AccessDenied."""
        if self.known and not actor.known:
            raise Unauthorized
        if self.admin and not actor.server_admin:
            raise Forbidden
        if self.role and not includes(actor.role, self.role):
            raise Forbidden
        if self.person and not actor.user_id:
            if actor.account_id:
                raise NoPerson
            raise Unauthorized if actor.credential is Credential.ANONYMOUS else Forbidden
        if self.actions and not actor.may_any(self.actions) and not self._may_be_given(actor):
            raise AccessDenied(self.actions)

    def _may_be_given(self, actor: Actor) -> bool:
        """Say whether the right may come from an object: the loaded one (asked later), or for a list any one."""
        if not actor.known:
            return False
        if self.of is not None and self.of.elsewhere:
            return True
        if not access.given_on_objects(self.actions):
            return False
        return (
            self.of is not None
            or self.asked_later
            or (self.any_scope and access.holds_somewhere(actor, self.actions))
        )

    def missing(self, actor: Actor, fault: NotFound) -> DomainError:
        """Return the refusal for an object that is not there: "not found" for who could have been given the right."""
        if access.expected(actor, self.actions) or any(access.holds(actor, one) for one in self.actions):
            return fault
        return AccessDenied(self.actions) if self.actions else fault

    def check_object(self, actor: Actor, found: object) -> None:
        """Refuse an object that the caller's grants do not cover. Raises AccessDenied."""
        if self.of is not None and self.actions and not actor.may_any(self.actions, *self.of.scopes(found)):
            raise AccessDenied(self.actions)


def can(
    *actions: str,
    of: Loader | None = None,
    any_scope: bool = False,
    asked_later: bool = False,
    known: bool = True,
) -> Access:
    """Demand one of the actions: on the loaded object, or on anything at all where the route filters in SQL.

    asked_later: the use case loads the object by itself (it opens its own transactions) and asks then.
    known: False where the original names the missing right (403) to a caller that it does not know, instead of 401.
    """
    if any_scope and of is not None:
        raise ValueError("a route either loads an object or filters a list")
    return Access(" or ".join(actions), actions, of, known, any_scope=any_scope, asked_later=asked_later)


def public(reason: str) -> Access:
    """Let anybody in. reason: why that is right; it stands in the route table."""
    return Access(f"anyone: {reason}", known=False)


signed_in = Access("anyone signed in")
person = Access("a person, not a key", person=True)
server_admin = Access("a server administrator", admin=True)
editor = Access("an editor", role=Role.EDITOR)


def of(demand: Access, loader: Loader) -> Access:
    """Return a demand on the caller alone for a route that loads an object of their organisation."""
    return replace(demand, of=loader)
