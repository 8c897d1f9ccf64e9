import json
import re
from pathlib import Path

from flask import Flask

from web import openapi

SKELETON = json.loads((Path(__file__).parent.parent / "contract" / "openapi-skeleton.json").read_text())
VERBS = {"get", "post", "put", "patch", "delete"}


def _operations(document: dict) -> dict[str, tuple[str, str, dict]]:
    return {
        one["operationId"]: (verb, re.sub(r"\{[^}]*\}", "{}", path), one)
        for path, item in document["paths"].items()
        for verb, one in item.items()
        if verb in VERBS and one.get("operationId")
    }


def test_declared_operations_agree_with_the_original(app: Flask) -> None:
    ours, theirs = _operations(openapi.document(app, "2.0")), _operations(SKELETON)
    assert len(ours) > 60
    assert set(ours) <= set(theirs), set(ours) - set(theirs)
    moved = {name: (ours[name][:2], theirs[name][:2]) for name in ours if ours[name][:2] != theirs[name][:2]}
    assert moved == {}


def test_documented_query_parameters_exist_in_the_original(app: Flask) -> None:
    ours, theirs = _operations(openapi.document(app, "2.0")), _operations(SKELETON)
    for name, (_, _, one) in ours.items():
        asked = {parameter["name"] for parameter in one.get("parameters", []) if parameter["in"] == "query"}
        if not theirs[name][2].get("parameters"):
            continue
        known = {
            parameter["name"]
            for parameter in theirs[name][2].get("parameters", [])
            if parameter.get("in") == "query"
        }
        assert asked <= known, name


def test_reply_codes_are_ones_that_the_original_documents(app: Flask) -> None:
    ours, theirs = _operations(openapi.document(app, "2.0")), _operations(SKELETON)
    common = {"200", "400", "401", "403", "404", "409", "412", "422", "500", "207"}
    for name, (_, _, one) in ours.items():
        documented = set(theirs[name][2]["responses"])
        assert set(one["responses"]) <= documented | common, name
        assert documented & {"200", "201", "202"} or name.startswith("datasourceProxy"), name


def test_both_documents_are_served_to_anybody(client) -> None:  # type: ignore[no-untyped-def]
    assert client.get("/public/api-merged.json").get_json()["swagger"] == "2.0"
    document = client.get("/public/openapi3.json").get_json()
    assert document["openapi"].startswith("3.0")
    assert "/api/dashboards/uid/{uid}" in document["paths"]
    page = client.get("/swagger-ui").text
    assert "/api/dashboards/db" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
