"""Moving an instance from one database to another: table by table, resumable, verified by counts and digests."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Table, create_engine, func, insert, inspect, select

from models import audit
from models.base import kept_tables
from models.counters import number_on
from models.engine import Database
from services import title_index
from services.setup import bring_up

BATCH = 500


class CopyRefused(Exception):
    """The copy cannot begin or did not come out equal; the text says why."""


@dataclass(frozen=True)
class Progress:
    """Where a copy is: rows of a table done, of how many."""

    table: str
    done: int
    total: int


Report = Callable[[Progress], None]


def copy(source: Database, target: Database, migrations: Path, report: Report) -> dict[str, int]:
    """Copy all rows and return how many each table has.

    Rows go over by ascending id in batches that are committed one by one, so that a copy that was cut off goes on where
    it stopped. The source must not be written to meanwhile: at the end counts and digests of both are compared.
    Raises CopyRefused.
    """
    here, there = _engine(source), _engine(target)
    try:
        if source.url == target.url:
            raise CopyRefused("Source and target are the same database")
        if not set(inspect(here).get_table_names()):
            raise CopyRefused("The source has no tables")
        bring_up(here, migrations)
        bring_up(there, migrations)
        with audit.acting(audit.SILENT):
            for table in kept_tables():
                _copy_table(here, there, table, report)
        with there.begin() as connection:
            number_on(connection)
            title_index.rebuild(connection)
        return _verified(here, there)
    finally:
        here.dispose()
        there.dispose()


def _engine(database: Database) -> Engine:
    return create_engine(database.url, **{**database.options, "pool_size": 2})


def _copy_table(here: Engine, there: Engine, table: Table, report: Report) -> None:
    with here.connect() as source, there.connect() as target:
        total = source.scalar(select(func.count()).select_from(table)) or 0
        done = target.scalar(select(func.count()).select_from(table)) or 0
        last = target.scalar(select(func.max(table.c.id))) or 0
        report(Progress(table.name, done, total))
        target.commit()
        for rows in _batches(source, table, last):
            target.execute(insert(table), rows)
            target.commit()
            done += len(rows)
            report(Progress(table.name, done, total))


def _batches(source: Connection, table: Table, after: int) -> Iterator[list[dict[str, Any]]]:
    while True:
        query = select(table).where(table.c.id > after).order_by(table.c.id).limit(BATCH)
        rows = [dict(row._mapping) for row in source.execute(query)]  # noqa: SLF001 - SQLAlchemy's own public name
        if not rows:
            return
        yield rows
        after = int(rows[-1]["id"])


def _verified(here: Engine, there: Engine) -> dict[str, int]:
    counts = {}
    for table in kept_tables():
        with here.connect() as source, there.connect() as target:
            mine, theirs = _digest(source, table), _digest(target, table)
        if mine != theirs:
            raise CopyRefused(
                f"{table.name}: {mine[0]} rows here, {theirs[0]} there, or not the same ones. "
                "Was the source written to? Empty the target and copy again"
            )
        counts[table.name] = mine[0]
    return counts


def _digest(connection: Connection, table: Table) -> tuple[int, str]:
    """Return how many rows a table has and a digest over all of their values."""
    count, digest = 0, hashlib.sha256()
    for rows in _batches(connection, table, 0):
        count += len(rows)
        for row in rows:
            digest.update(orjson.dumps({name: row[name] for name in sorted(row)}))
    return count, digest.hexdigest()
