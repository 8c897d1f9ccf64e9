"""Who changed what, from where: one row for each row that was made, changed or removed.

The log is written below everything else, where statements pass on their way to the database, so that no use case can
forget it: what an UPDATE or DELETE is about to touch is read first, and what differs is kept with it in one transaction.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Delete, Engine, Insert, String, Table, Update, event, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from models.base import Base, Id, JsonText, db, exact, table

log = logging.getLogger("belvedere.audit")
KINDS = frozenset(
    {
        "access_role", "api_key", "correlation", "dashboard", "data_source", "invitation", "object_permission", "org", "org_user",
        "preferences", "quota", "role_assignment", "team", "team_group", "team_member", "user",
    }
)  # fmt: skip
_SECRET = frozenset({"code", "key_hash", "password", "sealed"})
_NOISE = frozenset(
    {"body", "created", "help_flags", "last_seen", "last_used", "slug", "updated", "updated_by"}
)
_NOISE_OF = {"user": {"org_id"}}  # which organisation somebody looks at
_NAMES = ("login", "title", "name", "email", "role_uid", "group_id", "target", "role", "label")
_MOST_ROWS = 200
STARS = "*****"


class AuditEntry(Base):
    """One change. before and after hold the members that differ, as JSON; secrets stand as stars.

    There are no foreign keys: what is told of stays when who did it, or what it was done to, is gone.
    """

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    org_id: Mapped[int] = mapped_column(Id, index=True)
    user_id: Mapped[int] = mapped_column(Id, default=0)
    who: Mapped[str] = mapped_column(String(190), default="")
    credential: Mapped[str] = mapped_column(String(20), default="")
    address: Mapped[str] = mapped_column(String(64), default="")
    request: Mapped[str] = mapped_column(String(64), default="")
    did: Mapped[str] = mapped_column(exact(20))
    kind: Mapped[str] = mapped_column(exact(40), index=True)
    object_id: Mapped[int] = mapped_column(Id, default=0)
    name: Mapped[str] = mapped_column(String(255), default="")
    before: Mapped[str] = mapped_column(JsonText, default="{}")
    after: Mapped[str] = mapped_column(JsonText, default="{}")


@dataclass(frozen=True)
class Who:
    """Who acts, and from where; the server itself where nobody asked."""

    user_id: int = 0
    name: str = "server"
    credential: str = ""
    org_id: int = 0
    address: str = ""
    request: str = ""


SILENT = Who(name="silent")  # rows that are moved, not changed
_who: ContextVar[Who] = ContextVar("audit_who", default=Who())  # noqa: B039 - it is frozen


@contextmanager
def acting(who: Who) -> Iterator[None]:
    """Note what happens within the block as somebody's doing."""
    mark = _who.set(who)
    try:
        yield
    finally:
        _who.reset(mark)


def note(
    did: str, kind: str, object_id: int, name: str, *, before: Any = None, after: Any = None, org_id: int = 0,
    connection: Connection | None = None,
) -> None:  # fmt: skip
    """Note what no row tells of itself: a sign-in, a dashboard deleted, what a role allows."""
    through = db.session.connection() if connection is None else connection
    _write(through, did, kind, object_id, name, before or {}, after or {}, org_id)


def _write(
    connection: Connection,
    did: str,
    kind: str,
    object_id: int,
    name: str,
    before: Any,
    after: Any,
    org_id: int,
) -> None:
    who = _who.get()
    connection.execute(
        insert(table(AuditEntry)).values(
            at=clock.now(),
            org_id=org_id or who.org_id,
            user_id=who.user_id,
            who=who.name[:190],
            credential=who.credential,
            address=who.address[:64],
            request=who.request[:64],
            did=did,
            kind=kind,
            object_id=object_id,
            name=name[:255],
            before=orjson.dumps(before, default=str).decode(),
            after=orjson.dumps(after, default=str).decode(),
        )
    )
    log.info("%s %s %s %r by %s from %s", did, kind, object_id, name, who.name, who.address or "-")


def _shown(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: (STARS if value else value) if name in _SECRET else value
        for name, value in values.items()
        if name not in _NOISE
    }


def _rows(
    connection: Connection, which: Table, where: Any, params: Mapping[str, Any]
) -> dict[int, dict[str, Any]]:
    columns = [column for column in which.c if column.name != "body"]
    query = select(*columns).limit(_MOST_ROWS)
    found = connection.execute(query if where is None else query.where(where), dict(params))
    return {row["id"]: dict(row) for row in found.mappings()}


def _audited(statement: Any, given: Mapping[str, Any]) -> Table | None:
    """Return the table of a change that the log is to tell of."""
    if not isinstance(statement, Update | Delete | Insert) or _who.get() is SILENT:
        return None
    which = statement.table
    if not isinstance(which, Table) or which.name not in KINDS:
        return None
    if isinstance(statement, Update) and _set_by(statement, which, given) <= _NOISE | _NOISE_OF.get(
        which.name, set()
    ):
        return None
    return which


def _set_by(statement: Update, which: Table, given: Mapping[str, Any]) -> set[str]:
    """Return the columns that an UPDATE sets: those it names, or (an object that is flushed) those it is given."""
    named = statement._values  # noqa: SLF001 - there is no public way to read them
    if named:
        return {column if isinstance(column, str) else column.name for column in named}
    return {name for name in given if name in which.c}


@event.listens_for(Engine, "before_execute")
def _before(connection: Connection, statement: Any, many: Sequence[Any], params: Any, _options: Any) -> None:
    given = params or (many[0] if len(many) == 1 else {})
    which = _audited(statement, given)
    if which is None or isinstance(statement, Insert) or which.name == "dashboard":
        return
    connection.info.setdefault("audit", {})[id(statement)] = _rows(
        connection, which, statement.whereclause, given
    )


@event.listens_for(Engine, "after_execute")
def _after(
    connection: Connection, statement: Any, many: Sequence[Any], params: Any, _options: Any, result: Any
) -> None:
    given = params or (many[0] if len(many) == 1 else {})
    which = _audited(statement, given)
    if which is None:
        return
    if isinstance(statement, Insert):
        _made(connection, which, statement, [dict(one) for one in many] or [dict(given)], result)
    elif which.name == "dashboard":
        _board_changed(connection, statement, given)
    else:
        _changed(
            connection,
            which,
            connection.info.get("audit", {}).pop(id(statement), {}),
            gone=isinstance(statement, Delete),
        )


def _made(
    connection: Connection, which: Table, statement: Insert, given: list[dict[str, Any]], result: Any
) -> None:
    inline = {
        column if isinstance(column, str) else column.name: getattr(value, "value", None)
        for column, value in (statement._values or {}).items()  # noqa: SLF001 - there is no public way to read them
    }
    rows = [
        _shown({name: value for name, value in {**inline, **one}.items() if name in which.c}) for one in given
    ]
    if statement.select is not None:
        return  # a migration's
    number = 0
    if len(rows) == 1 and result.context is not None and result.context.inserted_primary_key_rows:
        number = int(result.inserted_primary_key[0])
    after = rows[0] if len(rows) == 1 else {"rows": rows}
    _write(connection, "made", which.name, number, _name(rows[0]), {}, after, rows[0].get("org_id") or 0)


def _changed(connection: Connection, which: Table, before: dict[int, dict[str, Any]], *, gone: bool) -> None:
    if not before:
        return
    after = {} if gone else _rows(connection, which, which.c.id.in_(list(before)), {})
    for number, old in before.items():
        new = after.get(number, {})
        was, now = _shown(old), _shown(new)
        differing = {name for name in _shown(old) if gone or old[name] != new.get(name)}
        if differing:
            _write(
                connection, "removed" if gone else "changed", which.name, number, _name(old),
                {name: was[name] for name in differing}, {name: now[name] for name in differing if name in now},
                old.get("org_id") or (number if which.name == "org" else 0),
            )  # fmt: skip


def _board_changed(connection: Connection, statement: Any, given: Mapping[str, Any]) -> None:
    """A save tells its version alone, from what it was given: versions hold the rest, and saving is to stay fast.

    Who deletes one says so with `note`.
    """
    if not isinstance(statement, Update) or not given.get("its_id"):
        return
    if given.get("its_version") != given.get("version"):  # alike in the second half of making one
        now = {name: given[name] for name in ("title", "folder_id", "version") if name in given}
        before = {"version": given.get("its_version")}
        _write(
            connection, "changed", "dashboard", given["its_id"], str(given.get("title", "")), before, now, 0
        )


def _name(values: Mapping[str, Any]) -> str:
    return next((str(values[name]) for name in _NAMES if values.get(name)), "")
