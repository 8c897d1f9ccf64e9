"""Numbers in the query: lenient, as every generation reads them."""

from flask import request


def number(name: str, default: int, *, least: int = 1) -> int:
    """Return a whole number from the query; what is none, or too small, is the default."""
    text = request.args.get(name, "")
    try:
        found = int(text)
    except ValueError:
        return default
    return found if found >= least else default


def numbers(name: str) -> tuple[int, ...]:
    """Return all whole numbers that the query has under a name."""
    return tuple(int(one) for one in request.args.getlist(name) if one.lstrip("-").isdigit())


def flag(name: str) -> bool:
    """Say whether the query switches something on."""
    return request.args.get(name, "").lower() in {"true", "1"}
