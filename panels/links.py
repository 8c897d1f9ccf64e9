"""Data links: addresses of single values, with what the value, its column and its row are called filled in."""

from collections.abc import Mapping
from typing import Any

from panels.fields import Shown

_SAFE = ("http://", "https://", "/", "?", "#", "mailto:")


def first_link(shown: Shown, row: int, text: str) -> str:
    """Return the address of a column's first data link for one row; "" if there is none or it could run a script.

    Source: Grafana 9.3 documentation, "data link variables": `__value`, `__field`, `__series`, `__data.fields`.
    """
    for link in shown.config.get("links") or []:
        if isinstance(link, Mapping) and link.get("url"):
            return safe(shown.context.fill(str(link["url"]), _scope(shown, row, text), "glob"))
    return ""


def safe(href: str) -> str:
    """Return an address that only leads somewhere, else ""."""
    return href if href.strip().lower().startswith(_SAFE) else ""


def _scope(shown: Shown, row: int, text: str) -> dict[str, Any]:
    raw = shown.field.items[row]
    fields = {one.name: one.items[row] for one in shown.frame.fields if row < len(one)}
    return {
        "__value": {"raw": raw, "numeric": raw, "text": text, "time": next(iter(fields.values()), None)},
        "__field": shown,
        "__series": {"name": shown.frame.name or shown.name},
        "__data": {"fields": fields},
    }
