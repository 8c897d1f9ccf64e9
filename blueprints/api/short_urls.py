"""Short links: made by a call, followed by a browser."""

from typing import Any

from flask import Response, redirect

from core.access import Actor
from schemas.base import ErrorReply
from schemas.short_urls import NewShortUrl, ShortUrlReply
from services import short_urls
from web.access import signed_in
from web.configured import settings
from web.operation import Operations, Pages
from web.responses import answer

api = Operations("short_urls", __name__)
pages = Pages("short_url_pages", __name__)


@api.operation(
    "POST",
    "/api/short-urls",
    access=signed_in,
    body=NewShortUrl,
    replies={200: ShortUrlReply, 400: ErrorReply, 401: ErrorReply},
)
def create_short_url(actor: Actor, body: dict[str, Any]) -> Response:
    """Give a path of this server a short link."""
    uid = short_urls.create(actor, body["path"])
    return answer({"uid": uid, "url": f"{settings().root_url}goto/{uid}?orgId={actor.org_id}"})


@pages.operation("GET", "/goto/<uid>", access=signed_in, own_transactions=True)
def follow_short_url(actor: Actor, uid: str) -> Response:
    """Lead to the page that a link stands for."""
    path = short_urls.follow(actor, uid)
    return redirect(settings().root_url + path)  # type: ignore[return-value]  # redirect() builds our Response
