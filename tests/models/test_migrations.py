from pathlib import Path

import alembic.command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from core.settings import ROOT
from models import Base
from services.setup import alembic_config


def test_migrating_up_gives_the_schema_of_a_new_database(tmp_path: Path) -> None:
    new, old = (create_engine(f"sqlite:///{tmp_path / name}.db") for name in ("new", "old"))
    Base.metadata.create_all(new)
    config = alembic_config(ROOT / "migrations")
    config.attributes["engine"] = old
    alembic.command.upgrade(config, "head")
    with old.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        tables = set(inspect(connection).get_table_names()) - {"alembic_version"}
        indexes = {index["name"] for table in tables for index in inspect(connection).get_indexes(table)}
    with new.connect() as connection:
        assert tables == set(inspect(connection).get_table_names())
        assert indexes == {
            index["name"] for table in tables for index in inspect(connection).get_indexes(table)
        }
    new.dispose()
    old.dispose()


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
