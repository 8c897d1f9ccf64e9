"""Short links: made by whoever is in, followed inside the organisation, never to another server."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core import clock
from models import ShortUrl, db
from models.session import transaction
from services import housekeeping
from tests.conftest import settings_for

PATH = "d/board/board?from=now-1h&var-a=b%2Fc"


def test_a_link_leads_to_the_whole_address(client: Any, app: Any) -> None:
    made = client.as_viewer().post("/api/short-urls", {"path": PATH}).get_json()
    assert made["url"] == f"http://localhost:3000/goto/{made['uid']}?orgId=1"
    for _ in range(2):
        reply = client.as_editor().get(f"/goto/{made['uid']}")
        assert (reply.status_code, reply.headers["Location"]) == (302, "http://localhost:3000/" + PATH)
    with app.app_context():
        assert db.session.scalars(select(ShortUrl.last_seen)).one() is not None


def test_a_link_is_for_who_is_in_and_of_the_organisation(client: Any, app: Any) -> None:
    made = client.as_viewer().post("/api/short-urls", {"path": PATH}).get_json()
    assert client.post("/api/short-urls", {"path": PATH}).status_code == 401
    assert client.get(f"/goto/{made['uid']}").headers["Location"].startswith("/login")
    assert client.as_stranger().get(f"/goto/{made['uid']}").status_code == 404
    assert client.as_viewer().get("/goto/unknown").status_code == 404


def test_who_is_in_no_organisation_makes_no_links(client: Any) -> None:
    number = client.as_admin().get("/api/users/lookup?loginOrEmail=viewer").get_json()["id"]
    assert client.as_admin().delete(f"/api/orgs/1/users/{number}").status_code == 200
    assert client.as_viewer().post("/api/short-urls", {"path": PATH}).status_code == 403


@pytest.mark.parametrize(
    "path",
    ["", " ", "/d/board", "//evil.test", " //evil.test", "\\\\evil.test", "\t/evil.test", "d/../../x", "a\n/b",
     "x" * 16_001, 7, None, ["d"]],
)  # fmt: skip
def test_a_path_that_may_lead_elsewhere_is_refused(client: Any, app: Any, path: Any) -> None:
    reply = client.as_viewer().post("/api/short-urls", {"path": path})
    assert reply.status_code == 400
    assert reply.get_json()["message"]
    with app.app_context():
        assert db.session.scalars(select(ShortUrl.id)).all() == []


def test_links_that_nobody_followed_go_after_a_week(client: Any, app: Any, tmp_path: Any) -> None:
    used, unused, fresh = (
        client.as_viewer().post("/api/short-urls", {"path": name}).get_json()["uid"]
        for name in ("used", "unused", "fresh")
    )
    client.as_viewer().get(f"/goto/{used}")
    with app.app_context():
        with transaction():
            for link in db.session.scalars(select(ShortUrl).where(ShortUrl.uid != fresh)):
                link.created = clock.now() - timedelta(days=8)
        housekeeping.clear(settings_for(tmp_path))
        left = set(db.session.scalars(select(ShortUrl.uid)))
    assert left == {used, fresh}
    assert unused not in left
