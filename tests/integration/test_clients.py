"""Clients that people have, unchanged, against a server as it runs in production."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from grafana_client import GrafanaApi
from grafana_client.client import GrafanaClientError
from grafanalib._gen import DashboardEncoder
from grafanalib.core import (
    Dashboard,
    GaugePanel,
    GridPos,
    RowPanel,
    SqlTarget,
    Stat,
    Table,
    Target,
    Template,
    Templating,
    TimeSeries,
)
from sqlalchemy import URL

from tests.conftest import shown
from tests.servers import make_database
from tests.serving import ADMIN, Served, belvedere


@pytest.fixture
def server(tmp_path: Path, database_server: URL | None) -> Iterator[Served]:
    store = (
        {}
        if database_server is None
        else {"GF_DATABASE_URL": shown(make_database(database_server, "clients"))}
    )
    with belvedere(tmp_path, **store) as base:
        yield base


@pytest.fixture
def grafana(server: Served) -> GrafanaApi:
    return GrafanaApi.from_url(server, credential=ADMIN)


def test_health_and_version(grafana: GrafanaApi) -> None:
    assert grafana.health.check()["version"] == "9.3.2"
    grafana.connect()
    assert grafana.version == "9.3.2"


def test_users(grafana: GrafanaApi) -> None:
    made = grafana.admin.create_user(
        {"name": "Ann", "email": "ann@example.test", "login": "ann", "password": "secret", "OrgId": 1}
    )
    assert grafana.users.find_user("ann")["email"] == "ann@example.test"
    assert {one["login"] for one in grafana.users.search_users()} == {"admin", "ann"}
    grafana.users.update_user(made["id"], {"name": "Ann B.", "email": "ann@example.test", "login": "ann"})
    assert grafana.users.get_user(made["id"])["name"] == "Ann B."
    grafana.admin.change_user_password(made["id"], "another")
    hers = GrafanaApi.from_url(grafana.url, credential=("ann", "another"))
    assert hers.user.get_actual_user()["login"] == "ann"
    grafana.admin.change_user_permissions(made["id"], True)
    assert grafana.users.get_user(made["id"])["isGrafanaAdmin"] is True
    grafana.admin.delete_user(made["id"])
    with pytest.raises(GrafanaClientError):
        grafana.users.find_user("ann")


def test_folders(grafana: GrafanaApi) -> None:
    made = grafana.folder.create_folder("Operations", uid="ops")
    assert grafana.folder.get_folder("ops")["title"] == "Operations"
    assert grafana.folder.get_folder_by_id(made["id"])["uid"] == "ops"
    grafana.folder.update_folder("ops", "Ops", version=made["version"])
    assert [one["title"] for one in grafana.folder.get_all_folders()] == ["Ops"]
    grafana.folder.delete_folder("ops")
    assert grafana.folder.get_all_folders() == []


def test_dashboards_and_search(grafana: GrafanaApi) -> None:
    grafana.folder.create_folder("Operations", uid="ops")
    board = {"title": "Disks", "uid": "disks", "tags": ["ops"], "panels": [], "custom": {"kept": 1.10}}
    made = grafana.dashboard.update_dashboard({"dashboard": board, "folderUid": "ops", "overwrite": True})
    read = grafana.dashboard.get_dashboard("disks")
    assert read["dashboard"]["custom"] == {"kept": 1.10}
    assert read["meta"]["folderUid"] == "ops"
    assert [one["uid"] for one in grafana.search.search_dashboards(query="disk", tag="ops")] == ["disks"]
    assert grafana.dashboard.get_dashboards_tags() == [
        {"term": "ops", "count": 1},
        {"term": "sample", "count": 2},
    ]
    grafana.user.star_dashboard(made["id"])
    assert [one["uid"] for one in grafana.search.search_dashboards(starred="true")] == ["disks"]
    with pytest.raises(GrafanaClientError, match="changed by someone else"):
        grafana.dashboard.update_dashboard({"dashboard": {**board, "version": 0}, "overwrite": False})
    grafana.dashboard.delete_dashboard("disks")
    with pytest.raises(GrafanaClientError):
        grafana.dashboard.get_dashboard("disks")


def test_data_sources(grafana: GrafanaApi) -> None:
    body = {
        "name": "Metrics",
        "uid": "m1",
        "type": "prometheus",
        "url": "http://localhost:9",
        "access": "proxy",
    }
    made = grafana.datasource.create_datasource(body)["datasource"]
    assert grafana.datasource.get_datasource_by_uid("m1")["id"] == made["id"]
    assert grafana.datasource.get_datasource_by_name("Metrics")["uid"] == "m1"
    assert grafana.datasource.get_datasource_id_by_name("Metrics") == {"id": made["id"]}
    grafana.datasource.update_datasource(made["id"], {**body, "url": "http://localhost:10"})
    assert {one["name"] for one in grafana.datasource.list_datasources()} == {"Metrics", "TestData"}
    assert grafana.datasource.get_datasource_by_id(made["id"])["url"] == "http://localhost:10"
    grafana.datasource.delete_datasource_by_uid("m1")
    with pytest.raises(GrafanaClientError):
        grafana.datasource.get_datasource_by_uid("m1")


def test_a_dashboard_made_with_grafanalib_is_drawn(server: Served) -> None:
    made = Dashboard(
        title="Made by code",
        uid="by-code",
        tags=["code"],
        timezone="utc",
        templating=Templating(list=[Template(name="host", query="a,b", type="custom", default="a")]),
        panels=[
            RowPanel(title="Row", gridPos=GridPos(h=1, w=24, x=0, y=0)),
            TimeSeries(title="Load", dataSource="TestData", targets=[Target(expr="up", refId="A")], gridPos=GridPos(h=8, w=12, x=0, y=1)),
            GaugePanel(title="Used", dataSource="TestData", targets=[Target(refId="A")], gridPos=GridPos(h=8, w=6, x=12, y=1)),
            Stat(title="Now", dataSource="TestData", targets=[Target(refId="A")], gridPos=GridPos(h=8, w=6, x=18, y=1)),
            Table(title="Rows", dataSource="TestData", targets=[SqlTarget(refId="A")], gridPos=GridPos(h=8, w=12, x=0, y=9)),
        ],
    ).auto_panel_ids()  # fmt: skip
    body: dict[str, Any] = {"dashboard": made.to_json_data(), "overwrite": True, "message": "by grafanalib"}
    text = json.dumps(body, cls=DashboardEncoder)
    headers = {"Content-Type": "application/json"}
    reply = requests.post(server + "/api/dashboards/db", data=text, headers=headers, auth=ADMIN, timeout=20)
    assert (reply.status_code, reply.json()["uid"]) == (200, "by-code")
    sent = json.loads(text)["dashboard"]
    kept = requests.get(server + "/api/dashboards/uid/by-code", auth=ADMIN, timeout=20).json()["dashboard"]
    apart = {"id", "version"}
    assert {k: v for k, v in kept.items() if k not in apart} == {
        k: v for k, v in sent.items() if k not in apart
    }
    numbers = ",".join(str(panel["id"]) for panel in sent["panels"])
    stream = requests.get(f"{server}/d/by-code/panels?ids={numbers}", auth=ADMIN, timeout=20)
    states = {
        line["panelId"]: line["state"] for line in map(json.loads, stream.iter_lines()) if "panelId" in line
    }
    assert set(states.values()) == {"done"}
    assert len(states) == 4
