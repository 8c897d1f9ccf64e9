"""Data sources: configured, found, and handed to queries with their secrets in clear."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from core import clock, roles
from core.access import Actor, Loader, Role
from core.crypto import Undecryptable, Vault
from core.errors import BadRequest, Conflict, Forbidden, NotFound
from core.identifiers import is_uid, new_uid
from datasources import registry
from datasources.base import SourceConfig
from models import DataSource, db
from models.base import table
from models.session import fetch
from services import access, permissions, quotas, reach

_TABLE = table(DataSource)
_LISTED = select(_TABLE).where(_TABLE.c.org_id == bindparam("org_id")).order_by(_TABLE.c.name)
_READ = "datasources:read"
_vaults: dict[str, Vault] = {}


class SourceNotFound(NotFound):
    """No such data source in the caller's organisation."""

    message = "Data source not found"


class NameTaken(Conflict):
    """Another data source has this name."""

    message = "data source with the same name already exists"
    traced = True


class UidTaken(Conflict):
    """Another data source has this uid."""

    message = "data source with the same uid already exists"
    traced = True


class ReadOnly(Forbidden):
    """The data source comes from a file; it is changed there."""

    message = "Cannot update read-only data source"


class OldVersion(Conflict):
    """Someone changed the data source since the caller read it."""

    message = "Datasource has already been updated by someone else. Please reload and try again"


def use_vault(vault: Vault) -> None:
    """Set what seals and opens secrets (once, at start)."""
    _vaults["main"] = vault


def _find(actor: Actor, which: Any) -> DataSource:
    row = db.session.scalar(select(DataSource).where(DataSource.org_id == actor.org_id, which))
    if row is None:
        raise SourceNotFound
    return row


def find_by_id(actor: Actor, source_id: int) -> DataSource:
    """Return a data source by its number. Raises SourceNotFound."""
    return _find(actor, DataSource.id == source_id)


def find_by_uid(actor: Actor, uid: str) -> DataSource:
    """Return a data source by its uid. Raises SourceNotFound."""
    return _find(actor, DataSource.uid == uid)


def find_by_name(actor: Actor, name: str) -> DataSource:
    """Return a data source by its name. Raises SourceNotFound."""
    return _find(actor, DataSource.name == name)


def scopes(row: DataSource) -> tuple[str, ...]:
    """Return the scopes under which rights on a data source are held; an open one stands under one more."""
    named = f"datasources:uid:{row.uid}", f"datasources:id:{row.id}", f"datasources:name:{row.name}"
    return named if row.restricted else (*named, f"datasources:open:uid:{row.uid}")


by_id = Loader("source", ("source_id",), find_by_id, scopes, access.on_source)
by_uid = Loader("source", ("uid",), find_by_uid, scopes, access.on_source)
by_name = Loader("source", ("name",), find_by_name, scopes, access.on_source)


def listed(actor: Actor, action: str = _READ) -> list[Any]:
    """Return the data sources on which the caller may do something, by name, as rows."""
    return list(fetch(_LISTED.where(reach.sources_where(actor, action)), **reach.params(actor)))


def may(actor: Actor, action: str, row: Any) -> bool:
    """Say whether the caller may do something with a data source (where a route loads it by itself)."""
    held = scopes(row)
    return actor.may(action, *held) or access.on_source(actor, row).may(action, *held)


def in_list(row: Any) -> dict[str, Any]:
    """Return a data source as the list shows it."""
    return {
        "id": row.id,
        "uid": row.uid,
        "orgId": row.org_id,
        "name": row.name,
        "type": row.type,
        "typeName": registry.title(row.type),
        "typeLogoUrl": registry.logo(row.type),
        "access": row.access,
        "url": row.url,
        "user": row.user,
        "database": row.database,
        "basicAuth": row.basic_auth,
        "isDefault": row.is_default,
        "jsonData": orjson.Fragment(row.json_data),
        "readOnly": row.read_only,
    }


def shown(row: DataSource) -> dict[str, Any]:
    """Return a data source as its own address shows it; of secrets, which there are."""
    return {
        "id": row.id,
        "uid": row.uid,
        "orgId": row.org_id,
        "name": row.name,
        "type": row.type,
        "typeLogoUrl": "",
        "access": row.access,
        "url": row.url,
        "user": row.user,
        "database": row.database,
        "basicAuth": row.basic_auth,
        "basicAuthUser": row.basic_auth_user,
        "withCredentials": row.with_credentials,
        "isDefault": row.is_default,
        "jsonData": orjson.Fragment(row.json_data),
        "secureJsonFields": dict.fromkeys(orjson.loads(row.secret_names), True),
        "version": row.version,
        "readOnly": row.read_only,
    }


@dataclass
class Wanted:
    """What a data source is to be; secrets only add to or replace what is kept."""

    name: str
    type: str
    access: str = "proxy"
    uid: str = ""
    url: str = ""
    user: str = ""
    database: str = ""
    basic_auth: bool = False
    basic_auth_user: str = ""
    with_credentials: bool = False
    is_default: bool = False
    json_data: Mapping[str, Any] | None = None
    secrets: Mapping[str, str] | None = None
    version: int = 0


def _check(wanted: Wanted, *, fresh: bool) -> None:
    if len(wanted.name) > 190:
        raise BadRequest("The name cannot be longer than 190 characters", field="name", traced=False)
    if wanted.uid and not is_uid(wanted.uid):
        raise BadRequest("The uid may hold 40 letters, digits, - and _", field="uid", traced=False)
    if not wanted.url and (fresh or not registry.needs_url(wanted.type)):
        return
    parts = urlsplit(
        wanted.url
        if "://" in wanted.url or wanted.type not in {"mssql", "mysql", "postgres"}
        else "tcp://" + wanted.url
    )
    if not wanted.url or parts.scheme == "" or (parts.scheme in {"http", "https"} and not parts.netloc):
        raise BadRequest("Validation error, invalid URL", field="url")


def create(actor: Actor, wanted: Wanted) -> DataSource:
    """Add a data source. Raises BadRequest, NameTaken, UidTaken."""
    quotas.require("data_source", org_id=actor.org_id)
    _check(wanted, fresh=True)
    _check_free(actor, wanted, 0)
    secrets = dict(wanted.secrets or {})
    now = clock.now()
    row = {
        "org_id": actor.org_id,
        "uid": wanted.uid or new_uid(),
        "created": now,
        "updated": now,
        "version": 1,
        "basic_auth_user": wanted.basic_auth_user,
        "database": wanted.database,
        **_values(wanted),
        **_sealed(secrets),
    }
    try:
        number = int(db.session.execute(insert(DataSource).values(**row)).inserted_primary_key[0])  # type: ignore[attr-defined]
    except IntegrityError:
        raise NameTaken from None
    _only_default(actor, number, wanted)
    return find_by_id(actor, number)


def _check_free(actor: Actor, wanted: Wanted, but: int) -> None:
    mine = select(DataSource.id).where(DataSource.org_id == actor.org_id, DataSource.id != but)
    if db.session.scalar(mine.where(DataSource.name == wanted.name)):
        raise NameTaken
    if wanted.uid and db.session.scalar(mine.where(DataSource.uid == wanted.uid)):
        raise UidTaken


def _values(wanted: Wanted) -> dict[str, Any]:
    return {
        "name": wanted.name,
        "type": wanted.type,
        "access": wanted.access,
        "url": wanted.url,
        "user": wanted.user,
        "basic_auth": wanted.basic_auth,
        "with_credentials": wanted.with_credentials,
        "is_default": wanted.is_default,
        "json_data": orjson.dumps(wanted.json_data or {}).decode(),
    }


def _sealed(secrets: dict[str, str]) -> dict[str, str]:
    return {
        "sealed": _vaults["main"].seal(secrets) if secrets else "",
        "secret_names": orjson.dumps(sorted(secrets)).decode(),
    }


def seal_anew() -> int:
    """Seal the secrets of every organisation's data sources anew, and return how many were; what does not open stays."""
    done = 0
    for row in db.session.execute(select(DataSource.id, DataSource.name, DataSource.sealed)).all():
        held, fault = _opened(row)
        if held and not fault:
            fresh = update(DataSource).where(DataSource.id == row.id, DataSource.sealed == row.sealed)
            done += db.session.execute(fresh.values(sealed=_vaults["main"].seal(held))).rowcount  # type: ignore[attr-defined]
    return done


def _opened(row: Any) -> tuple[dict[str, str], str]:
    """Return a data source's secrets in clear, or none and why they do not open."""
    try:
        return _vaults["main"].open(row.sealed), ""
    except Undecryptable as wrong:
        return {}, f"{row.name}: {wrong}; enter its secrets again"


def _only_default(actor: Actor, number: int, wanted: Wanted) -> None:
    if wanted.is_default:
        others = DataSource.org_id == actor.org_id, DataSource.id != number, DataSource.is_default
        db.session.execute(update(DataSource).where(*others).values(is_default=False))


def change(actor: Actor, row: DataSource, wanted: Wanted) -> DataSource:
    """Change a data source; user name and data base stay when none is sent (as recorded).

    Raises ReadOnly, BadRequest, NameTaken, UidTaken, OldVersion.
    """
    if row.read_only:
        raise ReadOnly
    _check(wanted, fresh=False)
    _check_free(actor, wanted, row.id)
    secrets = _opened(row)[0] | dict(wanted.secrets or {})
    values = _values(wanted) | _sealed(secrets)
    values["basic_auth_user"] = wanted.basic_auth_user or row.basic_auth_user
    values["database"] = wanted.database or row.database
    values["uid"] = wanted.uid or row.uid
    same = DataSource.id == row.id
    if wanted.version:
        same &= DataSource.version <= wanted.version
    changed = db.session.execute(
        update(DataSource).where(same).values(**values, version=wanted.version + 1, updated=clock.now())
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise OldVersion
    _only_default(actor, row.id, wanted)
    db.session.refresh(row)
    return row


def is_as(row: DataSource, wanted: Wanted) -> bool:
    """Say whether a data source is as it is wanted, its secrets too."""
    same = _values(wanted) | {
        "basic_auth_user": wanted.basic_auth_user,
        "database": wanted.database,
        "uid": wanted.uid or row.uid,
    }
    return all(getattr(row, name) == value for name, value in same.items()) and _opened(row)[0] == dict(
        wanted.secrets or {}
    )


def remove(row: DataSource) -> None:
    """Delete a data source. Raises ReadOnly."""
    if row.read_only:
        raise ReadOnly("Cannot delete read-only data source")
    db.session.execute(delete(DataSource).where(DataSource.id == row.id))


def restrict(row: DataSource, *, restricted: bool) -> None:
    """Have only those query a data source who were named for it, or everybody of the organisation again."""
    db.session.execute(update(DataSource).where(DataSource.id == row.id).values(restricted=restricted))
    if not restricted:
        permissions.replace(row.org_id, permissions.SOURCES, row.id, {})


_EVERYBODY = (Role.VIEWER, Role.EDITOR)


def give(actor: Actor, row: DataSource, grantee: permissions.Grantee, level: str) -> None:
    """Give a level on a data source, or ("") take it away. Raises NotSet.

    Taking a basic role's leave to query an open source restricts it: the other basic role keeps what it had.
    """
    if not row.restricted and not level and grantee.role in _EVERYBODY:
        restrict(row, restricted=True)
        for role in _EVERYBODY:
            if role != grantee.role:
                permissions.set_level(
                    actor.org_id, permissions.SOURCES, row.id, permissions.Grantee(role=role), "Query"
                )
    permissions.set_level(actor.org_id, permissions.SOURCES, row.id, grantee, level)


def rules(actor: Actor, row: DataSource) -> list[dict[str, Any]]:
    """Return who holds which level; an open source lists the basic roles, which may query it."""
    found = permissions.as_rules(permissions.SOURCES, actor.org_id, row.id)
    if not row.restricted:
        named = {one.get("builtInRole") for one in found}
        found += [
            permissions.basic_rule(permissions.SOURCES, role, roles.VIEW)
            for role in _EVERYBODY
            if role not in named
        ]
    return found


def config(row: Any, timeout_s: float = 30.0) -> SourceConfig:
    """Return a data source as queries use it, its secrets opened; secrets that do not open are its fault, not the page's."""
    secrets, fault = _opened(row)
    return SourceConfig(
        id=row.id,
        uid=row.uid,
        name=row.name,
        type=row.type,
        url=row.url,
        user=row.user,
        database=row.database,
        basic_auth=row.basic_auth,
        basic_auth_user=row.basic_auth_user,
        json_data=orjson.loads(row.json_data),
        secrets=secrets,
        fault=fault,
        timeout_s=timeout_s,
        is_default=row.is_default,
    )


def require_query(actor: Actor, row: DataSource) -> None:
    """Refuse who may not query a data source. Raises Forbidden."""
    if not may(actor, "datasources:query", row):
        raise Forbidden("Access denied to data source")


def require_read(actor: Actor, row: DataSource) -> None:
    """Refuse who may not look at a data source. Raises Forbidden."""
    if not may(actor, "datasources:read", row):
        raise Forbidden("Access denied to data source")


def require_write(actor: Actor, row: DataSource) -> None:
    """Refuse who may not change a data source. Raises Forbidden."""
    if not may(actor, "datasources:write", row):
        raise Forbidden("You may not change this data source")
