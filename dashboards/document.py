"""The JSON text of a dashboard: read no further than needed, written back as it came.

A body is kept as its top-level members, each the very text that was sent, so that numbers keep their spelling and
unknown members survive.
"""

from dataclasses import dataclass
from typing import Any

import msgspec
import orjson

from core.errors import BadRequest

Members = dict[str, msgspec.Raw]
_decode = msgspec.json.Decoder(Members).decode
MAX_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True)
class Facts:
    """What the store needs to know of a dashboard; wrong types read as absent, as in the original."""

    id: int
    uid: str
    title: str
    version: int
    tags: list[str]


def read(data: bytes) -> Members:
    """Return the members of a dashboard's JSON. Raises BadRequest if it is no object or not UTF-8."""
    try:
        data.decode()
        return _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadRequest from None


def value(body: Members, name: str) -> Any:
    """Return one member, parsed; None where it is absent."""
    raw = body.get(name)
    return None if raw is None else orjson.loads(bytes(raw))


def facts(body: Members) -> Facts:
    """Return the members that the store keeps in columns of their own."""
    number, uid, title, version, tags = (
        value(body, name) for name in ("id", "uid", "title", "version", "tags")
    )
    return Facts(
        _whole(number),
        uid if isinstance(uid, str) else "",
        title if isinstance(title, str) else "",
        _whole(version),
        [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else [],
    )


def _whole(number: Any) -> int:
    return (
        int(number)
        if isinstance(number, int | float) and not isinstance(number, bool) and abs(number) < 2**53
        else 0
    )


def text(body: Members, **replaced: Any) -> str:
    """Return the dashboard as text, some members replaced (in their place) or added (at the end)."""
    parts = {name: bytes(raw) for name, raw in body.items()}
    parts.update({name: orjson.dumps(new) for name, new in replaced.items()})
    return (
        b"{" + b",".join(orjson.dumps(name) + b":" + part for name, part in parts.items()) + b"}"
    ).decode()


def members(**values: Any) -> Members:
    """Return a body made of values."""
    return {name: msgspec.Raw(orjson.dumps(one)) for name, one in values.items()}


def count_panels(body: Members) -> int:
    """Return how many panels there are, those in folded rows included."""
    panels = value(body, "panels")
    if not isinstance(panels, list):
        return 0
    inner = sum(
        len(one["panels"]) for one in panels if isinstance(one, dict) and isinstance(one.get("panels"), list)
    )
    return inner + sum(1 for one in panels if isinstance(one, dict) and one.get("type") != "row")
