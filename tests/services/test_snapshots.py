"""Snapshots: read by whoever has the key, deleted by who made them, gone when they expire, published elsewhere."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core import clock
from models import Snapshot, db
from models.session import transaction
from services import housekeeping
from tests.contract.test_recordings import served

BOARD = {"title": "Snapped", "panels": [{"id": 1, "type": "text"}], "odd": {"kept": 1.50}}


def make(caller: Any, **more: Any) -> dict[str, Any]:
    reply = caller.post("/api/snapshots", {"dashboard": BOARD, **more})
    assert reply.status_code == 200, reply.text
    return dict(reply.get_json())


def test_whoever_has_the_key_reads_it_and_unknown_members_stay(client: Any) -> None:
    made = make(client.as_viewer())
    read = client.get(f"/api/snapshots/{made['key']}").get_json()
    assert read["dashboard"] == {**BOARD, "snapshot": {"originalUrl": "/d/"}}
    assert client.get(f"/api/snapshots/{made['deleteKey']}").status_code == 404


def test_only_who_made_it_or_an_admin_deletes_it_by_its_key(client: Any) -> None:
    first, second = make(client.as_viewer()), make(client.as_viewer())
    assert client.as_editor().delete(f"/api/snapshots/{first['key']}").status_code == 403
    assert client.as_stranger().delete(f"/api/snapshots/{first['key']}").status_code == 404
    assert client.as_stranger().get(f"/api/snapshots-delete/{first['deleteKey']}").status_code == 404
    assert client.delete(f"/api/snapshots/{first['key']}").status_code == 401
    assert client.as_viewer().delete(f"/api/snapshots/{first['key']}").status_code == 200
    assert client.as_orgadmin().delete(f"/api/snapshots/{second['key']}").status_code == 200
    assert client.get(f"/api/snapshots/{second['key']}").status_code == 404


def test_who_may_change_the_dashboard_deletes_what_was_taken_of_it(client: Any, make_dashboard: Any) -> None:
    number = client.as_editor().post("/api/dashboards/db", {"dashboard": {"title": "B"}}).get_json()["id"]
    made = make(client.as_viewer(), dashboard={**BOARD, "id": number})
    assert client.as_editor().delete(f"/api/snapshots/{made['key']}").status_code == 200


def test_others_do_not_see_it_listed(client: Any) -> None:
    make(client.as_viewer(), name="Mine")
    for caller, seen in (
        (client.as_viewer(), 1),
        (client.as_editor(), 0),
        (client.as_orgadmin(), 1),
        (client.as_stranger(), 0),
    ):
        assert len(caller.get("/api/dashboard/snapshots").get_json()) == seen


def test_it_is_gone_when_it_expires(client: Any, app: Any) -> None:
    made = make(client.as_viewer(), expires=60)
    make(client.as_viewer())
    with app.app_context():
        with transaction():
            past = clock.now() - timedelta(seconds=1)
            db.session.query(Snapshot).filter(Snapshot.key == made["key"]).update({"expires": past})
        assert client.get(f"/api/snapshots/{made['key']}").status_code == 404
        housekeeping.clear(app.config["SETTINGS"])
        assert db.session.query(Snapshot).count() == 1


@pytest.mark.parametrize(
    "more",
    [
        {"key": "a/b"},
        {"key": "x" * 191},
        {"name": "x" * 256},
        {"expires": "1h"},
        {"dashboard": []},
        {"dashboard": None},
    ],
)
def test_what_is_no_snapshot_is_refused(client: Any, more: Any) -> None:
    assert client.as_viewer().post("/api/snapshots", {"dashboard": BOARD, **more}).status_code == 400
    assert client.as_orgadmin().get("/api/dashboard/snapshots").get_json() == []


def test_it_is_published_on_another_server_and_withdrawn_there(make_app: Any, tmp_path: Path) -> None:
    """The other server is a second one of ours, which lets anybody in."""
    folder = tmp_path / "other"
    folder.mkdir()
    anonymous = {"GF_AUTH_ANONYMOUS_ENABLED": "true", "GF_AUTH_ANONYMOUS_ORG_ROLE": "Editor"}
    with served(folder, None, **anonymous, GF_SERVER_ROOT_URL="http://elsewhere.test/") as base:
        caller = make_app(GF_SNAPSHOTS_EXTERNAL_SNAPSHOT_URL=base).test_client()
        auth = ("viewer", "secret")
        made = caller.post(
            "/api/snapshots", json={"dashboard": BOARD, "external": True}, auth=auth
        ).get_json()
        assert made["url"] == f"http://elsewhere.test/dashboard/snapshot/{made['key']}"
        (listed,) = caller.get("/api/dashboard/snapshots", auth=auth).get_json()
        assert (listed["external"], listed["externalUrl"]) == (True, made["url"])
        assert caller.delete(f"/api/snapshots/{made['key']}", auth=auth).status_code == 200
        assert caller.get("/api/dashboard/snapshots", auth=auth).get_json() == []


def test_where_nothing_may_leave_nothing_does(make_app: Any) -> None:
    caller = make_app(GF_SNAPSHOTS_EXTERNAL_ENABLED="false").test_client()
    reply = caller.post(
        "/api/snapshots", json={"dashboard": BOARD, "external": True}, auth=("viewer", "secret")
    )
    assert reply.status_code == 403
    assert reply.get_json() == {"message": "External dashboard creation is disabled"}
