"""A Grafana read through its HTTP API, shaped as its tables are, so that one import serves both.

The API tells less than the database: no passwords, no secrets of data sources, no keys; and of one organisation alone, the
token's. What cannot be read is said and left out.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from core import clock, roles
from core.crypto import new_token
from core.errors import BadRequest
from core.foreign import Keys
from dashboards import document
from services.importing.source import BadSource, Show

PAGE, NOTES_PAGE, AT_ONCE = 1000, 10_000, 8
Row = dict[str, Any]


class Remote:
    """Rows by table, as dicts; a table that the API does not tell of has none."""

    def __init__(self, address: str, token: str, show: Show) -> None:
        self._root, self._show = address.rstrip("/"), show
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._pool = PoolManager(
            maxsize=AT_ONCE,
            retries=Retry(
                total=4, connect=1, backoff_factor=0.3, status_forcelist=(429, 502, 503), redirect=3
            ),
            timeout=Timeout(connect=10, read=120),
        )
        self.remarks: list[str] = []
        self._kept: dict[str, list[Row]] = {}
        self._org = self._get("/api/org")  # tells at once whether the address and the token are right

    def keys(self, secret_key: str) -> Keys:
        """Return what opens nothing: no secret leaves through the API."""
        return Keys(secret_key, {})

    def rows(self, table: str, order: str = "id") -> Iterator[Row]:
        """Yield a table's rows."""
        del order
        if table not in self._kept:
            read: Callable[[], list[Row]] | None = getattr(self, f"_read_{table}", None)
            self._kept[table] = read() if read else []
        yield from self._kept[table]

    # Asking ---------------------------------------------------------------------------------------------------------

    def _ask(self, path: str, **query: Any) -> tuple[int, bytes]:
        url = f"{self._root}{path}" + (f"?{urlencode(query)}" if query else "")
        try:
            reply = self._pool.request("GET", url, headers=self._headers)
        except HTTPError as fault:
            raise BadSource(f"{url}: {fault}") from None
        return reply.status, reply.data

    def _get(self, path: str, **query: Any) -> Any:
        """Return what is answered. Raises BadSource."""
        status, data = self._ask(path, **query)
        if status == 401:
            raise BadSource(f"{self._root}: the token is refused")
        if status != 200:
            raise BadSource(f"{self._root}{path}: {status} {data[:200].decode(errors='replace')}")
        return self._read(path, data)

    def _read(self, path: str, data: bytes) -> Any:
        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError:
            raise BadSource(f"{self._root}{path} does not answer as a Grafana does") from None

    def _if_told(self, what: str, path: str, **query: Any) -> Any:
        """Return what is answered; None, and a remark, where the server does not know or the token may not."""
        status, data = self._ask(path, **query)
        if status != 200:
            self._remark(f"{what}: not told ({status})")
            return None
        return self._read(path, data)

    def _text_in(self, path: str, data: bytes, name: str) -> str:
        """Return a member of an answer as it was sent. Raises BadSource."""
        try:
            return bytes(document.read(data)[name]).decode()
        except (BadRequest, KeyError, ValueError):
            raise BadSource(f"{self._root}{path} does not answer as a Grafana does") from None

    def _remark(self, words: str) -> None:
        if words not in self.remarks:
            self.remarks.append(words)

    def _pages(self, what: str, path: str, member: str = "", size: str = "limit", **query: Any) -> list[Row]:
        """Return all items of a list that comes in pages. member: where in an answer they stand, with dots."""
        found: list[Row] = []
        for page in range(1, 10_000):
            answer = self._if_told(what, path, **query, **{size: PAGE, "page": page})
            for name in member.split(".") if member else ():
                answer = (answer or {}).get(name)
            items: list[Row] = answer or []
            found += items
            if len(items) < PAGE:
                break
        return found

    def _each(self, what: str, items: list[Row], read: Callable[[Row], Row | None]) -> list[Row]:
        """Ask for the details of items, several at once; those that are gone meanwhile are left out."""
        found: list[Row] = []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for number, row in enumerate(pool.map(read, items), 1):
                if row is not None:
                    found.append(row)
                if number % 50 == 0 or number == len(items):
                    self._show(f"asked for {what}", number, len(items))
        return found

    # People -----------------------------------------------------------------------------------------------------------

    @property
    def _org_id(self) -> int:
        return int(self._org["id"])

    def _read_org(self) -> list[Row]:
        address = self._org.get("address") or {}
        names = {"zip_code": "zipCode"}
        there = {
            name: address.get(names.get(name, name)) or ""
            for name in ("address1", "address2", "city", "state", "zip_code", "country")
        }
        return [{"id": self._org_id, "name": self._org["name"], **there, **_now()}]

    @cached_property
    def _people(self) -> list[Row]:
        people = self._if_told("people", "/api/org/users") or []
        accounts = self._pages(
            "service accounts", "/api/serviceaccounts/search", "serviceAccounts", size="perpage"
        )
        if people:
            self._remark(
                "Passwords are not told: people sign in with a new one, or through what signs them in"
            )
        if accounts:
            self._remark("Keys and tokens are not told: service accounts need new ones")
        as_people = [{**one, "id": one["userId"]} for one in people]
        return [*as_people, *({**one, "is_service_account": True} for one in accounts)]

    def _read_user(self) -> list[Row]:
        return [
            {
                "id": one["id"],
                "login": one["login"],
                "email": one.get("email") or one["login"],
                "name": one.get("name") or "",
                "org_id": self._org_id,
                "is_admin": False,
                "is_disabled": bool(one.get("isDisabled")),
                "is_service_account": one.get("is_service_account", False),
                **_now(),
            }
            for one in self._people
        ]

    def _read_org_user(self) -> list[Row]:
        return [
            {"org_id": self._org_id, "user_id": one["id"], "role": one["role"], **_now()}
            for one in self._people
            if one.get("role") in set(roles.Role)
        ]

    @cached_property
    def _logins(self) -> dict[str, int]:
        return {one["login"]: one["id"] for one in self._people}

    def _read_team(self) -> list[Row]:
        found = self._pages("teams", "/api/teams/search", "teams", size="perpage")
        return [{**one, "org_id": self._org_id, **_now()} for one in found]

    def _read_team_member(self) -> list[Row]:
        return [
            {
                "org_id": self._org_id,
                "team_id": team["id"],
                "user_id": one["userId"],
                "permission": one.get("permission") or 0,
            }
            for team in self.rows("team")
            for one in self._if_told("members of teams", f"/api/teams/{team['id']}/members") or []
        ]

    # Dashboards ---------------------------------------------------------------------------------------------------------

    def _read_data_source(self) -> list[Row]:
        listed = self._if_told("data sources", "/api/datasources") or []
        found = self._each("data sources", listed, self._one_source)
        closed = [row["name"] for row in found if row["secret_names"]]
        if closed:
            self._remark(f"Secrets are not told; enter them again for: {', '.join(sorted(closed))}")
        return found

    def _one_source(self, listed: Row) -> Row:
        found = self._if_told("data sources", f"/api/datasources/uid/{quote(listed['uid'])}") or listed
        return {
            "id": found["id"], "uid": found["uid"], "org_id": self._org_id, "name": found["name"], "type": found["type"],
            "access": found.get("access") or "proxy", "url": found.get("url"), "user": found.get("user"),
            "database": found.get("database"), "basic_auth": found.get("basicAuth"), "basic_auth_user": found.get("basicAuthUser"),
            "with_credentials": found.get("withCredentials"), "is_default": found.get("isDefault"), "read_only": found.get("readOnly"),
            "json_data": orjson.dumps(found.get("jsonData") or {}).decode(), "version": found.get("version") or 1,
            "secret_names": sorted(found.get("secureJsonFields") or {}), **_now(),
        }  # fmt: skip

    @cached_property
    def _folders(self) -> list[Row]:
        """All folders, also of a server that lists those of one folder alone."""
        found = {one["uid"]: one for one in self._pages("folders", "/api/folders")}
        top, ask = set(found), list(found)
        while ask:
            inside = self._pages("folders", "/api/folders", parentUid=ask.pop())
            if inside and {one["uid"] for one in inside} == top:
                break  # a server without folders in folders lists all of them whatever it is asked
            fresh = [one for one in inside if one["uid"] not in found]
            found |= {one["uid"]: one for one in fresh}
            ask += [one["uid"] for one in fresh]
        return self._each("folders", list(found.values()), self._one_folder)

    def _one_folder(self, listed: Row) -> Row:
        return self._if_told("folders", f"/api/folders/{quote(listed['uid'])}") or listed

    def _read_folder(self) -> list[Row]:
        parents = {one["uid"]: one.get("parentUid") or "" for one in self._folders}
        return [
            {"org_id": self._org_id, "uid": uid, "parent_uid": parent}
            for uid, parent in parents.items()
            if parent
        ]

    def _read_dashboard(self) -> list[Row]:
        folders = [
            {
                **self._stamps(one),
                "id": one["id"], "uid": one["uid"], "title": one["title"], "slug": one.get("url", "").rpartition("/")[2],
                "is_folder": True, "version": one.get("version") or 1, "folder_id": 0,
                "data": document.text(document.members(title=one["title"], uid=one["uid"], id=one["id"])),
            }
            for one in self._folders
        ]  # fmt: skip
        listed = self._pages("dashboards", "/api/search", type="dash-db")
        return folders + self._each("dashboards", listed, self._one_dashboard)

    def _one_dashboard(self, listed: Row) -> Row | None:
        path = f"/api/dashboards/uid/{quote(listed['uid'])}"
        status, data = self._ask(path)
        if status != 200:
            self._remark(f"The dashboard {listed['title']} ({listed['uid']}): not told ({status})")
            return None
        meta, body = (self._text_in(path, data, name) for name in ("meta", "dashboard"))
        told = orjson.loads(meta)
        return {
            **self._stamps(told),
            "id": listed["id"], "uid": listed["uid"], "title": listed["title"], "slug": told.get("slug") or "",
            "is_folder": False, "version": told.get("version") or 1, "folder_id": told.get("folderId") or 0,
            "folder_uid": told.get("folderUid") or "", "data": body,
        }  # fmt: skip

    def _stamps(self, told: Row) -> Row:
        return {
            "org_id": self._org_id,
            "created": told.get("created"),
            "updated": told.get("updated"),
            "created_by": self._logins.get(told.get("createdBy") or "", 0),
            "updated_by": self._logins.get(told.get("updatedBy") or "", 0),
        }

    def _read_dashboard_version(self) -> list[Row]:
        boards = [row for row in self.rows("dashboard") if not row["is_folder"]]
        found: list[Row] = []
        for row in self._each("versions of dashboards", boards, self._versions_of):
            found += row["versions"]
        return found

    def _versions_of(self, board: Row) -> Row:
        path = f"/api/dashboards/uid/{quote(board['uid'])}/versions"
        answer = self._if_told("versions", path, limit=PAGE) or []
        listed = answer["versions"] if isinstance(answer, dict) else answer
        found = []
        for one in sorted(listed, key=lambda each: int(each["version"])):
            status, data = self._ask(f"{path}/{one['version']}")
            if status == 200:
                found.append(
                    {
                        "dashboard_id": board["id"],
                        "version": one["version"],
                        "parent_version": one.get("parentVersion") or 0,
                        "message": one.get("message") or "",
                        "created": one.get("created"),
                        "created_by": self._logins.get(one.get("createdBy") or "", 0),
                        "data": self._text_in(path, data, "data"),
                    }
                )
        return {"versions": found}

    def _read_dashboard_tag(self) -> list[Row]:
        return [
            {"dashboard_id": row["id"], "term": tag}
            for row in self.rows("dashboard")
            if not row["is_folder"]
            for tag in dict.fromkeys(document.facts(document.read(row["data"].encode())).tags)
        ]

    def _read_library_element(self) -> list[Row]:
        found = self._pages("library panels", "/api/library-elements", "result.elements", size="perPage")
        return [
            {
                **self._stamps(_with_people(one.get("meta") or {})),
                "id": one["id"], "uid": one["uid"], "name": one["name"], "kind": one["kind"], "type": one.get("type") or "",
                "description": one.get("description") or "", "model": orjson.dumps(one["model"]).decode(),
                "version": one.get("version") or 1, "folder_id": one.get("folderId") or 0, "folder_uid": one.get("folderUid") or "",
            }
            for one in found
        ]  # fmt: skip

    # Rights, as a database keeps them: a managed role for each holder, an action a row ----------------------------------

    @cached_property
    def _rights(self) -> list[tuple[str, str, tuple[str, ...]]]:
        boards = list(self.rows("dashboard"))
        found: list[tuple[str, str, tuple[str, ...]]] = []
        for row in self._each("permissions", boards, self._rights_of):
            found += row["rights"]
        return found

    def _rights_of(self, board: Row) -> Row:
        kind, levels = ("folders", roles.FOLDER) if board["is_folder"] else ("dashboards", roles.DASHBOARD)
        path = (
            f"/api/{'folders' if board['is_folder'] else 'dashboards/uid'}/{quote(board['uid'])}/permissions"
        )
        found = []
        for one in self._if_told("permissions", path) or []:
            whom = _holder(one)
            if whom and one.get("permission") in levels and not one.get("inherited"):
                found.append((f"{kind}:uid:{board['uid']}", whom, tuple(levels[one["permission"]])))
        return {"rights": found}

    @cached_property
    def _managed(self) -> dict[str, int]:
        names = dict.fromkeys(name for _, name, _ in self._rights)
        return {name: number for number, name in enumerate(names, 1)}

    def _read_role(self) -> list[Row]:
        return [
            {"id": number, "org_id": self._org_id, "name": name} for name, number in self._managed.items()
        ]

    def _read_permission(self) -> list[Row]:
        return [
            {"role_id": self._managed[name], "scope": scope, "action": action}
            for scope, name, actions in self._rights
            for action in actions
        ]

    # Beside dashboards --------------------------------------------------------------------------------------------------

    def _read_annotation(self) -> list[Row]:
        found: dict[int, Row] = {}
        until: dict[str, Any] = {}
        while True:
            asked = {"type": "annotation", "limit": NOTES_PAGE, **until}
            told = self._if_told("annotations", "/api/annotations", **asked) or []
            fresh = [one for one in told if one["id"] not in found]
            found |= {one["id"]: one for one in fresh}
            if len(told) < NOTES_PAGE or not fresh:
                break
            until = {"from": 1, "to": min(one["time"] for one in told)}
        return [self._note(one) for _, one in sorted(found.items())]

    def _note(self, told: Row) -> Row:
        return {
            "id": told["id"], "org_id": self._org_id, "dashboard_id": told.get("dashboardId") or 0, "panel_id": told.get("panelId") or 0,
            "user_id": self._logins.get(told.get("login") or "", 0), "text": told.get("text") or "", "tags": orjson.dumps(told.get("tags") or []).decode(),
            "data": orjson.dumps(told.get("data") or {}).decode(), "epoch": told["time"], "epoch_end": told.get("timeEnd") or told["time"],
            "created": told.get("created") or told["time"], "updated": told.get("updated") or told["time"],
        }  # fmt: skip

    @cached_property
    def _playlists(self) -> list[Row]:
        listed = self._if_told("playlists", "/api/playlists", limit=PAGE) or []
        details = (
            self._if_told("playlists", f"/api/playlists/{quote(str(one.get('uid') or one['id']))}")
            for one in listed
        )
        return [
            {**one, "id": number, "uid": str(one.get("uid") or one["id"])}
            for number, one in enumerate(details, 1)
            if one
        ]

    def _read_playlist(self) -> list[Row]:
        return [
            {
                "id": one["id"],
                "uid": one["uid"],
                "org_id": self._org_id,
                "name": one["name"],
                "interval": one["interval"],
            }
            for one in self._playlists
        ]

    def _read_playlist_item(self) -> list[Row]:
        return [
            {
                "playlist_id": one["id"],
                "type": item["type"],
                "value": item["value"],
                "title": item.get("title") or "",
                "order": item.get("order") or place,
            }
            for one in self._playlists
            for place, item in enumerate(one.get("items") or [], 1)
        ]

    def _read_dashboard_snapshot(self) -> list[Row]:
        listed = self._if_told("snapshots", "/api/dashboard/snapshots", limit=PAGE) or []
        return self._each("snapshots", [one for one in listed if one.get("key")], self._one_snapshot)

    def _one_snapshot(self, listed: Row) -> Row | None:
        path = f"/api/snapshots/{quote(listed['key'])}"
        status, data = self._ask(path)
        if status != 200:
            return None
        return {
            "id": listed["id"], "org_id": self._org_id, "user_id": listed.get("userId") or 0, "name": listed["name"],
            "key": listed["key"], "delete_key": listed.get("deleteKey") or new_token()[:32], "external": listed.get("external"),
            "external_url": listed.get("externalUrl"), "expires": listed.get("expires"), "created": listed.get("created"),
            "updated": listed.get("updated"), "dashboard": self._text_in(path, data, "dashboard"),
        }  # fmt: skip

    def _read_preferences(self) -> list[Row]:
        found = [self._preferred("/api/org/preferences", 0)]
        found += [
            self._preferred(f"/api/teams/{team['id']}/preferences", team["id"]) for team in self.rows("team")
        ]
        return [one for one in found if one is not None]

    def _preferred(self, path: str, team_id: int) -> Row | None:
        told = self._if_told("preferences", path)
        if not told:
            return None
        uid = told.get("homeDashboardUID") or told.get("homeDashboardUid") or ""
        named = next((row["id"] for row in self.rows("dashboard") if row["uid"] == uid), 0) if uid else 0
        return {
            "org_id": self._org_id,
            "user_id": 0,
            "team_id": team_id,
            "home_dashboard_id": named or told.get("homeDashboardId") or 0,
            "theme": told.get("theme"),
            "timezone": told.get("timezone"),
            "week_start": told.get("weekStart"),
        }

    def _read_alert_rule(self) -> list[Row]:
        told = self._if_told("alert rules", "/api/v1/provisioning/alert-rules") or []
        return [{**one, "org_id": self._org_id} for one in told if one.get("uid")]

    def _read_alert_configuration(self) -> list[Row]:
        told = self._if_told(
            "the Alertmanager configuration", "/api/alertmanager/grafana/config/api/v1/alerts"
        )
        return [{"id": 1, "org_id": self._org_id, **told}] if isinstance(told, dict) else []


def _now() -> Row:
    return {"created": clock.now(), "updated": clock.now()}


def _with_people(meta: Row) -> Row:
    """Return metadata whose people are named, as other answers have them."""
    people = {
        name: (meta.get(name) or {}).get("name")
        for name in ("createdBy", "updatedBy")
        if isinstance(meta.get(name), dict)
    }
    return {**meta, **people}


def _holder(item: Row) -> str:
    if item.get("userId"):
        return f"managed:users:{item['userId']}:permissions"
    if item.get("teamId"):
        return f"managed:teams:{item['teamId']}:permissions"
    return f"managed:builtins:{item['role'].lower()}:permissions" if item.get("role") else ""
