"""Provisioning: data sources and dashboards are as their files say, and follow them while the server runs."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from core.crypto import Vault
from models import DataSource, db
from services import provisioning
from services.provisioning import boards
from services.provisioning.files import BadFile, filled

ADMIN, EDITOR, VIEWER = ("admin", "admin"), ("editor", "secret"), ("viewer", "secret")
Make = Callable[..., Flask]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of files; `boards` beside it holds dashboards."""
    for name in ("provisioning/datasources", "provisioning/dashboards", "boards"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path / "provisioning"


@pytest.fixture
def make(make_app: Any, folder: Path) -> Make:
    return lambda **more: make_app(GF_PATHS_PROVISIONING=str(folder), **more)


def sources(folder: Path, **content: Any) -> None:
    (folder / "datasources" / "all.yaml").write_text(yaml.safe_dump({"apiVersion": 1, **content}))


def provider(files: Path, **more: Any) -> None:
    options = {"path": str(files.parent / "boards"), **more.pop("options", {})}
    one = {"name": "files", "options": options, **more}
    (files / "dashboards" / "all.yaml").write_text(yaml.safe_dump({"apiVersion": 1, "providers": [one]}))


def board(folder: Path, name: str = "one.json", **members: Any) -> Path:
    path = folder.parent / "boards" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"title": "One", "uid": "one", "odd": 1.5, **members}))
    return path


def again(app: Flask, kind: str = "dashboards") -> None:
    reply = app.test_client().post(f"/api/admin/provisioning/{kind}/reload", auth=ADMIN)
    assert reply.status_code == 200


def shown(app: Flask, uid: str = "one", auth: tuple[str, str] = ADMIN) -> Any:
    return app.test_client().get(f"/api/dashboards/uid/{uid}", auth=auth).get_json()


PROM = {
    "name": "Prom",
    "type": "prometheus",
    "url": "http://localhost:9090",
    "jsonData": {"timeInterval": "5s"},
}


def test_data_sources_are_made_changed_and_deleted_as_files_say(
    make: Make, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "from the environment")
    secret = {"basicAuthPassword": "$TOKEN", "httpHeaderValue1": "a$$b"}
    sources(folder, datasources=[{**PROM, "secureJsonData": secret, "isDefault": True}])
    app = make()
    caller = app.test_client()
    found = caller.get("/api/datasources/name/Prom", auth=ADMIN).get_json()
    assert (found["readOnly"], found["isDefault"], found["jsonData"]) == (True, True, {"timeInterval": "5s"})
    with app.app_context():
        row = db.session.query(DataSource).one()
        opened = Vault(app.config["SECRET_KEY"]).open(row.sealed)
        assert opened == {"basicAuthPassword": "from the environment", "httpHeaderValue1": "a$b"}
    assert caller.delete(f"/api/datasources/uid/{found['uid']}", auth=ADMIN).status_code == 403
    again(app, "datasources")
    assert caller.get("/api/datasources/name/Prom", auth=ADMIN).get_json()["version"] == found["version"]
    sources(folder, datasources=[{**PROM, "url": "http://localhost:9091", "editable": True}])
    again(app, "datasources")
    changed = caller.get("/api/datasources/name/Prom", auth=ADMIN).get_json()
    assert (changed["uid"], changed["url"], changed["readOnly"]) == (
        found["uid"],
        "http://localhost:9091",
        False,
    )
    sources(folder, deleteDatasources=[{"name": "Prom", "orgId": 1}])
    again(app, "datasources")
    assert caller.get("/api/datasources", auth=ADMIN).get_json() == []


def test_a_data_source_without_a_uid_has_the_one_that_dashboards_elsewhere_know(
    make: Make, folder: Path
) -> None:
    sources(folder, datasources=[{"name": "gdev-testdata", "type": "testdata"}])
    (found,) = make().test_client().get("/api/datasources", auth=ADMIN).get_json()
    assert found["uid"] == "PD8C576611E62080A"


def test_what_is_wrong_with_one_entry_holds_up_no_other(
    make: Make, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sources(
        folder,
        datasources=[
            {"name": "No type"},
            {"name": "X", "type": "t", "orgId": 99},
            {"name": "Y", "type": "t", "isDefault": 7},
            PROM,
        ],
    )
    (folder / "datasources" / "broken.yaml").write_text("a: [")
    (folder / "datasources" / "list.yaml").write_text("- a")
    (found,) = make().test_client().get("/api/datasources", auth=ADMIN).get_json()
    assert found["name"] == "Prom"
    for words in ("'No type'", "organization 99", "isDefault", "broken.yaml", "list.yaml"):
        assert words in caplog.text


def test_a_dashboard_follows_its_file_and_goes_with_it(make: Make, folder: Path) -> None:
    provider(folder, folder="Shelf", folderUid="shelf")
    path = board(folder)
    app = make()
    first = shown(app)
    assert (
        first["meta"]["provisioned"],
        first["meta"]["provisionedExternalId"],
        first["meta"]["folderUid"],
    ) == (True, "one.json", "shelf")
    assert (first["dashboard"]["odd"], first["dashboard"]["version"]) == (1.5, 1)
    again(app)
    assert shown(app)["dashboard"]["version"] == 1
    board(folder, title="Two", version=77)
    again(app)
    assert (shown(app)["dashboard"]["title"], shown(app)["dashboard"]["version"]) == ("Two", 2)
    assert shown(app, auth=VIEWER)["dashboard"]["title"] == "Two"
    path.unlink()
    again(app)
    assert shown(app) == {"message": "Dashboard not found", "traceID": ""}


def test_it_is_changed_in_its_file_alone(make: Make, folder: Path) -> None:
    provider(folder, folder="Shelf", folderUid="shelf")
    board(folder)
    caller = make().test_client()
    body = {"dashboard": {"uid": "one", "title": "Mine"}, "overwrite": True, "folderUid": "shelf"}
    reply = caller.post("/api/dashboards/db", json=body, auth=EDITOR)
    assert (reply.status_code, reply.get_json()["message"]) == (400, "Cannot save provisioned dashboard")
    for path in ("/api/dashboards/uid/one", "/api/folders/shelf"):
        assert caller.delete(path, auth=ADMIN).status_code == 400
    assert caller.get("/api/dashboards/uid/one", auth=ADMIN).get_json()["dashboard"]["title"] == "One"


def test_where_it_may_be_changed_here_the_file_wins_when_it_changes(make: Make, folder: Path) -> None:
    provider(folder, allowUiUpdates=True, disableDeletion=True)
    path = board(folder)
    app = make()
    body = {"dashboard": {"uid": "one", "title": "Mine"}, "overwrite": True}
    assert app.test_client().post("/api/dashboards/db", json=body, auth=ADMIN).status_code == 200
    again(app)
    assert shown(app)["dashboard"]["title"] == "Mine"
    board(folder, title="From the file")
    again(app)
    assert shown(app)["dashboard"]["title"] == "From the file"
    path.unlink()
    again(app)
    assert (shown(app)["dashboard"]["title"], shown(app)["meta"]["provisioned"]) == ("From the file", False)


def test_folders_are_made_as_the_files_lie(make: Make, folder: Path) -> None:
    provider(folder, options={"foldersFromFilesStructure": True})
    board(folder)
    board(folder, "team/two.json", title="Two", uid="two")
    board(folder, "team/three.json", title="Three", uid="")
    board(folder, ".git/four.json", title="Four", uid="four")
    app = make()
    assert [shown(app, uid)["meta"]["folderTitle"] for uid in ("one", "two")] == ["General", "team"]
    titles = {one["title"] for one in app.test_client().get("/api/search", auth=ADMIN).get_json()}
    assert titles == {"One", "Two", "Three", "team"}


def test_folders_are_made_in_folders(make: Make, folder: Path) -> None:
    provider(folder, options={"foldersFromFilesStructure": True})
    board(folder, "team/api/one.json")
    board(folder, "ops/api/two.json", title="Two", uid="two")
    app = make()
    paths = {}
    for uid in ("one", "two"):
        inside = shown(app, uid)["meta"]["folderUid"]
        found = app.test_client().get(f"/api/folders/{inside}", auth=ADMIN).get_json()
        paths[uid] = [*(step["title"] for step in found["parents"]), found["title"]]
    assert paths == {"one": ["team", "api"], "two": ["ops", "api"]}


def test_a_folder_that_is_away_deletes_nothing(make: Make, folder: Path) -> None:
    provider(folder)
    path = board(folder)
    app = make()
    path.parent.rename(path.parent.with_name("away"))
    again(app)
    assert shown(app)["dashboard"]["title"] == "One"


def test_what_is_wrong_with_a_file_is_said_and_the_others_come(
    make: Make, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    provider(folder)
    board(folder, "a.json", title="", uid="a")
    board(folder, "b.json", title="B", uid="same")
    board(folder, "c.json", title="C", uid="same")
    board(folder, "d.json", title="D", uid="d e")
    (folder.parent / "boards" / "e.json").write_text("{")
    app = make()
    assert [one["title"] for one in app.test_client().get("/api/search", auth=ADMIN).get_json()] == ["B"]
    for name in ("a.json", "c.json: its uid same is that of b.json", "d.json", "e.json"):
        assert name in caplog.text


def test_changes_are_seen_without_being_told(
    make: Make, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider(folder, updateIntervalSeconds=3)
    board(folder)
    app = make()
    board(folder, title="Two")
    with app.app_context():
        provisioning.read_boards(app.config["SETTINGS"], due_only=True)
        assert shown(app)["dashboard"]["title"] == "One"  # it is not time yet
        monkeypatch.setattr(boards, "_due", {})
        provisioning.read_boards(app.config["SETTINGS"], due_only=True)
    assert shown(app)["dashboard"]["title"] == "Two"


def test_references_are_filled_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("in a file\n")
    monkeypatch.setenv("NAME", "x")
    given = {
        "a": "$NAME-${NAME}",
        "b": ["$__env{NAME}", f"$__file{{{tmp_path}/secret}}"],
        "c": 7,
        "d": "$$NAME",
    }
    assert filled(given) == {"a": "x-x", "b": ["x", "in a file"], "c": 7, "d": "$NAME"}
    with pytest.raises(BadFile):
        filled("$__file{/none/such}")
