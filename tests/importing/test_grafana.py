"""A real database of Grafana 9.3.2, brought here: everybody signs in, keys work, secrets open, dashboards are as they were."""

import gzip
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core.crypto import Vault
from models import DataSource, KeptAside, ObjectPermission, User, db
from services.importing import grafana
from services.importing.source import BadSource, Source
from tests.worked_out import drift

HERE = Path(__file__).parent
CONTENTS = json.loads((HERE / "contents.json").read_text())


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("grafana") / "grafana.db"
    path.write_bytes(gzip.decompress((HERE / "grafana-9.3.2.db.gz").read_bytes()))
    return path


def rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(database) as connection:
        return connection.execute(query).fetchall()


def as_text(data: str | bytes) -> str:
    return data.decode() if isinstance(data, bytes) else data


def bring(app: Flask, database: Path, key: str = CONTENTS["secret_key"]) -> grafana.Report:
    with app.app_context():
        vault = Vault(app.config["SECRET_KEY"])
        return grafana.Import(Source(str(database)), key, vault, lambda *_: None).run()


@pytest.fixture
def brought(app: Flask, database: Path) -> grafana.Report:
    return bring(app, database)


def auth(login: str) -> tuple[str, str]:
    return login, CONTENTS["passwords"][login]


def test_everybody_signs_in_with_the_old_password(app: Flask, brought: grafana.Report) -> None:
    for login, password in CONTENTS["passwords"].items():
        disabled = login == "eve"
        for sent, status in ((password, 401 if disabled else 200), (password + "x", 401)):
            reply = app.test_client().post("/login", json={"user": login, "password": sent})
            assert reply.status_code == status, login
    assert app.test_client().get("/api/user", auth=auth("ann")).get_json()["name"] == "Ann Example"
    with app.app_context():  # and is kept under this server's own hash from then on
        kept = dict(db.session.execute(select(User.login, User.password)).all())
    assert kept["ann"].startswith("$argon2id$")
    assert kept["eve"].startswith("pbkdf2$")  # who is disabled did not get in
    for password, status in ((auth("ann")[1], 200), ("wrong", 401)):
        assert app.test_client().get("/api/user", auth=("ann", password)).status_code == status


@pytest.mark.parametrize("name", ["api_key", "service_account_token"])
def test_keys_work_again_and_again(app: Flask, brought: grafana.Report, name: str) -> None:
    headers = {"Authorization": "Bearer " + CONTENTS[name]}
    for _ in range(2):
        reply = app.test_client().get("/api/search?limit=5000", headers=headers)
        assert reply.status_code == 200
    wrong = {"Authorization": "Bearer " + CONTENTS[name][:-1] + "0"}
    assert app.test_client().get("/api/search", headers=wrong).status_code == 401


def test_secrets_of_data_sources_open_and_are_sealed_anew(app: Flask, brought: grafana.Report) -> None:
    with app.app_context():
        vault = Vault(app.config["SECRET_KEY"])
        found = {one.uid: vault.open(one.sealed) for one in db.session.query(DataSource)}
    assert {uid: found[uid] for uid in CONTENTS["secrets"]} == CONTENTS["secrets"]


def test_dashboards_and_their_versions_are_exactly_as_they_were_stored(
    app: Flask, brought: grafana.Report, database: Path
) -> None:
    caller = app.test_client()
    stored = rows(database, "select uid, data, version from dashboard where org_id = 1 and is_folder = 0")
    assert len(stored) == CONTENTS["counts"]["dashboards_org1"]
    for uid, data, version in stored:
        reply = caller.get(f"/api/dashboards/uid/{uid}", auth=auth("admin"))
        assert reply.get_json()["meta"]["version"] == version
        assert reply.text.endswith(f',"dashboard":{as_text(data)}}}'), uid
    listed = caller.get("/api/dashboards/uid/versions/versions", auth=auth("admin")).get_json()
    assert len(listed) == CONTENTS["counts"]["versions_of_versions"]
    for data, version in rows(
        database,
        "select v.data, v.version from dashboard_version v join dashboard d on d.id = v.dashboard_id where d.uid = 'versions'",
    ):
        reply = caller.get(f"/api/dashboards/uid/versions/versions/{version}", auth=auth("admin"))
        assert reply.text.endswith(f',"data":{as_text(data)}}}')


def test_counts_agree(app: Flask, brought: grafana.Report, database: Path) -> None:
    caller, counts = app.test_client(), CONTENTS["counts"]
    admin = auth("admin")
    assert len(caller.get("/api/folders", auth=admin).get_json()) == counts["folders_org1"]
    assert len(caller.get("/api/annotations?limit=1000", auth=admin).get_json()) == counts["annotations"]
    assert caller.get("/api/teams/search", auth=admin).get_json()["totalCount"] == counts["teams"]
    assert len(caller.get("/api/datasources", auth=admin).get_json()) == counts["data_sources"]
    assert len(caller.get("/api/orgs", auth=admin).get_json()) >= counts["orgs"]
    tags = caller.get("/api/annotations/tags?limit=1000", auth=admin).get_json()["result"]["tags"]
    assert sum(one["count"] for one in tags) == rows(database, "select count(*) from annotation_tag")[0][0]
    with app.app_context():
        assert db.session.query(KeptAside).filter_by(kind="alert_rule").count() == counts["alert_rules"]
        assert db.session.query(User).filter_by(is_service_account=True).count() == 1
        assert drift() == []


def test_permissions_hold(app: Flask, brought: grafana.Report) -> None:
    """The folder `bill` is its maker's, editors' and a team's, whose viewers look; `ops` is everybody's."""
    caller = app.test_client()
    key = {"Authorization": "Bearer " + CONTENTS["api_key"]}  # a viewer's, in no team

    def may(folder: str, tail: str = "", **who: Any) -> int:
        return caller.get(f"/api/folders/{folder}{tail}", **who).status_code

    assert {may("ops", auth=auth(login)) for login in ("ann", "bob", "cho", "dee")} == {200}
    assert [may("bill", auth=auth(login)) for login in ("ann", "bob", "cho", "dee")] == [200] * 4
    assert (may("ops", headers=key), may("bill", headers=key)) == (200, 403)
    assert [may("bill", "/permissions", auth=auth(login)) for login in ("cho", "ann")] == [200, 403]
    assert may("sec", auth=auth("ann")) == 404


def test_the_rest_is_there(app: Flask, brought: grafana.Report) -> None:
    caller, admin = app.test_client(), auth("admin")
    (playlist,) = caller.get("/api/playlists", auth=admin).get_json()
    assert len(caller.get(f"/api/playlists/{playlist['uid']}/items", auth=admin).get_json()) == 2
    assert caller.get("/api/snapshots/snapkey1").get_json()["dashboard"]["title"]
    assert caller.get("/api/library-elements?searchString=CPU", auth=admin).get_json()["result"]["elements"][
        0
    ]["model"]["targets"]
    assert caller.get("/api/org/preferences", auth=admin).get_json()["theme"] == "light"
    assert caller.get("/api/user/preferences", auth=auth("ann")).get_json()["weekStart"] == "monday"
    assert caller.get("/goto/oG9xczgdk", auth=admin).location.endswith("d/versions/versioned?orgId=1")
    assert caller.get("/api/search?starred=true", auth=auth("ann")).get_json() != []


def test_doing_it_again_changes_nothing(app: Flask, brought: grafana.Report, database: Path) -> None:
    with app.app_context():
        before = {
            one: db.session.execute(db.select(db.func.count()).select_from(one)).scalar()
            for one in db.metadata.sorted_tables
        }
    again = bring(app, database)
    assert sum(again.made.values()) == 0
    with app.app_context():
        after = {
            one: db.session.execute(db.select(db.func.count()).select_from(one)).scalar()
            for one in db.metadata.sorted_tables
        }
    assert after == before


def test_a_run_that_was_cut_off_goes_on(app: Flask, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: Any, name: str, row: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(grafana.Import, "_version", fails)
    with pytest.raises(KeyboardInterrupt):
        bring(app, database)
    monkeypatch.undo()
    report = bring(app, database)
    assert report.made["versions"] == 60
    assert report.there["dashboards and folders"] == 57
    assert report.made["permissions"] == 98


def test_what_was_here_stays(app: Flask, database: Path) -> None:
    caller, admin = app.test_client(), ("admin", "admin")
    board = {"dashboard": {"uid": "versions", "title": "Mine"}}
    assert caller.post("/api/dashboards/db", json=board, auth=admin).status_code == 200
    report = bring(app, database)
    assert caller.get("/api/dashboards/uid/versions", auth=admin).get_json()["dashboard"]["title"] == "Mine"
    assert any("versions) was here already" in one for one in report.remarks)
    assert len(caller.get("/api/dashboards/uid/versions/versions", auth=admin).get_json()) == 1


def test_another_secret_key_is_said_and_the_rest_comes(app: Flask, database: Path) -> None:
    report = bring(app, database, "another key")
    assert any("The secrets of the data source Prom cannot be read" in one for one in report.remarks)
    assert report.made["dashboards and folders"] == 57
    with app.app_context():
        assert db.session.query(DataSource).filter_by(uid="prom1").one().sealed == ""
        assert db.session.query(ObjectPermission).count() > 0


def test_what_is_no_database_of_a_grafana_is_refused(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database at all, only words" * 100)
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("create table org (id)")
    for name in ("none.db", "text.db", "other.db"):
        with pytest.raises(BadSource):
            Source(str(tmp_path / name))
        result = app.test_cli_runner().invoke(args=["import", "grafana", "--db", str(tmp_path / name)])
        assert result.exit_code == 1


def test_the_command_tells_what_it_did(app: Flask, database: Path) -> None:
    told = app.test_cli_runner().invoke(
        args=["import", "grafana", "--db", str(database), "--secret-key", CONTENTS["secret_key"]]
    )
    assert told.exit_code == 0, told.output
    assert "dashboards and folders: 57 brought" in told.output
    assert CONTENTS["secrets"]["pg1"]["password"] not in told.output


def test_folders_in_folders_of_newer_versions_come_along(app: Flask, database: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer.db"
    newer.write_bytes(database.read_bytes())
    with sqlite3.connect(newer) as connection:
        (org, outer), (_, inner) = connection.execute(
            "SELECT org_id, uid FROM dashboard WHERE is_folder AND org_id = 1 ORDER BY id DESC LIMIT 2"
        ).fetchall()
        connection.execute(
            "CREATE TABLE folder (id INTEGER PRIMARY KEY, uid TEXT, org_id INTEGER, title TEXT, parent_uid TEXT)"
        )
        connection.execute("INSERT INTO folder VALUES (1, ?, ?, 'x', ?)", (inner, org, outer))
    bring(app, newer)
    shown = app.test_client().get(f"/api/folders/{inner}", auth=auth("admin")).get_json()
    assert shown["parentUid"] == outer
    counted = app.test_client().get(f"/api/folders/{outer}/counts", auth=auth("admin")).get_json()
    assert counted["folder"] == 1
