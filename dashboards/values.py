"""Changes of single values: each names `path`, the members on the way to it, in the dashboard or (`panel`) in a panel."""

from collections.abc import Mapping
from typing import Any

from core.errors import BadRequest
from dashboards.tree import Tree, panel_of

MOST_DEPTH = 40


def _inside(tree: Tree, change: Mapping[str, Any], *, make: bool) -> tuple[Any, Any]:
    """Return what holds the value that a change names, and the last part of its path."""
    path = change.get("path")
    if not isinstance(path, list) or not 0 < len(path) <= MOST_DEPTH:
        raise BadRequest("A change needs a path", field="path", traced=False)
    at: Any = panel_of(tree, change["panel"]) if change.get("panel") is not None else tree
    for part, following in zip(path, path[1:], strict=False):
        if isinstance(at, list) and isinstance(part, int) and 0 <= part < len(at) + make:
            at += [None] * (part == len(at))
            inner = at[part]
        elif isinstance(at, dict) and isinstance(part, str):
            inner = at.get(part)
        else:
            raise BadRequest(f"There is nothing at {path}", field="path", traced=False)
        if not isinstance(inner, dict | list):
            if not make:
                raise BadRequest(f"There is nothing at {path}", field="path", traced=False)
            inner = at[part] = [] if isinstance(following, int) else {}
        at = inner
    if not isinstance(path[-1], str if isinstance(at, dict) else int):
        raise BadRequest(f"There is nothing at {path}", field="path", traced=False)
    return at, path[-1]


def set_value(tree: Tree, change: Mapping[str, Any]) -> None:
    """Set a value; members on the way to it are made."""
    at, last = _inside(tree, change, make=True)
    value = change.get("value")
    if isinstance(at, dict) and isinstance(last, str):
        at[last] = value
    elif isinstance(at, list) and isinstance(last, int) and 0 <= last <= len(at):
        at[last : last + 1] = [value]
    else:
        raise BadRequest(f"There is nothing at {change['path']}", field="path", traced=False)


def unset(tree: Tree, change: Mapping[str, Any]) -> None:
    """Take a value away."""
    try:
        at, last = _inside(tree, change, make=False)
    except BadRequest:
        return  # what is not there need not be taken away
    if isinstance(at, dict):
        at.pop(last, None)
    elif isinstance(last, int) and 0 <= last < len(at):
        del at[last]


def _list(tree: Tree, change: Mapping[str, Any], *, make: bool) -> list[Any]:
    at, last = _inside(tree, change, make=make)
    held = at.get(last) if isinstance(at, dict) else None
    if not isinstance(held, list):
        if not make or not isinstance(at, dict):
            raise BadRequest(f"There is no list at {change['path']}", field="path", traced=False)
        held = at[last] = []
    return held


def insert(tree: Tree, change: Mapping[str, Any]) -> None:
    """Put a value into a list, at its end or (`at`) somewhere else."""
    held, where = _list(tree, change, make=True), change.get("at")
    held.insert(where if isinstance(where, int) else len(held), change.get("value"))


def reorder(tree: Tree, change: Mapping[str, Any]) -> None:
    """Move a value of a list."""
    held, a, b = _list(tree, change, make=False), change.get("from"), change.get("to")
    if not isinstance(a, int) or not isinstance(b, int) or not 0 <= a < len(held):
        raise BadRequest(f"There is nothing to move at {change['path']}", field="from", traced=False)
    held.insert(max(0, b), held.pop(a))


def rename(tree: Tree, change: Mapping[str, Any]) -> None:
    """Give a member another name, in its place."""
    at, last = _inside(tree, change, make=False)
    held = at.get(last) if isinstance(at, dict) else None
    old, new = change.get("from"), change.get("to")
    if (
        not isinstance(held, dict)
        or not isinstance(old, str)
        or old not in held
        or not isinstance(new, str)
        or (new in held and new != old)
    ):
        raise BadRequest(f"{new!r} is there already, or {old!r} is not", field="to", traced=False)
    parts = [(new if name == old else name, value) for name, value in held.items()]
    held.clear()
    held.update(parts)
