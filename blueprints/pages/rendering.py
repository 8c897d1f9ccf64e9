"""What every page is rendered with: who looks, in which theme, where they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, render_template, request

from core.access import Actor
from core.errors import DomainError
from models.session import transaction
from services import orgs
from web.configured import settings
from web.paging import number
from web.prefix import url

HTML = "text/html; charset=UTF-8"


def theme_of(actor: Actor) -> str:
    """Return dark or light: the address's, the person's, the organisation's, the server's."""
    asked = request.args.get("theme", "")
    if asked in {"dark", "light"}:
        return asked
    chosen = orgs.effective(actor)[0] if actor.known else ""
    return chosen or settings().text("users", "default_theme") or "dark"


def page(template: str, actor: Actor, title: str, status: int = 200, **values: Any) -> Response:
    """Render a page. title: its h1 and the first part of the window's title."""
    html = render_template(
        f"pages/{template}.html", actor=actor, title=title, theme=theme_of(actor), **values
    )
    return Response(html, status, content_type=HTML)


def go_to(path: str) -> Response:
    """Lead to another page of ours. path: from the root, without the sub-path."""
    return redirect(url(path))  # type: ignore[return-value]  # redirect() builds this application's Response


@dataclass(frozen=True)
class Listed:
    """One page of a list."""

    rows: Sequence[Any]
    total: int
    page: int
    query: str
    per_page: int


PER_PAGE = 50


def asked_page() -> tuple[str, int]:
    """Return what a list is searched for, and which of its pages is meant."""
    return request.args.get("query", "").strip(), number("page", 1)


def attempt(do: Callable[[], object], back: str, again: Callable[[DomainError], Response]) -> Response:
    """Make a change in one transaction and lead on; where it is refused, show the page again with the reason."""
    try:
        with transaction():
            do()
    except DomainError as fault:
        with transaction(write=False):
            return again(fault)
    return go_to(back)
