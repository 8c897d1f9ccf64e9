"""Playlists: list, read, make, change, delete."""

from typing import Any

from flask import Response, request

from core.access import Actor
from models import Playlist
from schemas.base import ErrorReply
from schemas.playlists import PlaylistBody, PlaylistMade
from services import playlists
from services.playlists import Item
from web import paging
from web.access import editor, of, signed_in
from web.operation import Operations
from web.responses import answer

api = Operations("playlists", __name__, url_prefix="/api/playlists")
_ERRORS = {401: ErrorReply, 403: ErrorReply, 404: ErrorReply, 500: ErrorReply}
_READ, _WRITE = of(signed_in, playlists.by_uid), of(editor, playlists.by_uid)


def _named(playlist: Playlist) -> dict[str, Any]:
    return {"id": playlist.id, "uid": playlist.uid, "name": playlist.name, "interval": playlist.interval}


def _items(playlist: Playlist) -> list[dict[str, str]]:
    return [{"title": one.title, "type": one.type, "value": one.value} for one in playlists.items(playlist)]


def _shown(playlist: Playlist) -> Response:
    return answer(
        {
            "interval": playlist.interval,
            "items": _items(playlist),
            "name": playlist.name,
            "uid": playlist.uid,
        }
    )


def _given(body: dict[str, Any]) -> list[Item] | None:
    return None if body["items"] is None else [Item(**one) for one in body["items"]]


@api.operation(
    "GET",
    "",
    id="searchPlaylists",
    access=signed_in,
    query={"query": "string", "limit": "integer"},
    replies={200: None, **_ERRORS},
)
def search(actor: Actor) -> Response:
    """List playlists by name."""
    found = playlists.listed(actor, request.args.get("query", ""), paging.number("limit", playlists.LIMIT))
    return answer([_named(one) for one in found])


@api.operation(
    "POST",
    "",
    id="createPlaylist",
    access=editor,
    body=PlaylistBody,
    replies={200: PlaylistMade, 400: ErrorReply, **_ERRORS},
)
def create(actor: Actor, body: dict[str, Any]) -> Response:
    """Make a playlist."""
    return answer(_named(playlists.create(actor, body["name"], body["interval"], _given(body))))


@api.operation("GET", "/<uid>", id="getPlaylist", access=_READ, replies={200: None, **_ERRORS})
def get(actor: Actor, playlist: Playlist) -> Response:
    """Return a playlist with its entries."""
    del actor
    return _shown(playlist)


@api.operation("GET", "/<uid>/items", id="getPlaylistItems", access=_READ, replies={200: None, **_ERRORS})
def get_items(actor: Actor, playlist: Playlist) -> Response:
    """List a playlist's entries."""
    del actor
    return answer(_items(playlist))


@api.operation(
    "GET", "/<uid>/dashboards", id="getPlaylistDashboards", access=_READ, replies={200: None, **_ERRORS}
)
def get_dashboards(actor: Actor, playlist: Playlist) -> Response:
    """List the dashboards that a playlist's entries stand for."""
    return answer(playlists.older_list(actor, playlist))


@api.operation(
    "PUT",
    "/<uid>",
    id="updatePlaylist",
    access=_WRITE,
    body=PlaylistBody,
    replies={200: None, 400: ErrorReply, **_ERRORS},
)
def change(actor: Actor, playlist: Playlist, body: dict[str, Any]) -> Response:
    """Put another name, interval and list in place of a playlist's."""
    del actor
    playlists.change(playlist, body["name"], body["interval"], _given(body))
    return _shown(playlist)


@api.operation("DELETE", "/<uid>", id="deletePlaylist", access=_WRITE, replies={200: None, **_ERRORS})
def delete(actor: Actor, playlist: Playlist) -> Response:
    """Delete a playlist."""
    del actor
    playlists.remove(playlist)
    return Response(b"", content_type="application/json")
