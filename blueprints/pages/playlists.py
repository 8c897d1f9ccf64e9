"""Playlists: listed, edited, played."""

from urllib.parse import urlencode

from flask import Response, request
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older

from blueprints.pages.forms.kept import PlaylistForm
from blueprints.pages.rendering import go_to, page
from core.access import Actor, Role
from core.errors import DomainError
from core.roles import includes
from models import Playlist
from models.session import transaction
from services import playlists, search
from services.playlists import BY_ID, BY_TAG, BY_UID, Item
from web.access import editor, of, signed_in
from web.operation import Pages
from web.paging import number

pages = Pages("playlist_pages", __name__, url_prefix="/playlists")
_WRITE = of(editor, playlists.by_uid)


@pages.operation("GET", "", access=signed_in)
def listed(actor: Actor) -> Response:
    """List playlists."""
    return _list(actor)


def _list(actor: Actor, fault: DomainError | None = None) -> Response:
    query = request.args.get("query", "").strip()
    return page(
        "playlists", actor, "Playlists", rows=playlists.listed(actor, query), query=query, fault=fault.text if fault else "",
        done=request.args.get("done", ""), may_write=includes(actor.role, Role.EDITOR),
    )  # fmt: skip


def _titles(actor: Actor) -> dict[str, str]:
    found = search.find(actor, search.Wanted(kind="dash-db", sort="alpha-asc", limit=search.LIMIT))
    return {row.uid: row.title for row in found.rows}


def _shown(
    actor: Actor,
    form: PlaylistForm,
    playlist: Playlist | None,
    fault: DomainError | None = None,
    status: int = 200,
) -> Response:
    form.dashboards.choices = [SelectChoice(uid, title) for uid, title in _titles(actor).items()]
    return page(
        "playlist", actor, playlist.name if playlist else "New playlist", fault.status if fault else status,
        form=form, uid=playlist.uid if playlist else "", fault=fault.text if fault else "", done="",
        stops=playlists.stops(actor, playlist) if playlist else [],
    )  # fmt: skip


def _items(actor: Actor, form: PlaylistForm) -> list[Item]:
    titles = _titles(actor)
    boards = [Item(BY_UID, uid, titles.get(uid, uid)) for uid in form.dashboards.data or ()]
    tags = [one.strip() for one in (form.tags.data or "").split(",") if one.strip()]
    return [*boards, *(Item(BY_TAG, tag, tag) for tag in tags)]


def _saved(actor: Actor, playlist: Playlist | None) -> Response:
    form = PlaylistForm()
    if not form.validate_on_submit():
        return _shown(actor, form, playlist, status=400)
    name, interval = form.name.data or "", form.interval.data or ""
    try:
        with transaction():
            if playlist is None:
                playlists.create(actor, name, interval, _items(actor, form))
            else:
                playlists.change(playlist, name, interval, _items(actor, form))
    except DomainError as fault:
        with transaction(write=False):
            return _shown(actor, form, playlist, fault)
    return go_to("/playlists?done=saved")


@pages.operation("GET", "/new", access=editor)
def new(actor: Actor) -> Response:
    """Show the form for a playlist."""
    return _shown(actor, PlaylistForm(), None)


@pages.operation("POST", "/new", access=editor, own_transactions=True)
def make(actor: Actor) -> Response:
    """Make a playlist."""
    return _saved(actor, None)


@pages.operation("GET", "/edit/<uid>", access=_WRITE)
def edit(actor: Actor, playlist: Playlist) -> Response:
    """Show a playlist's form."""
    items = playlists.items(playlist)
    uids = {str(one.id): one.uid for one in playlists.stops(actor, playlist)}
    boards = [
        uids.get(one.value, one.value) if one.type == BY_ID else one.value
        for one in items
        if one.type != BY_TAG
    ]
    tags = ", ".join(one.value for one in items if one.type == BY_TAG)
    form = PlaylistForm(
        formdata=None, name=playlist.name, interval=playlist.interval, dashboards=boards, tags=tags
    )
    return _shown(actor, form, playlist)


@pages.operation("POST", "/edit/<uid>", access=editor, own_transactions=True)
def save(actor: Actor, uid: str) -> Response:
    """Save a playlist."""
    with transaction(write=False):
        playlist = playlists.find(actor, uid)
    return _saved(actor, playlist)


@pages.operation("POST", "/<uid>/delete", access=_WRITE)
def delete(actor: Actor, playlist: Playlist) -> Response:
    """Delete a playlist."""
    del actor
    playlists.remove(playlist)
    return go_to("/playlists?done=deleted")


@pages.operation("GET", "/play/<uid>", access=of(signed_in, playlists.by_uid))
def play(actor: Actor, playlist: Playlist) -> Response:
    """Lead to a dashboard of a playlist, which leads on to the next."""
    stops = playlists.stops(actor, playlist)
    if not stops:
        return _shown_empty(actor)
    at = number("at", 0, least=0) % len(stops)
    passed = [pair for pair in request.args.items(multi=True) if pair[0] not in {"at", "kiosk"}]
    own = [("playlist", playlist.uid), ("at", str(at)), ("kiosk", request.args.get("kiosk", "tv"))]
    return go_to(f"{stops[at].url}?{urlencode([*passed, *own])}")


def _shown_empty(actor: Actor) -> Response:
    fault = DomainError("No dashboard of this playlist is there, or none that you may read")
    return _list(actor, fault)
