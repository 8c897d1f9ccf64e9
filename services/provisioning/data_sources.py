"""Data sources from files: told by their names, changed where the file changed, deleted where it says so."""

import hashlib
from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, select, update

from core.access import Actor
from core.errors import DomainError
from models import DataSource, db
from models.session import transaction
from services import data_sources
from services.provisioning.files import BadFile, flag, mappings_of, number, word

Acting = Callable[[int], Actor]


def apply(content: dict[str, Any], acting: Acting) -> list[str]:
    """Do what a file says; return what could not be done. Each entry stands for itself."""
    wrong = []
    for entry, do in (
        *((one, _delete) for one in mappings_of(content, "deleteDatasources")),
        *((one, _keep) for one in mappings_of(content, "datasources")),
    ):
        try:
            with transaction():
                do(entry, acting(number(entry, "orgId", 0) or number(entry, "org_id", 0) or 1))
        except (BadFile, DomainError) as fault:
            wrong.append(f"data source {entry.get('name')!r}: {fault}")
    return wrong


def _found(actor: Actor, name: str) -> DataSource | None:
    query = select(DataSource).where(DataSource.org_id == actor.org_id, DataSource.name == name)
    return db.session.scalar(query.execution_options(populate_existing=True))


def _delete(entry: dict[str, Any], actor: Actor) -> None:
    row = _found(actor, word(entry, "name"))
    if row is not None:
        db.session.execute(delete(DataSource).where(DataSource.id == row.id))


def uid_of(name: str) -> str:
    """Return the uid of a data source whose file gives it none, as dashboards elsewhere know it."""
    return "P" + hashlib.sha256(name.encode()).hexdigest()[:16].upper()


def _keep(entry: dict[str, Any], actor: Actor) -> None:
    name, kind = word(entry, "name"), word(entry, "type")
    if not name or not kind:
        raise BadFile("it has no name or no type")
    json_data, secrets = entry.get("jsonData") or {}, entry.get("secureJsonData") or {}
    if not isinstance(json_data, dict) or not isinstance(secrets, dict):
        raise BadFile("jsonData and secureJsonData are names with values")
    wanted = data_sources.Wanted(
        name=name, type=kind, access=word(entry, "access", "proxy") or "proxy", uid=word(entry, "uid"), url=word(entry, "url"),
        user=word(entry, "user"), database=word(entry, "database"), basic_auth=flag(entry, "basicAuth"),
        basic_auth_user=word(entry, "basicAuthUser"), with_credentials=flag(entry, "withCredentials"),
        is_default=flag(entry, "isDefault"), json_data=json_data, secrets={key: str(value) for key, value in secrets.items()},
    )  # fmt: skip
    row = _found(actor, name)
    if row is None:
        wanted.uid = wanted.uid or uid_of(name)
        row = data_sources.create(actor, wanted)
    elif not data_sources.is_as(row, wanted):
        db.session.execute(update(DataSource).where(DataSource.id == row.id).values(read_only=False))
        db.session.refresh(row)
        wanted.version = row.version
        row = data_sources.change(actor, row, wanted)
    read_only = not flag(entry, "editable")
    db.session.execute(
        update(DataSource)
        .where(DataSource.id == row.id, DataSource.read_only != read_only)
        .values(read_only=read_only)
    )
