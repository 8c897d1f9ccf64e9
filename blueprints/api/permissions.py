"""Levels on single objects: as dashboards and folders take them, and as `access-control/<kind>` does for every kind."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response

from core import roles
from core.access import Actor, Loader
from core.errors import BadRequest, NotFound
from schemas.access import DescriptionReply, Items, Level, NamedLevels
from schemas.base import ErrorReply, Message
from services import accounts, dashboards, data_sources, folders, nesting, permissions, teams
from services.permissions import ACCOUNTS, DASHBOARDS, FOLDERS, SOURCES, Grantee, Kind, NotSet
from web.access import can
from web.operation import Operations
from web.responses import answer, said

api = Operations("permissions", __name__, url_prefix="/api")
_ERRORS = {400: ErrorReply, 401: ErrorReply, 403: ErrorReply, 404: ErrorReply}


def _items_of(row: Any) -> list[dict[str, Any]]:
    kind = FOLDERS if row.is_folder else DASHBOARDS
    ids = {"folderId": row.id} if row.is_folder else {"dashboardId": row.id}
    if not row.is_folder and row.folder_id:
        ids["folderId"] = row.folder_id
    shared = {
        **ids,
        "uid": row.uid,
        "title": row.title,
        "slug": row.slug,
        "isFolder": row.is_folder,
        "url": dashboards.page_url(row.uid, row.slug, is_folder=row.is_folder),
    }
    return permissions.as_items(kind, row.org_id, row.id, shared)


def _set_items(row: Any, body: dict[str, Any]) -> Response:
    kind = FOLDERS if row.is_folder else DASHBOARDS
    try:
        permissions.replace(row.org_id, kind, row.id, permissions.read_items(body["items"]))
    except NotSet:
        raise BadRequest("Failed to update permissions", field="items") from None
    return said("Dashboard permissions updated")


def _declare_items(path: str, loader: Loader, kind: str, ids: tuple[str, str]) -> None:
    name = loader.name

    @api.operation("GET", path, id=ids[0], access=can(f"{kind}.permissions:read", of=loader), replies=_ERRORS)
    def listed(actor: Actor, **found: Any) -> Response:
        """List who holds which level."""
        del actor
        return answer(_items_of(found[name]))

    @api.operation(
        "POST", path, id=ids[1], access=can(f"{kind}.permissions:write", of=loader), body=Items,
        replies={200: Message, **_ERRORS},
    )  # fmt: skip
    def replaced(actor: Actor, body: dict[str, Any], **found: Any) -> Response:
        """Have exactly these hold levels."""
        del actor
        return _set_items(found[name], body)


_BY = {"read": "getDashboardPermissionsListBy{}", "write": "updateDashboardPermissionsBy{}"}
_declare_items(
    "/dashboards/uid/<uid>/permissions",
    dashboards.by_uid,
    "dashboards",
    (_BY["read"].format("UID"), _BY["write"].format("UID")),
)
_declare_items(
    "/dashboards/id/<dashboard_id>/permissions",
    dashboards.by_id,
    "dashboards",
    (_BY["read"].format("ID"), _BY["write"].format("ID")),
)
_declare_items(
    "/folders/<uid>/permissions",
    folders.by_uid,
    "folders",
    ("getFolderPermissionList", "updateFolderPermissions"),
)


@dataclass(frozen=True)
class _Absent:
    """A folder that is not there: who may read all of them learns that nobody holds anything (as recorded)."""

    uid: str
    id: int = 0
    folder_id: int = 0
    is_folder: bool = True
    above: str = ""
    own_level: int = 0
    folder_level: int = 0
    outer_level: int = 0


def _folder_or_none(actor: Actor, uid: str) -> Any:
    try:
        return folders.find_by_uid(actor, uid)
    except NotFound:
        return _Absent(uid)


_FOLDER = Loader("target", ("uid",), _folder_or_none, dashboards.scopes, folders.by_uid.holding)
_BOARD = Loader("target", ("uid",), dashboards.find_by_uid, dashboards.scopes, dashboards.by_uid.holding)
_SOURCE = Loader(
    "target", ("uid",), data_sources.find_by_uid, data_sources.scopes, data_sources.by_uid.holding
)
_ACCOUNT = Loader("target", ("account_id",), accounts.find, accounts.by_id.scopes, accounts.by_id.holding)
_TEAM = Loader("target", ("team_id",), teams.find, teams.by_id.scopes, teams.by_id.holding)


def _number(name: str, text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise BadRequest(f"{name} is invalid")
    return int(text)


Given = Callable[[Actor, Any, Grantee, str], None]


def _give(kind: Kind) -> Given:
    def give(actor: Actor, target: Any, grantee: Grantee, level: str) -> None:
        if not target.id:
            raise NotSet(grantee.kind)
        permissions.set_level(actor.org_id, kind, target.id, grantee, level)

    return give


def _give_source(actor: Actor, target: Any, grantee: Grantee, level: str) -> None:
    data_sources.give(actor, target, grantee, level)


def _give_team(actor: Actor, target: Any, grantee: Grantee, level: str) -> None:
    del actor
    if not grantee.user_id or level not in {"", "Member", "Admin"}:
        raise NotSet(grantee.kind)
    try:
        teams.set_member(
            target, grantee.user_id, None if not level else roles.ADMIN if level == "Admin" else 0
        )
    except NotFound:
        raise NotSet(grantee.kind) from None


def _declare(
    name: str,
    path: str,
    loader: Loader,
    give: Given,
    rules: Callable[[Actor, Any], Any],
    levels: list[str],
    whom: str,
) -> None:
    """Declare the routes of a kind. whom: which grantees it has: u people, t teams, r basic roles."""
    base = f"/access-control/{name}"
    reading, writing = can(f"{name}.permissions:read", of=loader), can(f"{name}.permissions:write", of=loader)

    @api.operation(
        "GET", f"{base}/description", access=can(f"{name}.permissions:read", any_scope=True, known=False),
        replies={200: DescriptionReply, **_ERRORS},
    )  # fmt: skip
    def description(actor: Actor) -> Response:
        """Say which levels there are and who can hold them."""
        del actor
        assignments = {"users": "u" in whom, "teams": "t" in whom, "builtInRoles": "r" in whom}
        return answer({"assignments": assignments, "permissions": levels})

    @api.operation("GET", f"{base}/{path}", access=reading, replies=_ERRORS)
    def listed(actor: Actor, target: Any) -> Response:
        """List who holds which level."""
        return answer(rules(actor, target))

    @api.operation(
        "POST", f"{base}/{path}", access=writing, body=NamedLevels, replies={200: Message, **_ERRORS}
    )
    def set_several(actor: Actor, target: Any, body: dict[str, Any]) -> Response:
        """Give several levels; others stay."""
        for one in body["permissions"]:
            give(actor, target, Grantee(one["user_id"], one["team_id"], one["role"]), one["permission"])
        return said("Permissions updated")

    def declare_one(tail: str, grantee: Callable[[str], Grantee]) -> None:
        @api.operation(
            "POST", f"{base}/{path}/{tail}", access=writing, body=Level, replies={200: Message, **_ERRORS}
        )
        def set_one(actor: Actor, target: Any, body: dict[str, Any], whom: str) -> Response:
            """Give one level, or take it away."""
            give(actor, target, grantee(whom), body["permission"])
            return said("Permission updated" if body["permission"] else "Permission removed")

    if "u" in whom:
        declare_one("users/<whom>", lambda text: Grantee(user_id=_number("userID", text)))
    if "t" in whom:
        declare_one("teams/<whom>", lambda text: Grantee(team_id=_number("teamID", text)))
    if "r" in whom:
        declare_one("builtInRoles/<whom>", lambda text: Grantee(role=text))


def _board_rules(kind: Kind) -> Callable[[Actor, Any], Any]:
    return lambda actor, row: permissions.as_rules(kind, actor.org_id, row.id, nesting.around(row))


_LEVELS = ["View", "Edit", "Admin"]
_declare("dashboards", "<uid>", _BOARD, _give(DASHBOARDS), _board_rules(DASHBOARDS), _LEVELS, "utr")
_declare("folders", "<uid>", _FOLDER, _give(FOLDERS), _board_rules(FOLDERS), _LEVELS, "utr")
_declare(
    "datasources",
    "<uid>",
    _SOURCE,
    _give_source,
    data_sources.rules,
    list(SOURCES.names),
    "utr",
)
_declare(
    "serviceaccounts",
    "<account_id>",
    _ACCOUNT,
    _give(ACCOUNTS),
    lambda actor, row: permissions.as_rules(ACCOUNTS, actor.org_id, row.id),
    list(ACCOUNTS.names),
    "ut",
)
_declare(
    "teams",
    "<team_id>",
    _TEAM,
    _give_team,
    teams.rules,
    ["Member", "Admin"],
    "u",
)
