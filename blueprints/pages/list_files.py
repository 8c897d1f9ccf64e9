"""Lists as files, by the suffix of their pages' addresses; each filtered by `query` and open to whom its page is open."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask import Response

from blueprints.pages.formats import SUFFIX, list_file
from blueprints.pages.members import hidden_logins
from blueprints.pages.rendering import asked_page
from core import clock
from core.access import Actor
from services import (
    data_sources,
    library,
    orgs,
    playlists,
    public_dashboards,
    query_history,
    snapshots,
    teams,
    trash,
    users,
)
from web.access import Access, can, person, signed_in
from web.configured import settings
from web.operation import Pages

pages = Pages("list_file_pages", __name__)
MOST = 5000
Rows = Callable[[Actor, str], Iterable[Iterable[Any]]]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return clock.iso(value) if isinstance(value, datetime) else "" if value is None else str(value)


def _declare(path: str, access: Access, title: str, heads: tuple[str, ...], rows: Rows) -> None:
    """Declare the files of a list. rows: its rows for a caller and a query, as many values in each as there are heads."""

    @pages.operation("GET", f"{path}.{SUFFIX}", access=access)
    def listed(actor: Actor, suffix: str) -> Response:
        """Return a list as a file."""
        query, _ = asked_page()
        found = [[_text(value) for value in row] for row in rows(actor, query)]
        return list_file(suffix, path.rpartition("/")[2], title, list(heads), found)


_declare(
    "/playlists", signed_in, "Playlists", ("Name", "Interval", "UID"),
    lambda actor, query: ((one.name, one.interval, one.uid) for one in playlists.listed(actor, query, MOST)),
)  # fmt: skip
_declare(
    "/dashboard/snapshots", signed_in, "Snapshots", ("Name", "Created", "Expires", "Key"),
    lambda actor, query: (
        (one.name, one.created, one.expires, one.key)
        for one in snapshots.listed(actor, f"%{query}%" if query else "", MOST)
    ),
)  # fmt: skip
_declare(
    "/library-panels", signed_in, "Library panels", ("Name", "Type", "Folder", "Dashboards", "Version", "Updated", "UID"),
    lambda actor, query: (
        (one.name, one.type, one.folder_title or "General", one.uses, one.version, one.updated, one.uid)
        for one in library.listed(actor, library.Wanted(text=query, per_page=MOST), in_folders=False)[1]
    ),
)  # fmt: skip
_declare(
    "/dashboard/public", signed_in, "Public dashboards", ("Dashboard", "Shown", "Address"),
    lambda actor, query: (
        (one.title, one.enabled, f"{settings().root_url}public-dashboards/{one.access_token}")
        for one in public_dashboards.listed(actor)
        if query.lower() in one.title.lower()
    ),
)  # fmt: skip
_declare(
    "/dashboard/trash", signed_in, "Trash", ("Title", "Type", "Deleted", "By", "Gone for good"),
    lambda actor, query: (
        (one.title, "folder" if one.is_folder else "dashboard", one.deleted, one.deleter, trash.ends(one))
        for one in trash.listed(actor)
        if query.lower() in one.title.lower()
    ),
)  # fmt: skip
_declare(
    "/datasources", can("datasources:read", any_scope=True), "Data sources", ("Name", "Type", "URL", "Default", "UID"),
    lambda actor, query: (
        (one.name, one.type, one.url, one.is_default, one.uid)
        for one in data_sources.listed(actor)
        if query.lower() in one.name.lower()
    ),
)  # fmt: skip
_declare(
    "/profile/queries", person, "Queries", ("Query", "Data source", "Comment", "Starred", "Asked"),
    lambda actor, query: (
        (one["queries"], one["datasourceUid"], one["comment"], one["starred"], one["createdAt"])
        for one in query_history.listed(actor, query_history.Wanted(text=query, limit=MOST))[1]
    ),
)  # fmt: skip
_declare(
    "/org/users", can("org.users:read"), "Users", ("Login", "Email", "Name", "Role", "Last seen"),
    lambda actor, query: (
        (one["login"], one["email"], one["name"], one["role"], one["lastSeenAt"])
        for one in orgs.members(actor.org_id, query=query, limit=MOST, hide=hidden_logins(actor))
    ),
)  # fmt: skip
_declare(
    "/org/teams", can("teams:read", "teams:create", any_scope=True), "Teams", ("Name", "Email", "Members"),
    lambda actor, query: (
        (one["name"], one["email"], one["memberCount"])
        for one in teams.listed(actor, query=query, name="", limit=MOST, page=1)[1]
    ),
)  # fmt: skip
_declare(
    "/admin/users", can("users:read"), "Users of the server", ("Login", "Email", "Name", "Admin", "Disabled", "Last seen"),
    lambda _, query: (
        (one["login"], one["email"], one["name"], one["isAdmin"], one["isDisabled"], one["lastSeenAt"])
        for one in users.listed(query=query, limit=MOST, page=1)[1]
    ),
)  # fmt: skip
_declare(
    "/admin/orgs", can("orgs:delete"), "Organizations", ("Name", "ID"),
    lambda _, query: (
        (one["name"], one["id"]) for one in orgs.listed(query=query, name="", limit=MOST, page=0)
    ),
)  # fmt: skip
