"""A Grafana's database, read only: SQLite, PostgreSQL or MySQL, any version whose tables have the columns asked for."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from sqlalchemy import Engine, create_engine, inspect
from sqlalchemy.exc import SQLAlchemyError

from core import clock
from core.foreign import Keys
from models.engine import address

Show = Callable[[str, int, int], None]  # told of a kind of rows how many are done, of how many


class BadSource(Exception):
    """The database cannot be read, or is none of a Grafana."""


class Rows(Protocol):
    """Where an import reads: rows by table, shaped as the tables of a Grafana, and what opens their secrets.

    remarks: what could not be read.
    """

    remarks: list[str]

    def rows(self, table: str, order: str = "id") -> Iterator[dict[str, Any]]:
        """Yield a table's rows; none of a table that is not there."""

    def keys(self, secret_key: str) -> Keys:
        """Return what opens the secrets."""


class Source:
    """A database."""

    def __init__(self, where: str) -> None:
        self.remarks: list[str] = []
        if "://" not in where and not Path(where).is_file():
            raise BadSource(f"{where}: there is no such file")
        try:
            url = address(where) if "://" in where else f"sqlite:///{self._copied(Path(where))}"
            self._engine: Engine = create_engine(url)
            self._tables = set(inspect(self._engine).get_table_names())
        except (SQLAlchemyError, sqlite3.Error, ValueError) as fault:
            raise BadSource(f"{where}: {getattr(fault, 'orig', fault)}") from None
        if not {"dashboard", "org", "user", "migration_log"} <= self._tables:
            raise BadSource(f"{where}: this is no database of a Grafana")

    def _copied(self, path: Path) -> str:
        """Return a copy of a file as it stands at one moment, also while its server runs; the file is only read."""
        self._folder = TemporaryDirectory(prefix="belvedere-import-")
        copy = Path(self._folder.name) / "grafana.db"
        with (
            closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as given,
            closing(sqlite3.connect(copy)) as made,
        ):
            given.backup(made)
        return str(copy)

    def rows(self, table: str, order: str = "id") -> Iterator[dict[str, Any]]:
        """Yield a table's rows in order."""
        if table not in self._tables:
            return
        quote = self._engine.dialect.identifier_preparer.quote
        with self._engine.connect() as connection:
            query = f"SELECT * FROM {quote(table)} ORDER BY {quote(order)}"  # noqa: S608 - names of ours
            for row in connection.exec_driver_sql(query).mappings():
                yield dict(row)

    def keys(self, secret_key: str) -> Keys:
        """Return what opens the secrets."""
        found = {str(row["name"]): bytes(row["encrypted_data"]) for row in self.rows("data_keys", "name")}
        return Keys(secret_key, found)


def moment(value: Any) -> datetime:
    """Return a time as columns here hold it; now for what is none."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC).replace(tzinfo=None)
    try:
        found = datetime.fromisoformat(str(value).replace("Z", "+00:00")[:32])
    except ValueError:
        return clock.now()
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


def text(value: Any) -> str:
    """Return a text; blobs are UTF-8, nothing is empty."""
    if value is None:
        return ""
    return bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else str(value)
