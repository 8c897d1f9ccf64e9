"""Numbers in the query: lenient, as every generation reads them."""

import re

from flask import request

_WHOLE = re.compile(r"-?[0-9]{1,9}")  # more are no page and no limit
_ID = re.compile(r"-?[0-9]{1,18}")


def number(name: str, default: int, *, least: int = 1) -> int:
    """Return a whole number from the query; what is none, or too small, is the default."""
    text = request.args.get(name, "")
    return int(text) if _WHOLE.fullmatch(text) and int(text) >= least else default


def numbers(name: str) -> tuple[int, ...]:
    """Return all whole numbers that the query has under a name."""
    return tuple(int(one) for one in request.args.getlist(name) if _ID.fullmatch(one))


def first(name: str) -> int:
    """Return the first whole number that the query has under a name; 0 without one."""
    return next(iter(numbers(name)), 0)


def flag(name: str) -> bool:
    """Say whether the query switches something on."""
    return request.args.get(name, "").lower() in {"true", "1"}
