"""Whose clock a dashboard follows."""

import re
from typing import Any

import pytest

AT = "from=1669816800000&to=1669820400000"  # 14:00 to 15:00 UTC


def first_label(client: Any, query: str = "", zone: str = "") -> str:
    if zone:
        client.inner.set_cookie("zone", zone)
    reply = client.as_viewer().get(f"/d/board/panels?ids=1&{AT}&{query}")
    found = re.search(r'text x=\\"[\d.]+\\" y=\\"[\d.]+\\">(\d\d:\d\d)<', reply.text)
    assert found, reply.text[:500]
    return found[1]


@pytest.mark.parametrize(
    ("board", "query", "zone", "want"),
    [
        ("browser", "", "", "14:00"),
        ("browser", "", "Asia/Tokyo", "23:00"),
        ("browser", "timezone=utc", "Asia/Tokyo", "14:00"),
        ("browser", "", "no/such", "14:00"),
        ("Europe/Berlin", "", "Asia/Tokyo", "15:00"),
        ("utc", "", "Asia/Tokyo", "14:00"),
    ],
)
def test_axes_follow_the_address_the_board_or_the_browser(
    client: Any, testdata: str, make_dashboard: Any, board: str, query: str, zone: str, want: str
) -> None:
    target = {
        "refId": "A",
        "scenarioId": "csv_metric_values",
        "stringInput": "1,2,3",
        "datasource": {"uid": testdata},
    }
    panel = {"id": 1, "type": "timeseries", "gridPos": {"x": 0, "y": 0, "w": 24, "h": 8}, "targets": [target]}
    make_dashboard(timezone=board, panels=[panel])
    assert first_label(client, query, zone) == want


def test_the_settings_may_fix_the_zone(make_app: Any) -> None:
    app = make_app(GF_DATE_FORMATS_DEFAULT_TIMEZONE="America/New_York")
    admin = app.test_client()
    admin.post("/login", json={"user": "admin", "password": "admin"})
    admin.post("/api/datasources", json={"name": "T", "type": "testdata", "uid": "td"})
    target = {
        "refId": "A",
        "scenarioId": "csv_metric_values",
        "stringInput": "1,2,3",
        "datasource": {"uid": "td"},
    }
    panel = {"id": 1, "type": "timeseries", "gridPos": {"x": 0, "y": 0, "w": 24, "h": 8}, "targets": [target]}
    admin.post("/api/dashboards/db", json={"dashboard": {"title": "B", "uid": "b", "panels": [panel]}})
    admin.set_cookie("zone", "Asia/Tokyo")
    assert "09:00" in admin.get(f"/d/b/panels?ids=1&{AT}").text
