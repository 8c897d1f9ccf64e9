"""A dashboard's JSON as a tree that is written back as it was: numbers keep their spelling, unknown members their place."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from core.errors import BadRequest

Tree = dict[str, Any]


def read(text: str) -> Tree:
    """Return a dashboard as a tree that `text` writes back as it was."""
    tree: Tree = json.loads(text, parse_float=_float, parse_int=_whole)
    return tree


def text(tree: Tree) -> str:
    """Return the JSON text of a tree. Raises BadRequest for one that is nested too deeply to be written."""
    try:
        return orjson.dumps(tree).decode()
    except orjson.JSONEncodeError:
        raise BadRequest("The JSON is nested too deeply to be edited", traced=False) from None


def _float(spelled: str) -> Any:
    number = float(spelled)
    same = math.isfinite(number) and orjson.dumps(number).decode() == spelled
    return number if same else orjson.Fragment(spelled)


def _whole(spelled: str) -> Any:
    number = int(spelled) if len(spelled) < 19 else 0
    return number if str(number) == spelled else orjson.Fragment(spelled)


def every_panel(tree: Mapping[str, Any]) -> Iterator[tuple[list[Any], int, Tree]]:
    """Yield each panel with the list that it stands in and its place there: top level, folded rows, rows of old boards."""
    top = tree.get("panels")
    for held in [top] if isinstance(top, list) else _old_rows(tree):
        for i, panel in enumerate(held):
            if not isinstance(panel, dict):
                continue
            yield held, i, panel
            inner = panel.get("panels")
            if panel.get("type") == "row" and isinstance(inner, list):
                yield from ((inner, n, one) for n, one in enumerate(inner) if isinstance(one, dict))


def _old_rows(tree: Mapping[str, Any]) -> list[Any]:
    rows = tree.get("rows")
    rows = rows if isinstance(rows, list) else []
    return [row["panels"] for row in rows if isinstance(row, dict) and isinstance(row.get("panels"), list)]


def place_in(tree: Tree, number: Any) -> tuple[list[Any], int, Tree]:
    """Return a panel by its id with the list that it stands in and its place there. Raises BadRequest if it is not there."""
    for found in every_panel(tree):
        if found[2].get("id") == number:
            return found
    raise BadRequest(f"There is no panel {number} any more", field="panel", traced=False)


def panel_of(tree: Tree, number: Any) -> Tree:
    """Return a panel by its id. Raises BadRequest if it is not there."""
    return place_in(tree, number)[2]


def new_id(tree: Tree) -> int:
    """Return an id that no panel has."""
    return 1 + max(
        (one["id"] for _, _, one in every_panel(tree) if isinstance(one.get("id"), int)), default=0
    )


def number_panels(tree: Tree) -> bool:
    """Give an id to each panel that has none or another's; say whether that was needed."""
    seen: set[int] = set()
    changed = False
    for _, _, panel in every_panel(tree):
        number = panel.get("id")
        if not isinstance(number, int) or number in seen:
            panel["id"] = number = new_id(tree)
            changed = True
        seen.add(number)
    return changed
