from typing import Any

import pytest
from sqlalchemy import select

from models import DataSource, db

PROM = {"name": "Prom", "type": "prometheus", "uid": "prom", "url": "http://127.0.0.1:9", "access": "proxy"}


def test_secrets_are_encrypted_and_never_leave(client: Any, app: Any) -> None:
    admin = client.as_orgadmin()
    admin.post(
        "/api/datasources",
        {**PROM, "secureJsonData": {"basicAuthPassword": "pass-word-one"}, "password": "pass-word-two"},
    )
    for path in (
        "/api/datasources",
        "/api/datasources/uid/prom",
        "/api/datasources/name/Prom",
        "/datasources/edit/prom",
    ):
        assert "pass-word" not in admin.get(path).text
    assert admin.get("/api/datasources/uid/prom").get_json()["secureJsonFields"] == {
        "basicAuthPassword": True,
        "password": True,
    }
    with app.app_context():
        assert "pass-word" not in str(
            [list(row) for row in db.session.execute(select(*DataSource.__table__.c))]
        )


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"name": ""}, 400),
        ({"type": None}, 400),
        ({"url": "nonsense"}, 400),
        ({"name": "n" * 191}, 400),
        ({"uid": "a b"}, 400),
        ({"jsonData": []}, 400),
        ({"isDefault": "yes"}, 400),
        ({"secureJsonData": {"a": 1}}, 400),
    ],
)
def test_bad_sources_are_refused_and_nothing_is_kept(
    client: Any, change: dict[str, Any], status: int
) -> None:
    assert client.as_orgadmin().post("/api/datasources", {**PROM, **change}).status_code == status
    assert client.as_orgadmin().get("/api/datasources").get_json() == []


def test_another_orgs_source_is_not_found(client: Any) -> None:
    made = client.as_stranger().post("/api/datasources", PROM).get_json()
    admin = client.as_orgadmin()
    for path in (
        f"/api/datasources/{made['id']}",
        "/api/datasources/uid/prom",
        "/api/datasources/name/Prom",
        "/api/datasources/id/Prom",
        "/api/datasources/uid/prom/health",
    ):
        assert admin.get(path).status_code == 404, path
    query = {
        "queries": [{"refId": "A", "datasource": {"uid": "prom"}, "expr": "up"}],
        "from": "0",
        "to": "1000",
    }
    assert admin.post("/api/ds/query", query).status_code == 404
    assert admin.get("/datasources/edit/prom").status_code == 404
    assert admin.delete("/api/datasources/uid/prom").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"queries": []},
        {"queries": "x"},
        {"queries": [5]},
        {"queries": [{}] * 1001},
        {"queries": [{"datasource": {"uid": "td"}}], "from": "yesterday"},
        {"queries": [{"datasource": {"uid": "td"}}], "from": "1000", "to": "0"},
    ],
)
def test_bad_queries_get_400(client: Any, testdata: str, body: dict[str, Any]) -> None:
    assert client.as_viewer().post("/api/ds/query", body).status_code == 400


@pytest.mark.parametrize(
    "model",
    [
        {"scenarioId": "random_walk", "seriesCount": "many"},
        {"scenarioId": "predictable_pulse", "pulseWave": {"timeStep": "x"}},
        {"scenarioId": "manual_entry", "points": "x"},
    ],
)
def test_models_in_forms_that_were_not_foreseen_fail_alone(
    client: Any, testdata: str, model: dict[str, Any]
) -> None:
    queries = [
        {"refId": "A", "datasource": {"uid": "td"}, **model},
        {"refId": "B", "datasource": {"uid": "td"}, "scenarioId": "csv_metric_values", "stringInput": "1"},
    ]
    reply = client.as_viewer().post("/api/ds/query", {"queries": queries, "from": "0", "to": "1000"})
    assert reply.status_code in {200, 400}
    assert reply.get_json()["results"]["B"]["frames"]


def test_a_source_that_refuses_is_500_with_its_words(client: Any) -> None:
    client.as_orgadmin().post("/api/datasources", PROM)
    reply = client.as_viewer().post(
        "/api/ds/query",
        {"queries": [{"refId": "A", "datasource": {"uid": "prom"}, "expr": "up"}], "from": "0", "to": "1000"},
    )
    assert reply.status_code == 500
    assert reply.get_json()["messageId"] == "plugin.downstreamError"
    assert "nothing listens" in reply.get_json()["error"]


def test_pictures_are_answered(client: Any) -> None:
    client.as_orgadmin().post("/api/datasources", PROM)
    (row,) = client.as_viewer().get("/api/datasources").get_json()
    reply = client.get("/" + row["typeLogoUrl"])
    assert (reply.status_code, reply.content_type) == (200, "image/svg+xml")
