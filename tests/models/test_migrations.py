from collections.abc import Iterator
from pathlib import Path

import alembic.command
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import URL, Engine, create_engine, inspect, text

from core.settings import ROOT
from models import Base
from services.setup import alembic_config, bring_up
from tests.servers import make_database

MIGRATIONS = ROOT / "migrations"


@pytest.fixture
def engines(tmp_path: Path, database_server: URL | None) -> Iterator[tuple[Engine, Engine]]:
    """Two empty databases on the server that tests run on."""
    names = ("made_new", "migrated")
    urls = [
        URL.create("sqlite", database=str(tmp_path / f"{name}.db"))
        if database_server is None
        else make_database(database_server, name)
        for name in names
    ]
    made = [create_engine(url) for url in urls]
    yield made[0], made[1]
    for engine in made:
        engine.dispose()


def described(engine: Engine) -> dict[str, object]:
    """Return tables with their columns, keys, constraints and indexes, as the server itself tells them."""
    found = inspect(engine)
    return {
        table: (
            [
                (one["name"], str(one["type"]), getattr(one["type"], "collation", None), one["nullable"])
                for one in found.get_columns(table)
            ],
            found.get_pk_constraint(table)["constrained_columns"],
            sorted((one["name"], one["column_names"]) for one in found.get_unique_constraints(table)),
            sorted(
                (one["name"] or "", one["column_names"], bool(one["unique"]))
                for one in found.get_indexes(table)
            ),
            sorted(
                (one["constrained_columns"], one["referred_table"], str(one["options"]))
                for one in found.get_foreign_keys(table)
            ),
        )
        for table in found.get_table_names()
    }


def test_migrating_up_gives_the_schema_of_a_new_database(engines: tuple[Engine, Engine]) -> None:
    new, old = engines
    bring_up(new, MIGRATIONS)
    config = alembic_config(MIGRATIONS)
    config.attributes["engine"] = old
    if old.dialect.name in {"mysql", "mariadb"}:
        with old.begin() as connection:
            connection.execute(text("ALTER DATABASE CHARACTER SET utf8mb4"))
    alembic.command.upgrade(config, "head")
    with old.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    assert described(old) == described(new)


def test_bringing_up_twice_changes_nothing_and_down_leaves_nothing(engines: tuple[Engine, Engine]) -> None:
    engine, _ = engines
    bring_up(engine, MIGRATIONS)
    before = described(engine)
    bring_up(engine, MIGRATIONS)
    assert described(engine) == before
    config = alembic_config(MIGRATIONS)
    config.attributes["engine"] = engine
    alembic.command.downgrade(config, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}


def test_sqlite_waits_for_its_lock_and_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    import models.session  # noqa: F401 - listens to engines

    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.connect() as connection:
        modes = [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    engine.dispose()
    assert modes == ["wal", 2, 1, 10_000]
