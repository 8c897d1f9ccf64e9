"""A Grafana's content, brought here: step by step, each in a transaction of its own, so that it goes on where it was cut off.

What is here already, told by its own name (a login, a uid, a key), stays as it is. Numbers stay the same while they are
free. Nothing is parsed that comes back as it was stored.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson
from sqlalchemy import insert, select

from core import clock, foreign, roles
from core.crypto import Vault, kept_key_digest
from dashboards import document
from models import (
    Annotation,
    ApiKey,
    Dashboard,
    DashboardTag,
    DashboardVersion,
    DataSource,
    KeptAside,
    LibraryElement,
    LibraryVersion,
    ObjectPermission,
    Org,
    OrgUser,
    Playlist,
    PlaylistItem,
    Preferences,
    ShortUrl,
    Snapshot,
    Star,
    Team,
    TeamMember,
    User,
    audit,
    db,
)  # fmt: skip
from models.base import Base, table
from models.counters import number_on
from models.session import transaction
from services import annotations, library_panels, nesting, title_index
from services.importing import rights
from services.importing.source import Rows, Show, moment, text

BATCH = 500
# What a row of rights names: one object, and one holder.
_NOTHING: dict[str, Any] = {
    "dashboard_id": None, "data_source_id": None, "account_id": None, "user_id": None, "team_id": None, "role": "",
}  # fmt: skip


@dataclass
class Report:
    """What was done: by kind what was made and what was there, and what differs from the other server."""

    made: Counter[str] = field(default_factory=Counter)
    there: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)


class Import:
    """One run. The numbers of the other server stand in maps, by table."""

    def __init__(self, source: Rows, secret_key: str, vault: Vault, show: Show) -> None:
        self.source, self.keys, self.vault, self.show = source, source.keys(secret_key), vault, show
        self.report = Report()
        self.orgs: dict[int, int] = {}
        self.users: dict[int, int] = {0: 0}
        self.teams: dict[int, int] = {}
        self.boards: dict[int, int] = {0: 0}
        self.own_boards: dict[int, int] = {}

    def run(self) -> Report:
        """Bring everything. The server may run meanwhile."""
        for name, rows, bring in (
            ("organizations", "org", self._org),
            ("users", "user", self._user),
            ("memberships", "org_user", self._member),
            ("teams", "team", self._team),
            ("team members", "team_member", self._team_member),
            ("data sources", "data_source", self._data_source),
            ("API keys", "api_key", self._key),
            ("dashboards and folders", "dashboard", self._board),
            ("versions", "dashboard_version", self._version),
            ("tags", "dashboard_tag", self._tag),
            ("library panels", "library_element", self._element),
            ("dashboards and folders", "dashboard", self._uses),
            ("annotations", "annotation", self._annotation),
            ("playlists", "playlist", self._playlist),
            ("snapshots", "dashboard_snapshot", self._snapshot),
            ("short links", "short_url", self._short_url),
            ("stars", "star", self._star),
            ("preferences", "preferences", self._preferences),
            ("alert rules", "alert_rule", self._alert_rule),
            ("alertmanager configurations", "alert_configuration", self._alert_configuration),
        ):
            self._step(name, self._sorted(rows), bring)
        self._step("permissions", rights.given(self.source), self._permission)
        self.report.remarks += self.source.remarks
        return self.report

    def _sorted(self, rows: str) -> list[dict[str, Any]]:
        found = list(self.source.rows(rows))
        if rows != "dashboard":
            return found
        # A folder comes before what is in it.
        return sorted(
            found, key=lambda row: self._depth(row["id"]) if row["is_folder"] else nesting.DEPTH_MAX
        )

    @cached_property
    def _folder_numbers(self) -> dict[tuple[int, str], int]:
        """The numbers of folders, by organisation and uid."""
        rows = self.source.rows("dashboard")
        return {(row["org_id"], row["uid"]): row["id"] for row in rows if row["is_folder"]}

    @cached_property
    def _around(self) -> dict[int, int]:
        """In which folder a folder is, as versions with folders in folders keep it."""
        pairs = (
            ((row["org_id"], row["uid"]), (row["org_id"], row.get("parent_uid")))
            for row in self.source.rows("folder")
        )
        numbers = self._folder_numbers
        return {
            numbers[inner]: numbers[outer] for inner, outer in pairs if inner in numbers and outer in numbers
        }

    def _depth(self, number: int) -> int:
        depth = 0
        while number in self._around and depth < nesting.DEPTH_MAX:
            number, depth = self._around[number], depth + 1
        return depth

    def _folder_of(self, row: dict[str, Any]) -> int:
        """Return the number here of the folder that a dashboard, folder or library panel is in; 0 for General."""
        named = self._folder_numbers.get((row["org_id"], row.get("folder_uid") or ""), 0)
        outer = self._around.get(row["id"], 0) if row.get("is_folder") else row.get("folder_id") or named
        return self.boards.get(outer, 0)

    def _step(self, name: str, rows: list[Any], bring: Callable[[str, Any], None]) -> None:
        for start in range(0, len(rows), BATCH):
            with audit.acting(audit.SILENT), transaction():
                for row in rows[start : start + BATCH]:
                    bring(name, row)
            self.show(name, min(start + BATCH, len(rows)), len(rows))
        with audit.acting(audit.Who(name="import")), transaction():
            number_on(db.session.connection())
            if self.report.made[name]:
                audit.note("imported", "org", 0, name, after={"rows": self.report.made[name]})

    def _put(
        self, name: str, model: type[Base], same: dict[str, Any], values: dict[str, Any], number: int = 0
    ) -> tuple[int, bool]:
        """Return the number of the row that is the same, or of one that is made; and whether it was made."""
        which = table(model)
        found = db.session.execute(
            select(which.c.id).where(*(which.c[key] == value for key, value in same.items()))
        ).scalar()
        if found is not None:
            self.report.there[name] += 1
            return int(found), False
        if number and db.session.execute(select(which.c.id).where(which.c.id == number)).scalar() is None:
            values = {"id": number, **values}
        made = db.session.execute(insert(which).values(**same, **values))
        self.report.made[name] += 1
        return int(made.inserted_primary_key[0]), True  # type: ignore[attr-defined]

    def _remark(self, words: str) -> None:
        if words not in self.report.remarks:
            self.report.remarks.append(words)

    # People ---------------------------------------------------------------------------------------------------------

    def _org(self, name: str, row: dict[str, Any]) -> None:
        there = ("address1", "address2", "city", "state", "zip_code", "country")
        values = {
            **{key: text(row.get(key)) for key in there},
            **_times(row),
            "keys_migrated": False,
            "keys_hidden": False,
        }
        self.orgs[row["id"]], _ = self._put(name, Org, {"name": row["name"]}, values, row["id"])

    def _user(self, name: str, row: dict[str, Any]) -> None:
        values = {
            "email": text(row["email"]) or text(row["login"]), "name": text(row.get("name")),
            "password": foreign.kept_password(text(row.get("password")), text(row.get("salt"))),
            "theme": text(row.get("theme")), "org_id": self.orgs.get(row["org_id"], 0), "is_admin": bool(row["is_admin"]),
            "is_disabled": bool(row.get("is_disabled")), "help_flags": row.get("help_flags1") or 0,
            "last_seen": moment(row.get("last_seen_at")), "is_service_account": bool(row.get("is_service_account")),
            "email_verified": bool(row.get("email_verified")), "auth_module": "", **_times(row),
        }  # fmt: skip
        login = text(row["login"])
        taken = db.session.execute(
            select(User.login).where(User.email == values["email"], User.login != login)
        ).scalar()
        if taken is not None:
            self._remark(f"The e-mail of {login} belongs to {taken} here; {login} has none")
            values["email"] = login
        number, made = self._put(name, User, {"login": login}, values, row["id"])
        self.users[row["id"]] = number
        kept = None if made else db.session.execute(select(User.password).where(User.id == number)).scalar()
        if not made and kept != values["password"]:
            self._remark(f"{login} was here already and keeps the password of this server")

    def _member(self, name: str, row: dict[str, Any]) -> None:
        org, user = self.orgs.get(row["org_id"]), self.users.get(row["user_id"])
        if org and user:
            self._put(name, OrgUser, {"org_id": org, "user_id": user}, {"role": row["role"], **_times(row)})

    def _team(self, name: str, row: dict[str, Any]) -> None:
        org = self.orgs.get(row["org_id"])
        if org:
            values = {"email": text(row.get("email")), **_times(row)}
            self.teams[row["id"]], _ = self._put(
                name, Team, {"org_id": org, "name": row["name"]}, values, row["id"]
            )

    def _team_member(self, name: str, row: dict[str, Any]) -> None:
        team, user = self.teams.get(row["team_id"]), self.users.get(row["user_id"])
        if team and user:
            values = {
                "org_id": self.orgs[row["org_id"]],
                "permission": row.get("permission") or 0,
                "is_external": bool(row.get("external")),
            }
            self._put(name, TeamMember, {"team_id": team, "user_id": user}, values)

    def _key(self, name: str, row: dict[str, Any]) -> None:
        org = self.orgs.get(row["org_id"])
        account = self.users.get(row.get("service_account_id") or 0) or None
        if not org or row.get("is_revoked"):
            return
        expires = row.get("expires")
        values = {
            "key_hash": kept_key_digest(text(row["key"])), "role": row["role"], "created": moment(row["created"]), "account_id": account,
            "expires": moment(expires) if expires else None, "last_used": None,
        }  # fmt: skip
        self._put(name, ApiKey, {"org_id": org, "name": row["name"]}, values, row["id"])

    # What dashboards show ---------------------------------------------------------------------------------------------

    def _data_source(self, name: str, row: dict[str, Any]) -> None:
        org = self.orgs.get(row["org_id"])
        if not org:
            return
        opened = self._secrets_of(row)
        values = {
            "name": row["name"], "type": row["type"], "access": row["access"], "url": text(row.get("url")), "user": text(row.get("user")),
            "database": text(row.get("database")), "basic_auth": bool(row.get("basic_auth")),
            "basic_auth_user": text(row.get("basic_auth_user")), "with_credentials": bool(row.get("with_credentials")),
            "is_default": bool(row["is_default"]), "read_only": bool(row.get("read_only")), "json_data": text(row.get("json_data")) or "{}",
            "sealed": self.vault.seal(opened) if opened else "", "secret_names": json.dumps(sorted(opened)),
            "version": row["version"], "restricted": False, **_times(row),
        }  # fmt: skip
        self._put(name, DataSource, {"org_id": org, "uid": row["uid"]}, values, row["id"])

    def _secrets_of(self, row: dict[str, Any]) -> dict[str, str]:
        """Return a data source's secrets in clear: from the table of secrets, or (older) beside the data source."""
        try:
            kept = self._secrets.get((row["org_id"], row["name"]))
            if kept is not None:
                found = json.loads(self.keys.open(kept))
                return {str(key): str(value) for key, value in (found or {}).items() if value}
            given = json.loads(text(row.get("secure_json_data")) or "{}") or {}
            return {str(key): self.keys.open(str(value)) for key, value in given.items()}
        except (foreign.Unreadable, ValueError) as fault:
            self._remark(f"The secrets of the data source {row['name']} cannot be read: {fault}")
            return {}

    @cached_property
    def _secrets(self) -> dict[tuple[int, str], str]:
        """What the table of secrets holds of data sources, still closed, by organisation and name."""
        kept = (row for row in self.source.rows("secrets") if row["type"] == "datasource")
        return {(row["org_id"], row["namespace"]): text(row["value"]) for row in kept}

    def _board(self, name: str, row: dict[str, Any]) -> None:
        org = self.orgs.get(row["org_id"])
        if not org:
            return
        body = text(row["data"])
        facts = document.facts(document.read(body.encode()))
        values = {
            "slug": text(row["slug"]), "title": row["title"], "folder_id": self._folder_of(row),
            "is_folder": bool(row["is_folder"]), "version": row["version"],
            "panel_count": document.count_panels(document.read(body.encode())), "tags": orjson.dumps(facts.tags).decode(),
            "created_by": self._person(row.get("created_by")), "updated_by": self._person(row.get("updated_by")), "body": "",
            "plugin_id": text(row.get("plugin_id"))[:40], **_times(row),
        }  # fmt: skip
        same_title = db.session.execute(
            select(Dashboard.uid).where(
                Dashboard.org_id == org, Dashboard.folder_id == values["folder_id"], Dashboard.title == row["title"],
                Dashboard.is_folder == values["is_folder"], Dashboard.uid != row["uid"],
            )
        ).scalar()  # fmt: skip
        if same_title is not None:
            self._remark(
                f"{row['title']} ({row['uid']}): the title is taken here by {same_title}; it was left out"
            )
            return
        number, made = self._put(name, Dashboard, {"org_id": org, "uid": row["uid"]}, values, row["id"])
        self.boards[row["id"]] = number
        if made:
            title_index.enter(org, number, row["title"])
            if values["is_folder"]:
                nesting.enter(org, number, values["folder_id"])
            stored = (
                document.text(document.read(body.encode()), id=number)
                if facts.id not in {0, number}
                else body
            )
            db.session.execute(table(Dashboard).update().where(Dashboard.id == number).values(body=stored))
        elif (
            db.session.execute(select(Dashboard.created).where(Dashboard.id == number)).scalar()
            != values["created"]
        ):
            self._remark(
                f"{row['title']} ({row['uid']}) was here already and stays as it is, with its versions and permissions"
            )
            return
        self.own_boards[row["id"]] = number  # made by this run, or by one that was cut off

    def _person(self, number: Any) -> int:
        return self.users.get(number if isinstance(number, int) and number > 0 else 0, 0)

    def _version(self, name: str, row: dict[str, Any]) -> None:
        if row["dashboard_id"] not in self.own_boards:
            return
        same = {"dashboard_id": self.boards[row["dashboard_id"]], "version": row["version"]}
        values = {
            "parent_version": row["parent_version"], "message": text(row.get("message"))[:500], "created": moment(row["created"]),
            "created_by": self._person(row.get("created_by")), "body": text(row["data"]),
        }  # fmt: skip
        self._put(name, DashboardVersion, same, values)

    def _tag(self, name: str, row: dict[str, Any]) -> None:
        if row["dashboard_id"] in self.own_boards:
            number = self.boards[row["dashboard_id"]]
            place = select(Dashboard.org_id, Dashboard.folder_id).where(Dashboard.id == number)
            same = {"dashboard_id": number, "term": text(row["term"])[:100]}
            self._put(name, DashboardTag, same, db.session.execute(place).one()._asdict())

    def _element(self, name: str, row: dict[str, Any]) -> None:
        org = self.orgs.get(row["org_id"])
        if not org:
            return
        values = {
            "folder_id": self._folder_of(row), "name": row["name"], "kind": row["kind"], "type": text(row["type"]),
            "description": text(row.get("description")), "model": text(row["model"]), "version": row["version"],
            "created_by": self._person(row.get("created_by")), "updated_by": self._person(row.get("updated_by")), **_times(row),
        }  # fmt: skip
        number, made = self._put(name, LibraryElement, {"org_id": org, "uid": row["uid"]}, values, row["id"])
        if made:
            version = {
                "created": values["updated"],
                "created_by": values["updated_by"],
                "model": values["model"],
            }
            self._put(
                "versions of library panels",
                LibraryVersion,
                {"element_id": number, "version": row["version"]},
                version,
            )

    def _uses(self, name: str, row: dict[str, Any]) -> None:
        """Note which library panels a dashboard shows, now that they are here."""
        del name
        if row["id"] in self.own_boards:
            who = self._person(row.get("created_by"))
            library_panels.connect(self.orgs[row["org_id"]], self.boards[row["id"]], text(row["data"]), who)

    def _annotation(self, name: str, row: dict[str, Any]) -> None:
        org, board = self.orgs.get(row["org_id"]), self.boards.get(row.get("dashboard_id") or 0)
        if not org or board is None:
            return
        first, last = row["epoch"], row.get("epoch_end") or row["epoch"]
        same = db.session.execute(
            select(Annotation.id).where(
                Annotation.org_id == org, Annotation.time == first, Annotation.time_end == last, Annotation.text == text(row["text"]),
                Annotation.created == row["created"], Annotation.dashboard_id == (board or None),
            )
        ).first()  # fmt: skip
        if same is not None:
            self.report.there[name] += 1
            return
        values = {
            "org_id": org, "dashboard_id": board or None, "panel_id": row.get("panel_id") or 0, "user_id": self._person(row.get("user_id")),
            "alert_id": row.get("alert_id") or 0, "new_state": text(row.get("new_state")), "prev_state": text(row.get("prev_state")),
            "text": text(row["text"]), "tags": text(row.get("tags")) or "[]", "data": text(row.get("data")) or "{}", "created": row["created"],
            "updated": row["updated"], **annotations.stretch(first, last),
        }  # fmt: skip
        annotations.bring_back([values])
        self.report.made[name] += 1

    # Beside dashboards ------------------------------------------------------------------------------------------------

    def _playlist(self, name: str, row: dict[str, Any]) -> None:
        org = self.orgs.get(row["org_id"])
        if not org:
            return
        values = {"org_id": org, "name": row["name"], "interval": row["interval"]}
        number, made = self._put(
            name, Playlist, {"uid": text(row.get("uid")) or str(row["id"])}, values, row["id"]
        )
        for item in self._playlist_items.get(row["id"], ()) if made else ():
            value = text(item["value"])
            if item["type"] == "dashboard_by_id" and value.isdecimal():
                value = str(self.boards.get(int(value), value))
            fresh = {
                "playlist_id": number,
                "type": item["type"],
                "value": value,
                "title": text(item["title"]),
                "place": item["order"],
            }
            db.session.execute(insert(table(PlaylistItem)).values(**fresh))

    @cached_property
    def _playlist_items(self) -> dict[int, list[dict[str, Any]]]:
        found: dict[int, list[dict[str, Any]]] = {}
        for item in self.source.rows("playlist_item"):
            found.setdefault(item["playlist_id"], []).append(item)
        return found

    def _snapshot(self, name: str, row: dict[str, Any]) -> None:
        org = self.orgs.get(row["org_id"])
        if not org:
            return
        try:
            sealed = row.get("dashboard_encrypted")
            body = self.keys.open(bytes(sealed)) if sealed else text(row["dashboard"])
        except foreign.Unreadable as fault:
            self._remark(f"The snapshot {row['name']} cannot be read: {fault}")
            return
        values = {
            "org_id": org, "user_id": self._person(row["user_id"]), "name": row["name"], "delete_key": row["delete_key"],
            "external": bool(row["external"]), "external_url": text(row.get("external_url")),
            "external_delete_url": text(row.get("external_delete_url")), "expires": moment(row["expires"]), "body": body, **_times(row),
        }  # fmt: skip
        self._put(name, Snapshot, {"key": row["key"]}, values, row["id"])

    def _short_url(self, name: str, row: dict[str, Any]) -> None:
        org = self.orgs.get(row["org_id"])
        if org:
            seen = row.get("last_seen_at")
            values = {
                "org_id": org, "path": text(row["path"]), "created_by": self._person(row.get("created_by")),
                "created": moment(row["created_at"]), "last_seen": moment(seen) if seen else None,
            }  # fmt: skip
            self._put(name, ShortUrl, {"uid": row["uid"]}, values, row["id"])

    def _star(self, name: str, row: dict[str, Any]) -> None:
        user, board = self._person(row["user_id"]), self.boards.get(row["dashboard_id"])
        if user and board:
            self._put(name, Star, {"user_id": user, "dashboard_id": board}, {})

    def _preferences(self, name: str, row: dict[str, Any]) -> None:
        org = self.orgs.get(row["org_id"])
        team = self.teams.get(row.get("team_id") or 0, 0)
        user = self._person(row.get("user_id"))
        if not org or (row.get("user_id") and not user) or (row.get("team_id") and not team):
            return
        values = {
            "home_dashboard_id": self.boards.get(row.get("home_dashboard_id") or 0, 0), "theme": text(row.get("theme")),
            "timezone": text(row.get("timezone")), "week_start": text(row.get("week_start")), "more": text(row.get("json_data")) or None,
        }  # fmt: skip
        self._put(name, Preferences, {"org_id": org, "user_id": user, "team_id": team}, values)

    def _alert_rule(self, name: str, row: dict[str, Any]) -> None:
        self._aside(name, "alert_rule", row["org_id"], row["uid"], row)

    def _alert_configuration(self, name: str, row: dict[str, Any]) -> None:
        self._aside(name, "alert_configuration", row["org_id"], str(row["id"]), row)

    def _aside(self, name: str, kind: str, org_id: int, key: str, row: dict[str, Any]) -> None:
        """Keep a row as it was stored, for what has no table of its own here yet."""
        org = self.orgs.get(org_id)
        if org:
            content = orjson.dumps(
                {column: text(value) if isinstance(value, bytes) else value for column, value in row.items()}
            )
            self._put(
                name, KeptAside, {"org_id": org, "kind": kind, "name": key}, {"content": content.decode()}
            )

    # Rights -----------------------------------------------------------------------------------------------------------

    @cached_property
    def _own_numbers(self) -> set[int]:
        return set(self.own_boards.values())

    def _permission(self, name: str, given: rights.Given) -> None:
        scope, role, actions = given
        kind, _, rest = scope.partition(":")
        attribute, _, key = rest.partition(":")
        org, holder = self.orgs.get(role["org_id"]), rights.holder(text(role["name"]), self.users, self.teams)
        if not org or holder is None:
            return
        if kind in {"folders", "dashboards"} and attribute == "uid" and key not in {"*", "general"}:
            levels, column = roles.FOLDER if kind == "folders" else roles.DASHBOARD, "dashboard_id"
            query = select(Dashboard.id).where(Dashboard.org_id == org, Dashboard.uid == key)
            found = db.session.execute(query).scalar()
            found = found if found in self._own_numbers else None
        elif kind == "serviceaccounts" and attribute == "id" and key.isdecimal():
            levels, found, column = roles.ACCOUNT, self.users.get(int(key)), "account_id"
        else:
            return
        level = rights.level(levels, actions)
        if found and level:
            same = {"org_id": org, column: found, **holder}
            rest_of = {column: value for column, value in _NOTHING.items() if column not in same}
            times = {"created": clock.now(), "updated": clock.now()}
            self._put(name, ObjectPermission, same, {**rest_of, "level": level, **times})


def _times(row: dict[str, Any]) -> dict[str, Any]:
    return {"created": moment(row["created"]), "updated": moment(row["updated"])}


def lines(report: Report) -> Iterable[str]:
    """Yield what a person is told at the end."""
    for name in sorted({*report.made, *report.there}):
        yield f"{name}: {report.made[name]} brought" + (
            f", {report.there[name]} were here" if report.there[name] else ""
        )
    yield from report.remarks
