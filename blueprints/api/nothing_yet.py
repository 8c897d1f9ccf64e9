"""Families that are not built yet, as far as an honest answer is possible: there is nothing of theirs here.

Programs that look around (backup tools above all) ask for these lists and stop at a 404. Each family takes its lines away
when it comes.
"""

import re
from typing import Any

from flask import Response, request

from core.access import Actor
from core.errors import BadRequest, Forbidden, NotFound
from schemas.base import Body, Text
from web.access import can, server_admin, signed_in
from web.operation import Operations
from web.responses import answer

api = Operations("nothing_yet", __name__, url_prefix="/api")


class NoInfo(NotFound):
    """No channel says anything of itself."""

    message = "Info is not supported for this channel"


class Publish(Body):
    """A message for a channel."""

    channel = Text(load_default="")


@api.operation("GET", "/live/list", access=signed_in)
def channels(actor: Actor) -> Response:
    """List channels: nobody publishes."""
    del actor
    return answer({"channels": []})


@api.operation("GET", "/live/info/<path:channel>", access=signed_in)
def channel_info(actor: Actor, channel: str) -> Response:
    """Say what a channel carries."""
    del actor, channel
    raise NoInfo


@api.operation("POST", "/live/publish", access=signed_in, body=Publish)
def publish(actor: Actor, body: dict[str, Any]) -> Response:
    """Publish a message; there is no channel that would take it."""
    del actor
    if len([part for part in (body["channel"] or "").split("/") if part]) < 3:
        raise BadRequest("invalid channel ID", traced=False)
    raise NotFound("There is no such channel")


_LINE = re.compile(rb"[^\s,=]\S* \S+=\S+( -?\d+)?")


@api.operation("POST", "/live/push/<stream>", access=can("datasources:create"), own_transactions=True)
def push(actor: Actor, stream: str) -> Response:
    """Take measurements for a stream that nobody listens to."""
    del actor, stream
    lines = [line.strip() for line in request.get_data().splitlines() if line.strip()]
    if not lines or not all(_LINE.fullmatch(line) for line in lines):
        raise BadRequest("The lines are no measurements", traced=False)
    return Response(b"", content_type="application/json")


@api.operation("GET", "/live/ws", access=signed_in, own_transactions=True)
def socket(actor: Actor) -> Response:
    """Open a stream of channels; there is none to listen to."""
    del actor
    return Response("Bad Request\n", 400, content_type="text/plain; charset=utf-8")


@api.operation("POST", "/comments/get", access=signed_in, own_transactions=True)
def comments(actor: Actor) -> Response:
    """Refuse, as everywhere where comments are off."""
    del actor
    raise Forbidden


@api.operation("GET", "/admin/usage-report-preview", access=server_admin, own_transactions=True)
def usage_report(actor: Actor) -> Response:
    """Show what is reported to anybody else: nothing."""
    del actor
    return answer({})
