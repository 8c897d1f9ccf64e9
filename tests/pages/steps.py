"""What tests of pages share."""

import json
import re
from typing import Any


def panel(**more: Any) -> dict[str, Any]:
    """Return a panel of TestData; more: its other members."""
    target = {
        "refId": "A",
        "scenarioId": "csv_metric_values",
        "stringInput": "1,20,90",
        "datasource": {"uid": "td"},
    }
    return {
        "id": 1,
        "type": "timeseries",
        "title": "P",
        "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
        "targets": [target],
        **more,
    }


def lines(reply: Any) -> list[dict[str, Any]]:
    """Return the lines of a stream of panels, and close it, as a server does."""
    with reply:
        return [json.loads(line) for line in reply.get_data(as_text=True).splitlines()]


def token(page: str) -> str:
    """Return the token that a form of this page must send back."""
    found = re.search(r'name="csrf_token" value="(\w+)"', page)
    assert found
    return found[1]
