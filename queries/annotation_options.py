"""What an annotation query can be told, declared once for the page that edits it."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.members import mapping
from core.options import Flag, Number, Option, Text
from queries.annotation_queries import COLOR

GENERAL = (
    Text("name", "Name", help="What its switch above the panels is called"),
    Flag("enable", "Enabled", default=True),
    Flag("hide", "Without a switch above the panels"),
    Option("iconColor", "Color", "red", kind="color"),
)
NATIVE = (
    Option(
        "type", "Filter by", "dashboard", kind="choice",
        choices=(("dashboard", "This dashboard"), ("tags", "Tags, anywhere in the organization")),
    ),
    Option("tags", "Tags", [], kind="list", help="Separated by commas", only=("type", ("tags",))),
    Flag("matchAny", "Match any of them", only=("type", ("tags",))),
    Number("limit", "Max limit", 100),
)  # fmt: skip
WORDS = (
    Text("titleFormat", "Title", "{{alertname}}", help="{{label}} stands for a label's value"),
    Text("textFormat", "Text"),
    Text("tagKeys", "Tags", help="Labels whose values are the tags, separated by commas"),
)
KEPT_HERE = {"type": "grafana", "uid": "-- Grafana --"}
NEW: Mapping[str, Any] = {
    "name": "New annotation",
    "datasource": KEPT_HERE,
    "enable": True,
    "hide": False,
    "iconColor": "red",
    "target": {"type": "tags", "tags": [], "limit": 100, "matchAny": False},
}
BUILT_IN: Mapping[str, Any] = {
    "builtIn": 1,
    "name": "Annotations & Alerts",
    "type": "dashboard",
    "datasource": KEPT_HERE,
    "enable": True,
    "hide": True,
    "iconColor": COLOR,
    "target": {"type": "dashboard", "tags": [], "limit": 100, "matchAny": False},
}


def target_path(model: Mapping[str, Any]) -> tuple[str, ...]:
    """Return where a query says what it asks: in `target`, or (older dashboards) beside the rest."""
    flat = "target" not in model and any(
        name in model for name in ("expr", "tags", "query", "rawQuery", "type")
    )
    return () if flat else ("target",)


def shown_in(model: Mapping[str, Any]) -> tuple[str, Sequence[int]]:
    """Return in which panels a query is shown (all, chosen, others) and the panels that it names."""
    chosen = mapping(model.get("filter"))
    ids = chosen.get("ids")
    if not isinstance(ids, list):
        return "all", []
    return "others" if chosen.get("exclude") else "chosen", [one for one in ids if isinstance(one, int)]
