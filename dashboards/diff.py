"""What differs between two dashboards, in words that a person reads; and both changes to one dashboard in one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import orjson

from core.members import mappings
from dashboards.tree import Tree, every_panel

OWN = frozenset({"id", "uid", "version", "iteration"})  # what the store sets
LISTS = {"templating.list": "Variable", "annotations.list": "Annotation query", "links": "Link"}
MOST_TEXT = 200
DEEPEST = 100  # levels that are looked into


@dataclass(frozen=True)
class Difference:
    """One thing that differs. where: the panel, variable or setting; what: the member; before, after: as JSON or text."""

    where: str
    what: str = ""
    before: str = ""
    after: str = ""


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return what differs, panels first, in the order in which they stand."""
    found = _named("Panel", panels_of(before), panels_of(after))
    for path, kind in LISTS.items():
        found += _named(kind, _by_name(before, path), _by_name(after, path))
    flat = _flat(_rest(before), _rest(after), ())
    return found + [Difference("Dashboard", _words(members), old, new) for members, old, new in flat]


def panels_of(board: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return all panels by id; those of a folded row are not part of it."""
    return {
        str(panel.get("id")): {name: value for name, value in panel.items() if name != "panels"}
        for _, _, panel in every_panel(board)
    }


def _by_name(board: Mapping[str, Any], path: str) -> dict[str, Mapping[str, Any]]:
    at: Any = board
    for part in path.split("."):
        at = at.get(part) if isinstance(at, Mapping) else None
    return {str(one.get("name") or one.get("title") or i): one for i, one in enumerate(mappings(at))}


def _rest(board: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is neither a panel nor in one of the lists above."""
    skip = OWN | {"panels", "rows"} | {path.split(".")[0] for path in LISTS}
    return {name: value for name, value in board.items() if name not in skip}


def _named(
    kind: str, before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> list[Difference]:
    found = []
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        one: Mapping[str, Any] = new or old or {}
        noun = "Row" if one.get("type") == "row" and kind == "Panel" else kind
        where = f"{noun} {one.get('title') or one.get('name') or key}"
        if old is None or new is None:
            found.append(Difference(where, "Added" if old is None else "Removed"))
            continue
        flat = list(_flat(old, new, ()))
        if any(path[0] == "gridPos" for path, _, _ in flat):
            found.append(Difference(where, "Place", _placed(old), _placed(new)))
        found += [Difference(where, _words(path), a, b) for path, a, b in flat if path[0] != "gridPos"]
    return found


def _placed(panel: Mapping[str, Any]) -> str:
    at = panel.get("gridPos")
    return f"{at.get('w')} × {at.get('h')} at {at.get('x')}, {at.get('y')}" if isinstance(at, Mapping) else ""


def _words(path: Sequence[str]) -> str:
    """Return the way to a value as people know it from the editor: without what all options have in front."""
    for start in (
        ("fieldConfig", "defaults", "custom"),
        ("fieldConfig", "defaults"),
        ("fieldConfig",),
        ("options",),
    ):
        if path[: len(start)] == start and len(path) > len(start):
            path = path[len(start) :]
            break
    return " › ".join(path)


def _flat(old: Any, new: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Yield each leaf that differs: its path, and both values as text."""
    if old == new and type(old) is type(new):
        return
    if len(path) > DEEPEST:
        yield path, _shown(old), _shown(new)
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in dict.fromkeys([*old, *new]):
            yield from _flat(old.get(name), new.get(name), (*path, str(name)))
    elif isinstance(old, list) and isinstance(new, list):
        for i, (a, b) in enumerate(zip_longest(old, new)):
            yield from _flat(a, b, (*path, str(i + 1)))
    elif old != new:
        yield path or ("",), _shown(old), _shown(new)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    said = value if isinstance(value, str) else orjson.dumps(value).decode()
    return said if len(said) <= MOST_TEXT else said[: MOST_TEXT - 1] + "…"


@dataclass(frozen=True)
class Merged:
    """Both changes in one; clashes names what both changed, where ours was not taken."""

    tree: Tree
    clashes: tuple[str, ...]


_GONE = object()


def merge(base: Tree, ours: Tree, theirs: Tree) -> Merged:
    """Return theirs with our changes on top, panel by panel and member by member."""
    clashes: list[str] = []
    made: Tree = {}
    for name in dict.fromkeys([*theirs, *ours]):
        if name in OWN:
            value = theirs.get(name, _GONE)
        elif name == "panels":
            value = _merged_panels(base, ours, theirs, clashes)
        elif name in {"templating", "annotations"}:
            value = _merged_list(base.get(name), ours.get(name), theirs.get(name), name, clashes)
        else:
            value = _one(base.get(name, _GONE), ours.get(name, _GONE), theirs.get(name, _GONE), name, clashes)
        if value is not _GONE:
            made[name] = value
    return Merged(made, tuple(clashes))


def _same(a: Any, b: Any) -> bool:
    if a is _GONE or b is _GONE:
        return a is b
    return orjson.dumps(a) == orjson.dumps(b)


def _one(base: Any, ours: Any, theirs: Any, name: str, clashes: list[str]) -> Any:
    if _same(ours, base) or _same(ours, theirs):
        return theirs
    if _same(theirs, base):
        return ours
    clashes.append(name)
    return theirs


def _merged_panels(base: Tree, ours: Tree, theirs: Tree, clashes: list[str]) -> list[Any]:
    mine, old, other = (
        {one.get("id"): one for one in mappings(tree.get("panels"))} for tree in (ours, base, theirs)
    )
    made: list[Any] = []
    for key in dict.fromkeys([*other, *mine]):
        title = str((mine.get(key) or other.get(key) or {}).get("title") or key)
        kept = _one(
            old.get(key, _GONE), mine.get(key, _GONE), other.get(key, _GONE), f"Panel {title}", clashes
        )
        if key not in old and key in mine and key in other and not _same(mine[key], other[key]):
            clashes.pop()  # two new panels that took the same number: both stay
            taken = [n for n in [*mine, *other, *(one.get("id") for one in made)] if isinstance(n, int)]
            made.append({**mine[key], "id": 1 + max(taken)})
            kept = other[key]
        if kept is not _GONE:
            made.append(kept)
    return made


def _merged_list(base: Any, ours: Any, theirs: Any, name: str, clashes: list[str]) -> Any:
    lists = [one.get("list") if isinstance(one, Mapping) else None for one in (base, ours, theirs)]
    if not all(isinstance(one, list) for one in lists[1:]):
        return _one(base, ours, theirs, name, clashes)
    old, mine, other = ({one.get("name"): one for one in mappings(items)} for items in lists)
    made: list[Any] = []
    for key in dict.fromkeys([*other, *mine]):
        kept = _one(
            old.get(key, _GONE), mine.get(key, _GONE), other.get(key, _GONE), f"{name.title()} {key}", clashes
        )
        if kept is not _GONE:
            made.append(kept)
    return {**theirs, "list": made}
