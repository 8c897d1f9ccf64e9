"""Views to HTML, through a Jinja environment of its own: the same fragments on pages, in streams and in files."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from panels.base import View

_TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    made.filters |= filters()
    return made


def filters() -> dict[str, Callable[[Any], object]]:
    """Return the filters that templates of views have: numbers as SVG writes them, and JSON."""
    return {
        "tenths": lambda value: round(float(value) * 10),
        "px": lambda value: f"{float(value):.1f}".rstrip("0").rstrip("."),
        "data": _data,
    }


def _data(value: object) -> Markup:
    """Write JSON that may stand inside a script element."""
    text = orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY).decode()
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704 - nothing in it can end the element


def html(view: View) -> Markup:
    """Return a view's fragment."""
    if not view.template:
        return Markup()
    return Markup(_environment().get_template(view.template).render(view=view))  # noqa: S704 - the template escapes


def outcome(view: View, error: str, *, has_data: bool) -> str:
    """Return what stands in a panel: its view, or the words of a fault, or (where some queries have data) both."""
    template = _environment().get_template("panels/outcome.html")
    return template.render(drawn=html(view), error=error, has_data=has_data)
