"""Flask-Login's view of the caller, for templates (`current_user`); it keeps no state of its own."""

from flask import Request
from flask_login import UserMixin
from sqlalchemy.exc import SQLAlchemyError

from core.access import Actor
from core.errors import DomainError
from web import identity


class Person(UserMixin):  # type: ignore[misc]  # the library is not typed
    """The signed-in person."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def get_id(self) -> str:
        """Return the number that stands for the person."""
        return str(self.actor.user_id)


def of_request(request: Request) -> Person | None:
    """Return who sent the request, if anybody is signed in."""
    del request
    try:
        actor = identity.actor()
    except (DomainError, SQLAlchemyError):
        return None  # a page that says what is wrong must not ask again what cannot be answered
    return Person(actor) if actor.known else None
