"""Playlists: dashboards that are shown one after another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from core.access import Actor, Loader
from core.durations import parse_duration
from core.errors import AsRecorded, BadRequest, NotFound
from core.identifiers import new_uid
from models import Dashboard, DashboardTag, Playlist, PlaylistItem, db
from models.base import table
from services import access, dashboards, reach

LIMIT = 1000
BY_ID, BY_UID, BY_TAG = "dashboard_by_id", "dashboard_by_uid", "dashboard_by_tag"
NAME_MAX, ITEMS_MAX = 255, 1000


class PlaylistNotFound(NotFound):
    """No such playlist in the caller's organisation."""

    message, traced, early = "Playlist not found", True, True


class NotCreated(AsRecorded):
    """A new playlist lacks its interval or its items."""

    message = "Failed to create playlist"


class NotSaved(AsRecorded):
    """A changed playlist lacks its interval or its items."""

    message = "Failed to save playlist"


class NotLoaded(AsRecorded):
    """The older list of dashboards knows ids and tags alone."""

    message = "Could not load dashboards"


@dataclass(frozen=True)
class Item:
    """An entry as it was sent."""

    type: str
    value: str
    title: str = ""


@dataclass(frozen=True)
class Stop:
    """A dashboard of a playlist, in its turn."""

    id: int
    uid: str
    slug: str
    title: str
    place: int
    by_tag: bool

    @property
    def url(self) -> str:
        """The address of its page."""
        return dashboards.page_url(self.uid, self.slug, is_folder=False)


def find(actor: Actor, uid: str) -> Playlist:
    """Return a playlist. Raises PlaylistNotFound."""
    found = db.session.scalar(select(Playlist).where(Playlist.org_id == actor.org_id, Playlist.uid == uid))
    if found is None:
        raise PlaylistNotFound
    return found


by_uid = Loader("playlist", ("uid",), find, lambda _: ())


def listed(actor: Actor, query: str = "", limit: int = LIMIT) -> Sequence[Playlist]:
    """Return the organisation's playlists by name. query: part of a name."""
    statement = select(Playlist).where(Playlist.org_id == actor.org_id)
    if query:
        statement = statement.where(func.lower(Playlist.name).contains(query.lower(), autoescape=True))
    return db.session.scalars(statement.order_by(Playlist.name, Playlist.id).limit(limit)).all()


def items(playlist: Playlist) -> list[Item]:
    """Return a playlist's entries in order."""
    rows = db.session.scalars(
        select(PlaylistItem)
        .where(PlaylistItem.playlist_id == playlist.id)
        .order_by(PlaylistItem.place, PlaylistItem.id)
    )
    return [Item(row.type, row.value, row.title) for row in rows]


def _check(name: str, interval: str, given: Sequence[Item] | None, fault: type[AsRecorded]) -> Sequence[Item]:
    """Return the entries that are to be kept. Raises the fault, as recorded, or BadRequest."""
    if not interval or given is None:
        raise fault
    try:
        parse_duration(interval)
    except ValueError:
        raise BadRequest(
            f"The interval {interval!r} is no duration, like 5m", field="interval", traced=False
        ) from None
    if len(name) > NAME_MAX or len(interval) > NAME_MAX or len(given) > ITEMS_MAX:
        raise BadRequest("The name, the interval or the list is too long", field="name", traced=False)
    for one in given:
        if one.type not in {BY_ID, BY_UID, BY_TAG}:
            raise BadRequest(f"There is no type {one.type!r} of items", field="items", traced=False)
        if max(len(one.value), len(one.title)) > NAME_MAX:
            raise BadRequest("An item is too long", field="items", traced=False)
    return given


def create(actor: Actor, name: str, interval: str, given: Sequence[Item] | None) -> Playlist:
    """Make a playlist. Raises Forbidden (who is in no organisation), NotCreated, BadRequest."""
    access.require_org(actor, "Playlists belong to an organization")
    kept = _check(name, interval, given, NotCreated)
    made = Playlist(org_id=actor.org_id, uid=new_uid(), name=name, interval=interval)
    db.session.add(made)
    db.session.flush()
    _keep(made, kept)
    return made


def change(playlist: Playlist, name: str, interval: str, given: Sequence[Item] | None) -> None:
    """Put another name, interval and list in place of a playlist's. Raises NotSaved, BadRequest."""
    kept = _check(name, interval, given, NotSaved)
    db.session.execute(
        update(Playlist).where(Playlist.id == playlist.id).values(name=name, interval=interval)
    )
    db.session.execute(delete(PlaylistItem).where(PlaylistItem.playlist_id == playlist.id))
    _keep(playlist, kept)


def _keep(playlist: Playlist, given: Sequence[Item]) -> None:
    rows = [
        {"playlist_id": playlist.id, "type": one.type, "value": one.value, "title": one.title, "place": place}
        for place, one in enumerate(given, 1)
    ]
    if rows:
        db.session.execute(insert(table(PlaylistItem)), rows)


def remove(playlist: Playlist) -> None:
    """Delete a playlist."""
    db.session.execute(delete(Playlist).where(Playlist.id == playlist.id))


_BOARD = table(Dashboard).c


def stops(actor: Actor, playlist: Playlist) -> list[Stop]:
    """Return the dashboards of a playlist that the caller may read, in turn."""
    wanted = list(enumerate(items(playlist)))
    ids = {int(one.value): place for place, one in wanted if one.type == BY_ID and one.value.isdecimal()}
    uids = {one.value: place for place, one in wanted if one.type == BY_UID}
    tags = {one.value: place for place, one in wanted if one.type == BY_TAG}
    found = [
        *((row, ids[row.id], False) for row in _boards(actor, _BOARD.id.in_(list(ids)))),
        *((row, uids[row.uid], False) for row in _boards(actor, _BOARD.uid.in_(list(uids)))),
        *(
            (row, place, True)
            for tag, place in tags.items()
            for row in _boards(actor, _BOARD.id.in_(_tagged(tag)))
        ),
    ]
    made = [Stop(row.id, row.uid, row.slug, row.title, place, by_tag) for row, place, by_tag in found]
    return sorted(made, key=lambda one: (one.place, one.title))


def _tagged(tag: str) -> Any:
    return select(DashboardTag.dashboard_id).where(DashboardTag.term == tag)


def _boards(actor: Actor, which: Any) -> Sequence[Any]:
    query = select(_BOARD.id, _BOARD.uid, _BOARD.slug, _BOARD.title).where(
        _BOARD.org_id == actor.org_id, _BOARD.is_folder.is_(False), which, reach.boards_where(actor, "read")
    )
    return db.session.execute(query, reach.params(actor)).all()


LEAST_MS = 1000


def interval_ms(playlist: Playlist) -> int:
    """Return how long each dashboard is shown; a minute for an interval that is none."""
    try:
        return max(LEAST_MS, parse_duration(playlist.interval))
    except ValueError:
        return 60_000


def older_list(actor: Actor, playlist: Playlist) -> list[dict[str, Any]]:
    """Return the dashboards as the older call shows them. Raises NotLoaded for entries by uid, as recorded."""
    if any(one.type == BY_UID for one in items(playlist)):
        raise NotLoaded
    return [
        {
            "id": one.id,
            "slug": "" if one.by_tag else one.slug,
            "title": one.title,
            "uri": f"db/{one.slug}",
            "url": one.url,
            "order": one.place,
        }
        for one in stops(actor, playlist)
    ]
