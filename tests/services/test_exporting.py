"""Everything as files, and back: what a server holds is the same after the way out and in."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy import URL, select

from app import create_app
from core.crypto import Vault
from models import DataSource, db
from services import exporting
from tests.conftest import settings_for
from tests.servers import make_database
from tests.worked_out import drift

ODD = '{"title":"Odd / name","uid":"odd","n":[1e3,0.10],"text":"\\u00e9","panels":[]}'


def quiet(*_: object) -> None:
    pass


@pytest.fixture
def filled(client: Any) -> None:
    """Folders in folders, dashboards with versions and rights, a data source with a secret, annotations, a playlist."""
    admin = client.as_orgadmin()
    for uid, parent in (("outer", ""), ("inner", "outer")):
        admin.post("/api/folders", {"title": uid.capitalize(), "uid": uid, "parentUid": parent})
    odd = '{"folderUid": "inner", "dashboard": ' + ODD + "}"
    assert admin.post("/api/dashboards/db", data=odd, content_type="application/json").status_code == 200
    for version in (0, 1, 2):
        board = {"title": f"Board {version}", "uid": "board", "version": version, "tags": ["a"]}
        admin.post("/api/dashboards/db", {"dashboard": board})
    admin.post("/api/folders/outer/permissions", {"items": [{"role": "Editor", "permission": 2}]})
    source = {
        "name": "P",
        "type": "prometheus",
        "uid": "p",
        "secureJsonData": {"basicAuthPassword": "hunter2"},
    }
    assert admin.post("/api/datasources", source).status_code == 200
    admin.post("/api/annotations", {"text": "note", "dashboardUID": "board", "tags": ["t"], "time": 5})
    admin.post(
        "/api/playlists",
        {"name": "Wall", "interval": "5m", "items": [{"type": "dashboard_by_tag", "value": "a"}]},
    )


def written(app: Flask, folder: Path) -> dict[str, bytes]:
    with app.app_context():
        exporting.write(folder, quiet)
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def bring(app: Flask, folder: Path, key: str = "") -> dict[str, int]:
    with app.app_context():
        own = Vault(app.config["SECRET_KEY"])
        return exporting.read(folder, own, Vault(key) if key else own, quiet)


@pytest.fixture
def other(tmp_path: Path, database_server: URL | None) -> Iterator[Callable[..., Flask]]:
    """Make a server that holds nothing yet."""
    apps: list[Flask] = []

    def make(**more: str) -> Flask:
        folder = tmp_path / "other"
        folder.mkdir(exist_ok=True)
        url = make_database(database_server, "target") if database_server is not None else None
        apps.append(create_app(settings_for(folder, url, **more)))
        return apps[-1]

    yield make
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def test_everything_goes_out_and_in_and_is_the_same(
    app: Flask, client: Any, filled: None, other: Callable[..., Flask], tmp_path: Path
) -> None:
    del filled
    first = written(app, tmp_path / "first")
    there = other()
    assert bring(there, tmp_path / "first")["dashboard"] == 4
    assert written(there, tmp_path / "second") == first
    caller = there.test_client()
    for path in ("dashboards/uid/odd", "folders/inner", "dashboards/uid/board/versions", "playlists"):
        read = [one.get("/api/" + path, auth=("editor", "secret")).data for one in (caller, client.inner)]
        assert read[0] == read[1], path
    fresh = caller.post(
        "/api/dashboards/db", json={"dashboard": {"title": "After"}}, auth=("editor", "secret")
    )
    assert fresh.status_code == 200
    with there.app_context():
        sealed = db.session.scalars(select(DataSource.sealed)).one()
        assert Vault(there.config["SECRET_KEY"]).open(sealed) == {"basicAuthPassword": "hunter2"}
        assert drift() == []


def test_files_that_do_not_say_where_a_tag_is_are_read(
    app: Flask, client: Any, other: Callable[..., Flask], tmp_path: Path
) -> None:
    client.as_orgadmin().post("/api/folders", {"title": "F", "uid": "f"})
    board = {"dashboard": {"title": "Board", "tags": ["a"]}, "folderUid": "f"}
    assert client.as_orgadmin().post("/api/dashboards/db", board).status_code == 200
    folder = tmp_path / "out"
    written(app, folder)
    tags = folder / "tables" / "dashboard_tag.jsonl"
    kept = orjson.loads(tags.read_bytes())
    assert kept.pop("folder_id") > 0
    tags.write_bytes(orjson.dumps(kept))
    there = other()
    bring(there, folder)
    with there.app_context():
        assert drift() == []


def test_dashboards_are_files_as_they_are_stored(
    app: Flask, client: Any, filled: None, tmp_path: Path
) -> None:
    del filled
    files = written(app, tmp_path / "out")
    body = files["dashboards/1-Main Org/Outer/Inner/Odd _ name.odd.json"].decode()
    assert body.startswith(ODD[:-1])
    assert client.as_editor().get("/api/dashboards/uid/odd").text.endswith(f'"dashboard":{body}}}')
    assert "dashboards/1-Main Org/Board 2.board.json" in files
    assert not any(b"hunter2" in one for name, one in files.items() if "data_source" in name)
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0


def test_an_export_takes_the_place_of_an_earlier_one_and_of_nothing_else(
    app: Flask, client: Any, filled: None, tmp_path: Path
) -> None:
    del filled
    before = written(app, tmp_path / "out")
    client.as_editor().delete("/api/dashboards/uid/odd")
    after = written(app, tmp_path / "out")
    assert set(before) - set(after) == {"dashboards/1-Main Org/Outer/Inner/Odd _ name.odd.json"}
    (tmp_path / "out" / "belvedere.json").write_text('{"form": 1, "complete": false}')
    assert written(app, tmp_path / "out") == after  # one that was cut off is written again
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("x")
    with pytest.raises(exporting.Refused, match="holds something else"):
        written(app, tmp_path / "mine")
    assert (tmp_path / "mine" / "letter.txt").exists()


def test_secrets_are_sealed_again_with_the_key_of_the_new_server(
    app: Flask, filled: None, other: Callable[..., Flask], tmp_path: Path
) -> None:
    del filled
    written(app, tmp_path / "out")
    there = other(GF_SECURITY_SECRET_KEY="another key")
    with pytest.raises(exporting.Refused, match=r"name the security\.secret_key"):
        bring(there, tmp_path / "out")
    assert there.test_client().get("/api/search", auth=("admin", "admin")).get_json() == []
    bring(there, tmp_path / "out", "a key for tests")
    with there.app_context():
        sealed = db.session.scalars(select(DataSource.sealed)).one()
        assert Vault("another key").open(sealed) == {"basicAuthPassword": "hunter2"}


def test_a_server_with_something_in_it_is_left_alone(app: Flask, filled: None, tmp_path: Path) -> None:
    del filled
    before = written(app, tmp_path / "out")
    with pytest.raises(exporting.Refused, match="use an empty database"):
        bring(app, tmp_path / "out")
    assert written(app, tmp_path / "again") == before


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("belvedere.json", None),
        ("belvedere.json", "[]"),
        ("belvedere.json", '{"form": 2}'),
        ("belvedere.json", '{"form": 1, "complete": false}'),
        ("tables/team.jsonl", "{"),
        ("tables/team.jsonl", '{"nothing": 1}'),
        ("tables/dashboard.jsonl", '{"file": "../../secret_key"}'),
        ("tables/dashboard.jsonl", '{"file": "nowhere.json"}'),
    ],
)
def test_what_is_no_export_changes_nothing(
    app: Flask, other: Callable[..., Flask], tmp_path: Path, file: str, text: str | None
) -> None:
    written(app, tmp_path / "out")
    path = tmp_path / "out" / file
    path.unlink() if text is None else path.write_text(text)
    there = other()
    with pytest.raises(exporting.Refused):
        bring(there, tmp_path / "out")
    assert there.test_client().get("/api/org", auth=("admin", "admin")).get_json()["name"] == "Main Org."


def test_the_commands_say_what_they_did(
    app: Flask, filled: None, other: Callable[..., Flask], tmp_path: Path
) -> None:
    del filled
    out = str(tmp_path / "out")
    said = app.test_cli_runner().invoke(args=["export", out])
    assert (said.exit_code, "4 dashboards and folders" in said.output) == (0, True)
    there = other()
    for code, words in ((0, "4 dashboards and folders"), (1, "use an empty database")):
        said = there.test_cli_runner().invoke(args=["import", "files", out])
        assert (said.exit_code, words in said.output) == (code, True), said.output
    there.test_cli_runner().invoke(args=["export", str(tmp_path / "again")])
    rows = (tmp_path / "again/tables/playlist.jsonl").read_bytes()
    assert orjson.loads(rows)["name"] == "Wall"
