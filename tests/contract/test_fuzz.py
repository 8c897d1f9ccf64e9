"""Made-up calls of every operation, by everybody: whatever comes, no answer is a fault of the server's own."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.errors import AsRecorded

WHO = (
    *(pytest.param(one, marks=pytest.mark.once) for one in ("nobody", "viewer", "editor", "admin")),
    "orgadmin",
)
# What ends the session, or asks somebody outside: the proxy answers what its source says.
LEFT_OUT = ("/logout", "/api/datasources/proxy", "/login/{name}")
PER_OPERATION = 5
# What the original answers with 500, and clients know by it.
AS_RECORDED = tuple(one.message for one in AsRecorded.__subclasses__())


@pytest.mark.parametrize("who", WHO)
def test_no_call_is_answered_with_a_fault_of_the_server(
    app: Any, client: Any, testdata: str, who: str
) -> None:
    auth = None if who == "nobody" else ("admin", "admin") if who == "admin" else (who, "secret")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    document = client.get("/public/openapi3.json").get_json()
    schema = schemathesis.openapi.from_dict(document)
    wrong: list[str] = []
    count = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path.startswith(LEFT_OUT):
            continue

        @given(case=operation.as_strategy())
        @settings(
            max_examples=PER_OPERATION,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def call(case: Any) -> None:
            nonlocal count
            count += 1
            sent = case.as_transport_kwargs(base_url="http://localhost")
            reply = app.test_client().open(
                sent["url"].removeprefix("http://localhost"),
                method=sent["method"],
                query_string=sent.get("params"),
                json=sent.get("json"),
                auth=auth,
            )
            as_recorded = reply.status_code == 500 and reply.get_json()["message"].startswith(AS_RECORDED)
            if reply.status_code >= 500 and reply.status_code not in {502, 503} and not as_recorded:
                wrong.append(
                    f"{sent['method']} {sent['url']} {str(sent.get('json'))[:200]}: {reply.status_code} {reply.text[:200]}"
                )

        call()
    assert wrong == []
    assert count > 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
MEMBERS = ("id", "uid", "title", "tags", "version", "panels", "templating", "time", "timezone", "links", "refresh", "rows", "annotations", "graphTooltip", "schemaVersion", "x")  # fmt: skip
PANEL = ("styles", "thresholds", "legend", "yaxes", "seriesOverrides", "grid", "links", "id", "type", "title", "gridPos", "targets", "options", "fieldConfig", "datasource", "repeat", "transformations", "interval", "maxDataPoints", "timeFrom", "description", "collapsed", "panels", "libraryPanel")  # fmt: skip
KINDS = st.sampled_from(
    ["timeseries", "stat", "gauge", "bargauge", "table", "text", "row", "graph", "singlestat", "nosuch"]
)


@given(
    board=st.dictionaries(st.sampled_from(MEMBERS), JSON, max_size=6),
    panel=st.dictionaries(st.sampled_from(PANEL), JSON, max_size=6),
    kind=KINDS,
)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_saved_is_refused_in_words_or_can_be_looked_at(
    app: Any, testdata: str, board: Any, panel: Any, kind: str
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    caller = app.test_client()
    auth = ("editor", "secret")
    target = {
        "refId": "A",
        "scenarioId": "csv_metric_values",
        "stringInput": "1,2,3",
        "datasource": {"uid": testdata},
    }
    first = {"id": 1, "type": kind, "targets": [target], "gridPos": {"x": 0, "y": 0, "w": 6, "h": 4}}
    body = {
        "title": "Fuzzed",
        **board,
        "uid": "fuzzed",
        "panels": [first, {"type": kind, **panel}, board.get("panels")],
    }
    try:
        reply = caller.post("/api/dashboards/db", json={"dashboard": body, "overwrite": True}, auth=auth)
    except ValueError:
        return  # the client cannot write it: a lone surrogate
    assert reply.status_code in {200, 400, 404, 412}, reply.text
    if reply.status_code != 200:
        return
    for path in (
        "/d/fuzzed/x",
        "/d/fuzzed/x?inline=1",
        "/d/fuzzed/panels?ids=1,2",
        "/d-solo/fuzzed/x?panelId=1",
    ):
        shown = caller.get(path, auth=auth)
        assert shown.status_code in {200, 400, 404}, f"{path}: {shown.text[:400]}"
        shown.close()
