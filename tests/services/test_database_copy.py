"""Moving an instance: from where tests keep their data to another database, and back to a file."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, func, select, text

from app import create_app
from core.settings import ROOT, load
from models import Dashboard
from models.engine import Database, database, described
from services import database_copy
from services.database_copy import CopyRefused, Progress, copy
from tests.conftest import settings_for, shown
from tests.servers import make_database
from tests.worked_out import drift

MIGRATIONS = ROOT / "migrations"


class CutOff(Exception):
    pass


@pytest.fixture
def target(tmp_path: Path, database_server: URL | None) -> URL:
    """An empty database beside the one with the data."""
    if database_server is not None:
        return make_database(database_server, "target")
    return URL.create("sqlite", database=str(tmp_path / "target.db"))


@pytest.fixture
def source(app: Any, make_dashboard: Any, client: Any) -> Database:
    for n in range(7):
        make_dashboard(uid=f"b{n}", title=f"Board {n} ü", tags=["a", "b"], extra=1e3)
    body = {"name": "P", "type": "prometheus", "uid": "p", "secureJsonData": {"basicAuthPassword": "word"}}
    assert client.as_orgadmin().post("/api/datasources", body).status_code == 200
    return database(app.config["SETTINGS"])


def quiet(_progress: Progress) -> None:
    pass


def served(url: URL, folder: Path) -> Any:
    """Return a caller of a server that runs on a copied database."""
    if url.get_backend_name() == "sqlite":
        settings = load(
            environment={
                "GF_PATHS_DATA": str(folder),
                "GF_DATABASE_PATH": str(url.database),
                "GF_SECURITY_SECRET_KEY": "a key for tests",
            }
        )
    else:
        settings = settings_for(folder, url)
    return create_app(settings).test_client()


def test_everything_goes_over_and_the_copy_serves(
    app: Any, client: Any, source: Database, target: URL, tmp_path: Path
) -> None:
    seen: list[Progress] = []
    counts = copy(source, described(target, app.config["SETTINGS"]), MIGRATIONS, seen.append)
    assert counts["dashboard"] == 7
    assert counts["user"] == 5
    assert {one.table for one in seen} >= {"dashboard", "user", "star"}
    there = served(target, tmp_path)
    read = [
        caller.get("/api/dashboards/uid/b3", auth=("editor", "secret")).data
        for caller in (there, client.inner)
    ]
    assert read[0] == read[1]
    with there.application.app_context():
        assert drift() == []
    fresh = there.post(
        "/api/dashboards/db", json={"dashboard": {"title": "After"}}, auth=("editor", "secret")
    )
    assert (fresh.status_code, fresh.get_json()["id"]) == (200, 8)


def test_a_copy_that_was_cut_off_goes_on(
    app: Any, source: Database, target: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_copy, "BATCH", 2)
    to = described(target, app.config["SETTINGS"])

    def cut(progress: Progress) -> None:
        if progress.table == "dashboard" and progress.done >= 4:
            raise CutOff

    with pytest.raises(CutOff):
        copy(source, to, MIGRATIONS, cut)
    engine = create_engine(target)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Dashboard)) == 4
    seen: list[Progress] = []
    assert copy(source, to, MIGRATIONS, seen.append)["dashboard"] == 7
    assert next(one.done for one in seen if one.table == "dashboard") == 4
    engine.dispose()


def test_a_copy_that_differs_is_not_called_one(app: Any, source: Database, target: URL) -> None:
    to = described(target, app.config["SETTINGS"])
    copy(source, to, MIGRATIONS, quiet)
    engine = create_engine(target)
    with engine.begin() as connection:
        connection.execute(text("UPDATE dashboard SET title = 'Other' WHERE uid = 'b3'"))
    engine.dispose()
    with pytest.raises(CopyRefused, match="dashboard: 7 rows here, 7 there, or not the same ones"):
        copy(source, to, MIGRATIONS, quiet)


def test_back_to_a_file(app: Any, client: Any, source: Database, tmp_path: Path) -> None:
    path = URL.create("sqlite", database=str(tmp_path / "file" / "moved.db"))
    (tmp_path / "file").mkdir()
    copy(source, described(path, app.config["SETTINGS"]), MIGRATIONS, quiet)
    there = served(path, tmp_path / "file")
    read = [
        caller.get("/api/datasources/uid/p", auth=("orgadmin", "secret")).data
        for caller in (there, client.inner)
    ]
    assert read[0] == read[1]


def test_the_command_says_what_it_does(app: Any, source: Database, target: URL) -> None:
    runner = app.test_cli_runner(env=_environment(source))
    done = runner.invoke(args=["database", "copy", "--to", shown(target)])
    assert done.exit_code == 0, done.output
    assert "dashboard: 7 rows" in done.output
    assert "Copied and verified" in done.output
    refused = runner.invoke(args=["database", "copy", "--to", "oracle://x/y"])
    assert refused.exit_code == 1
    assert "must begin with" in refused.output


def _environment(source: Database) -> dict[str, str]:
    if source.url.get_backend_name() == "sqlite":
        return {"GF_DATABASE_PATH": str(source.url.database)}
    return {"GF_DATABASE_URL": shown(source.url.set(query={}))}
