"""Correlations between data sources: made, changed, and gone with either end."""

from typing import Any

import pytest

CONFIG = {"type": "query", "field": "msg", "target": {"expr": "up"}}
PATH = "/api/datasources/uid/from/correlations"


@pytest.fixture
def uid(client: Any) -> str:
    """A correlation between two data sources; its uid."""
    for name in ("from", "to"):
        client.as_orgadmin().post(
            "/api/datasources", {"name": name, "uid": name, "type": "testdata", "access": "proxy"}
        )
    made = client.as_orgadmin().post(PATH, {"targetUID": "to", "label": "L", "config": CONFIG})
    return str(made.get_json()["result"]["uid"])


def test_it_is_listed_under_the_source_it_leads_from(client: Any, uid: str) -> None:
    admin = client.as_orgadmin()
    shown = {
        "uid": uid,
        "sourceUID": "from",
        "targetUID": "to",
        "label": "L",
        "description": "",
        "config": CONFIG,
    }
    assert admin.get("/api/datasources/correlations").get_json() == [shown]
    assert admin.get(PATH).get_json() == [shown]
    assert admin.get(f"{PATH}/{uid}").get_json() == shown
    assert admin.get("/api/datasources/uid/to/correlations").get_json() == []


def test_only_what_is_given_changes(client: Any, uid: str) -> None:
    reply = client.as_orgadmin().patch(
        f"{PATH}/{uid}", {"description": "D", "config": {"field": "x", "target": None}}
    )
    shown = client.as_orgadmin().get(f"{PATH}/{uid}").get_json()
    assert reply.get_json() == {"result": shown, "message": "Correlation updated"}
    assert (shown["label"], shown["description"], shown["config"]) == ("L", "D", {**CONFIG, "field": "x"})


@pytest.mark.parametrize(
    "body",
    [{}, {"label": 7}, {"config": {"type": "other"}}, {"config": {"target": 1}}, {"config": {"field": []}},
     {"label": "x" * 256}],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_changes_nothing(client: Any, uid: str, body: Any) -> None:
    before = client.as_orgadmin().get(PATH).get_json()
    assert client.as_orgadmin().patch(f"{PATH}/{uid}", body).status_code == 400
    if "config" in body or "label" in body:
        config = {**CONFIG, **body.get("config", {})}
        made = {"targetUID": "to", **body, "config": config}
        assert client.as_orgadmin().post(PATH, made).status_code == 400
    assert client.as_orgadmin().get(PATH).get_json() == before


def test_who_may_not_change_the_source_only_looks(client: Any, uid: str) -> None:
    for caller in (client.as_viewer(), client.as_editor()):
        assert caller.post(PATH, {"targetUID": "to", "config": CONFIG}).status_code == 403
        assert caller.patch(f"{PATH}/{uid}", {"label": "x"}).status_code == 403
        assert caller.delete(f"{PATH}/{uid}").status_code == 403
    stranger = client.as_stranger()
    assert stranger.get("/api/datasources/correlations").get_json() == []
    assert stranger.get(PATH).status_code == 404
    assert stranger.delete(f"{PATH}/{uid}").status_code == 404
    own = {"name": "own", "uid": "own", "type": "testdata", "access": "proxy"}
    stranger.post("/api/datasources", own)
    crossed = stranger.post("/api/datasources/uid/own/correlations", {"targetUID": "to", "config": CONFIG})
    assert crossed.status_code == 404


@pytest.mark.parametrize("end", ["from", "to"])
def test_it_goes_with_either_end(client: Any, uid: str, end: str) -> None:
    client.as_orgadmin().delete(f"/api/datasources/uid/{end}")
    assert client.as_orgadmin().get("/api/datasources/correlations").get_json() == []


def test_it_is_deleted_once_and_the_log_tells_of_it(client: Any, uid: str) -> None:
    assert client.as_orgadmin().delete(f"{PATH}/{uid}").get_json() == {"message": "Correlation deleted"}
    assert client.as_orgadmin().delete(f"{PATH}/{uid}").status_code == 404
    told = client.as_admin().get("/api/admin/audit?kind=correlation").get_json()
    assert [(one["did"], one["name"]) for one in told["changes"]] == [("removed", "L"), ("made", "L")]
