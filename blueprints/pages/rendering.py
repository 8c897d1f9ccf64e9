"""What every page is rendered with: who looks, in which theme, where they are."""

from typing import Any

from flask import Response, redirect, render_template, request

from core.access import Actor
from services import orgs
from web.configured import settings
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
