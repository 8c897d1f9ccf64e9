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

pytestmark = pytest.mark.once


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


def test_teams_roles_and_permissions(grafana: GrafanaApi) -> None:
    person = grafana.admin.create_user(
        {"login": "ann", "email": "ann@example.test", "password": "secret", "OrgId": 1}
    )["id"]
    team = grafana.teams.add_team({"name": "Ops", "email": "ops@example.test"})["teamId"]
    assert grafana.teams.get_team_by_name("Ops")[0]["id"] == team
    grafana.teams.add_team_member(team, person)
    assert {one["login"] for one in grafana.teams.get_team_members(team)} == {"admin", "ann"}
    grafana.teams.add_team_external_group(team, "cn=ops,dc=example")
    assert [one["groupId"] for one in grafana.teams.get_team_external_group(team)] == ["cn=ops,dc=example"]
    grafana.teams.remove_team_external_group(team, "cn=ops,dc=example")
    assert grafana.teams.get_team_external_group(team) == []
    assert grafana.teams.get_preferences(team)["theme"] == ""

    hers = GrafanaApi.from_url(grafana.url, credential=("ann", "secret"))
    grafana.folder.create_folder("Vault", uid="vault")
    grafana.folder.update_folder_permissions("vault", {"items": []})
    with pytest.raises(GrafanaClientError, match="folders:read"):
        hers.folder.get_folder("vault")
    grafana.folder.update_folder_permissions("vault", {"items": [{"teamId": team, "permission": 2}]})
    assert hers.folder.get_folder("vault")["canSave"] is True
    grafana.folder.update_folder_permissions("vault", {"items": []})
    grafana.rbac.create_rbac_role(
        {
            "name": "vault",
            "uid": "vault",
            "permissions": [{"action": "folders:read", "scope": "folders:uid:vault"}],
        }
    )
    grafana.rbac.add_rbac_role_team(team, "vault")
    assert hers.folder.get_folder("vault")["canSave"] is False
    grafana.rbac.remove_rbac_role_team(team, "vault")
    with pytest.raises(GrafanaClientError):
        hers.folder.get_folder("vault")
    grafana.rbac.set_rbac_datasources_teams("testdata", team, "Edit")
    assert {one.get("team") for one in grafana.rbac.get_rbac_datasources("testdata")} >= {"Ops"}
    grafana.teams.remove_team_member(team, person)
    grafana.teams.delete_team(team)
    grafana.admin.set_user_enabled(person, False)
    with pytest.raises(GrafanaClientError):
        hers.user.get_actual_user()


def test_service_accounts_and_organisations(grafana: GrafanaApi) -> None:
    account = grafana.serviceaccount.create({"name": "robot", "role": "Editor"})["id"]
    assert grafana.serviceaccount.search_one("robot")["id"] == account
    token = grafana.serviceaccount.create_token(account, {"name": "ci"})
    from grafana_client import TokenAuth

    robot = GrafanaApi.from_url(grafana.url, credential=TokenAuth(token["key"]))
    robot.folder.create_folder("By robot", uid="robot")
    assert [one["name"] for one in grafana.serviceaccount.get_tokens(account)] == ["ci"]
    grafana.serviceaccount.delete_token(account, token["id"])
    with pytest.raises(GrafanaClientError):
        robot.folder.get_all_folders()
    grafana.serviceaccount.delete(account)

    org = grafana.organization.create_organization({"name": "Second"})["orgId"]
    person = grafana.admin.create_user({"login": "bob", "email": "bob@example.test", "password": "secret"})[
        "id"
    ]
    grafana.organizations.organization_user_add(org, {"loginOrEmail": "bob", "role": "Viewer"})
    grafana.organizations.organization_user_update(org, person, "Editor")
    assert {one["login"]: one["role"] for one in grafana.organizations.organization_user_list(org)} == {
        "admin": "Admin",
        "bob": "Editor",
    }
    grafana.organizations.switch_organization(org)
    assert grafana.organization.get_current_organization()["name"] == "Second"
    grafana.organizations.organization_user_delete(org, person)
    grafana.organizations.switch_organization(1)
    grafana.organizations.delete_organization(org)


BACKUP = (
    "/api/health", "/api/auth/keys", "/api/search/?type=dash-folder", "/api/search/?type=dash-db&limit=5000&page=1", "/api/datasources",
    "/api/folders/ops", "/api/folders/ops/permissions", "/api/dashboards/uid/disks", "/api/orgs", "/api/orgs/1",
    "/api/users?perpage=1000&page=1", "/api/users/1", "/api/users/1/orgs", "/api/teams/search?perpage=1000&page=1", "/api/teams/1/members",
    "/api/dashboard/snapshots", "/api/annotations?type=annotation&limit=5000&from=0&to=9999999999999",
)  # fmt: skip


def test_a_backup_tool_saves_and_restores(server: Served, tmp_path: Path) -> None:
    """What grafana-backup 1.4.2 asks, in its order, recorded from a run of its own; then its restore on a fresh server."""
    here = requests.Session()
    here.auth = ADMIN
    here.post(f"{server}/api/teams", json={"name": "Ops"})
    here.post(f"{server}/api/folders", json={"title": "Ops", "uid": "ops"})
    here.post(f"{server}/api/folders/ops/permissions", json={"items": [{"teamId": 1, "permission": 2}]})
    here.post(
        f"{server}/api/dashboards/db",
        json={"dashboard": {"title": "Disks", "uid": "disks"}, "folderUid": "ops"},
    )
    key = here.post(f"{server}/api/auth/keys", json={"name": "backup", "role": "Admin"}).json()["key"]
    kept = {}
    for path in BACKUP:
        by_admin = path.startswith(("/api/orgs", "/api/users"))
        sent: dict[str, Any] = (
            {"auth": ADMIN} if by_admin else {"headers": {"Authorization": f"Bearer {key}"}}
        )
        reply = requests.get(f"{server}{path}", timeout=10, **sent)
        assert reply.status_code == 200, path
        kept[path] = reply.json()
    (tmp_path / "restored").mkdir()
    with belvedere(tmp_path / "restored") as fresh:
        there = requests.Session()
        there.auth = ADMIN
        folder = kept["/api/folders/ops"]
        board = {
            "dashboard": {**kept["/api/dashboards/uid/disks"]["dashboard"], "id": None},
            "folderUid": "ops",
            "overwrite": True,
        }
        person = {
            "login": "ann",
            "email": "ann@example.test",
            "name": "Ann",
            "password": "00000000",
            "OrgId": 1,
        }
        for path, body in (
            ("/api/folders", {"title": folder["title"], "uid": folder["uid"]}),
            ("/api/dashboards/db", board),
            ("/api/orgs", {"name": "Second"}),
            ("/api/admin/users", person),
            ("/api/orgs/2/users", {"loginOrEmail": "ann", "role": "Editor"}),
            ("/api/teams", {"name": "Ops", "email": ""}),
            ("/api/teams/1/members", {"userId": 2}),
        ):
            assert there.post(f"{fresh}{path}", json=body).status_code == 200, path
        items = {
            "items": [
                {name: one[name] for name in ("userId", "teamId", "permission")}
                for one in kept["/api/folders/ops/permissions"]
            ]
        }
        assert there.post(f"{fresh}/api/folders/ops/permissions", json=items).status_code == 200
        hers = requests.get(f"{fresh}/api/dashboards/uid/disks", auth=("ann", "00000000"), timeout=10).json()
        assert (hers["dashboard"]["title"], hers["meta"]["canSave"]) == ("Disks", True)


def test_a_playbook_run_twice_changes_nothing_the_second_time(server: Served) -> None:
    """What configuration tools do with users, teams and organisations: look, make what is missing, bring up to date."""
    here = requests.Session()
    here.auth = ADMIN

    def ensure() -> list[str]:
        done = []
        if here.get(f"{server}/api/orgs/name/Second").status_code == 404:
            done.append("org")
            here.post(f"{server}/api/orgs", json={"name": "Second"})
        org = here.get(f"{server}/api/orgs/name/Second").json()["id"]
        if here.get(f"{server}/api/users/lookup", params={"loginOrEmail": "ann"}).status_code == 404:
            done.append("user")
            here.post(
                f"{server}/api/admin/users",
                json={"login": "ann", "email": "ann@example.test", "password": "secret"},
            )
        ann = here.get(f"{server}/api/users/lookup", params={"loginOrEmail": "ann"}).json()
        if "ann" not in {one["login"] for one in here.get(f"{server}/api/orgs/{org}/users").json()}:
            done.append("member")
            here.post(f"{server}/api/orgs/{org}/users", json={"loginOrEmail": "ann", "role": "Editor"})
        wanted = {"login": "ann", "email": "ann@example.test", "name": "Ann"}
        if ann["name"] != "Ann":
            done.append("name")
            here.put(f"{server}/api/users/{ann['id']}", json=wanted)
        there = {"X-Grafana-Org-Id": str(org)}
        teams = here.get(f"{server}/api/teams/search", params={"name": "Ops"}, headers=there).json()["teams"]
        if not teams:
            done.append("team")
            here.post(f"{server}/api/teams", json={"name": "Ops"}, headers=there)
            teams = here.get(f"{server}/api/teams/search", params={"name": "Ops"}, headers=there).json()[
                "teams"
            ]
        members = here.get(f"{server}/api/teams/{teams[0]['id']}/members", headers=there).json()
        if ann["id"] not in {one["userId"] for one in members}:
            done.append("team member")
            here.post(
                f"{server}/api/teams/{teams[0]['id']}/members", json={"userId": ann["id"]}, headers=there
            )
        return done

    assert ensure() == ["org", "user", "member", "name", "team", "team member"]
    assert ensure() == []


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
