"""The difference between two JSON values, line by line, as each would be written with an indent of two."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

import orjson

SAME, ADDED, REMOVED = "same", "added", "removed"
DEEPEST = 100  # levels that are looked into; what is deeper is the same or another as a whole


@dataclass(frozen=True)
class Line:
    """A line of the text. kind: same, added or removed."""

    kind: str
    text: str


_GONE = object()


def lines(before: Any, after: Any) -> Iterator[Line]:
    """Yield the lines of both values: what both have once, what one has marked.

    The trees are walked together, so that the work grows with their size and not with its square; only the items of
    a list are matched, each as a whole.
    """
    yield from _both(before, after, "", "", "")


def _both(before: Any, after: Any, indent: str, name: str, end: str) -> Iterator[Line]:
    if before is _GONE or after is _GONE:
        kind, one = (ADDED, after) if before is _GONE else (REMOVED, before)
        yield from _whole(one, kind, indent, name, end)
    elif _text(before) == _text(after):
        yield from _whole(after, SAME, indent, name, end)
    elif len(indent) > 2 * DEEPEST:
        yield from _whole(before, REMOVED, indent, name, end)
        yield from _whole(after, ADDED, indent, name, end)
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        yield Line(SAME, f"{indent}{name}{{")
        names = list(dict.fromkeys([*before, *after]))
        for i, key in enumerate(names):
            comma = "," if i + 1 < len(names) else ""
            label = f"{_text(str(key))}: "
            yield from _both(before.get(key, _GONE), after.get(key, _GONE), indent + "  ", label, comma)
        yield Line(SAME, f"{indent}}}{end}")
    elif isinstance(before, list) and isinstance(after, list):
        yield Line(SAME, f"{indent}{name}[")
        pairs = list(_matched(before, after))
        for i, (old, new) in enumerate(pairs):
            yield from _both(old, new, indent + "  ", "", "," if i + 1 < len(pairs) else "")
        yield Line(SAME, f"{indent}]{end}")
    else:
        yield from _whole(before, REMOVED, indent, name, end)
        yield from _whole(after, ADDED, indent, name, end)


def _matched(before: list[Any], after: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield pairs of items that belong together; one side is _GONE where the other has none."""
    matcher = SequenceMatcher(None, [_text(one) for one in before], [_text(one) for one in after])
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "insert":
            yield from ((_GONE, one) for one in after[c:d])
        elif kind == "delete":
            yield from ((one, _GONE) for one in before[a:b])
        else:
            yield from zip_longest(before[a:b], after[c:d], fillvalue=_GONE)


def _text(value: Any) -> str:
    return orjson.dumps(value).decode()


def _whole(value: Any, kind: str, indent: str, name: str, end: str) -> Iterator[Line]:
    text = orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + end
    first, *rest = text.split("\n")
    yield Line(kind, f"{indent}{name}{first}")
    yield from (Line(kind, indent + one) for one in rest)
