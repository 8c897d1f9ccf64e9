from collections.abc import Iterator
from pathlib import Path

import alembic.command
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import URL, Engine, MetaData, create_engine, inspect, select, text

from core import clock
from core.settings import ROOT
from models import Base, DashboardTag, TitleGram
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


def test_dashboards_of_before_are_found_by_their_titles_and_tags(engines: tuple[Engine, Engine]) -> None:
    engine, _ = engines
    config = alembic_config(MIGRATIONS)
    config.attributes["engine"] = engine
    alembic.command.upgrade(config, "0007")
    old = MetaData()
    old.reflect(engine, only=["org", "dashboard", "dashboard_tag"])
    now = clock.now()
    rows = [
        {"id": number, "org_id": 1, "uid": title, "slug": title, "title": title, "folder_id": folder, "is_folder": not folder,
         "version": 1, "panel_count": 0, "tags": "[]", "created": now, "updated": now, "created_by": 0, "updated_by": 0, "body": "{}"}
        for number, title, folder in ((5, "Ab", 0), (6, "Node", 5), (7, "", 5))
    ]  # fmt: skip
    org = {
        "id": 1,
        "name": "Main",
        "created": now,
        "updated": now,
        "keys_migrated": False,
        "keys_hidden": False,
    }
    org |= dict.fromkeys(("address1", "address2", "city", "zip_code", "state", "country"), "")
    with engine.begin() as connection:
        connection.execute(old.tables["org"].insert(), org)
        connection.execute(old.tables["dashboard"].insert(), rows)
        connection.execute(
            old.tables["dashboard_tag"].insert(), {"id": 1, "org_id": 1, "dashboard_id": 6, "term": "a"}
        )
    alembic.command.upgrade(config, "head")
    with engine.connect() as connection:
        assert connection.execute(select(TitleGram.gram, TitleGram.dashboard_id)).all() == [
            ("nod", 6),
            ("ode", 6),
        ]
        assert connection.execute(select(DashboardTag.folder_id)).scalar() == 5


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
