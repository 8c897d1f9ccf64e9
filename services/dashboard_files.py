"""Dashboards that stand in files: the built-in home page's, and one configured folder."""

from functools import cache
from pathlib import Path
from typing import Any

import orjson

from services import metadata

_folder: dict[str, Path] = {}
_TIMES = ["5m", "15m", "1h", "6h", "12h", "24h", "2d", "7d", "30d"]
_REFRESHES = ["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d"]


def serve_folder(path: str) -> None:
    """Set the folder whose dashboards may be read; empty serves none."""
    _folder.clear()
    if path:
        _folder["root"] = Path(path).resolve()


def read(name: str) -> str | None:
    """Return a dashboard's text from the folder, or None: for what is above the folder just as for what is not there."""
    root = _folder.get("root")
    if root is None:
        return None
    wanted = (root / name).resolve()
    candidates = [
        one
        for one in (wanted, wanted.with_name(wanted.name + ".json"))
        if one.is_relative_to(root) and one.suffix == ".json"
    ]
    for one in candidates:
        try:
            text = one.read_text()
            orjson.loads(text)
        except (OSError, ValueError):
            continue
        return text
    return None


@cache
def home() -> str:
    """Return the dashboard that stands for the built-in home page."""
    dash_list: dict[str, Any] = {
        "headings": True,
        "recent": True,
        "starred": True,
        "search": False,
        "limit": 30,
        "query": "",
        "tags": [],
        "folderId": 0,
    }
    panels = [
        {
            "id": 1,
            "type": "welcome",
            "title": "",
            "datasource": None,
            "transparent": False,
            "gridPos": {"h": 3, "w": 24, "x": 0, "y": 0},
        },
        {
            "id": 3,
            "type": "dashlist",
            "title": "Dashboards",
            "datasource": None,
            "links": [],
            "options": {},
            "gridPos": {"h": 15, "w": 12, "x": 0, "y": 4},
            "transparent": False,
            **dash_list,
        },
    ]
    body = {
        "title": "Home",
        "tags": [],
        "links": [],
        "panels": panels,
        "schemaVersion": 22,
        "templating": {"list": []},
        "time": {"from": "now-6h", "to": "now"},
        "timepicker": {
            "hidden": True,
            "refresh_intervals": _REFRESHES,
            "time_options": _TIMES,
            "type": "timepicker",
        },
        "timezone": "browser",
    }
    return orjson.dumps(body).decode()


def home_metadata(*, can_edit: bool) -> dict[str, Any]:
    """Return the `meta` of the built-in home dashboard."""
    return metadata.blank(canEdit=can_edit, folderTitle="General")
