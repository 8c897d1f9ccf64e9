"""Panels as pictures: each in one SVG that needs nothing else, neither style sheets nor scripts.

A view is drawn by the template of `templates/svg` that is called as its HTML one; what has none there says its texts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from drawing.text import shortened as fitted
from drawing.text import text_width as inter_width
from panels.base import Message, View
from panels.legend import Legend
from panels.render import filters

_ROOT = Path(__file__).resolve().parent.parent
_TOKEN = re.compile(r"--([\w-]+): ([^;]+);")
HEAD, PAD, ROW_HEAD = 33.0, 8, 34.0
_SMALL = 12.0
_WIDER = 1.12  # than Inter: the fonts that stand in for it where it is not there


@dataclass(frozen=True)
class Picture:
    """A panel on a board: its view, and its box in pixels. error: what went wrong with its queries."""

    title: str
    view: View
    x: float
    y: float
    width: float
    height: float
    error: str = ""

    @property
    def head(self) -> float:
        """How high its title is."""
        return HEAD if self.title else PAD


@dataclass(frozen=True)
class Heading:
    """The title of a row."""

    title: str
    y: float


def text_width(text: str, size: float) -> float:
    """Return how wide a text may come out, in pixels."""
    return inter_width(text, size) * _WIDER


def shortened(text: str, size: float, width: float) -> str:
    """Return a text that fits a width."""
    return fitted(text, size * _WIDER, width)


@cache
def colors(*, dark: bool) -> dict[str, str]:
    """Return the theme's colours by token, from the one file that names them."""
    light, _, rest = (_ROOT / "static/src/tokens.css").read_text().partition("[data-theme")
    found = dict(_TOKEN.findall(light))
    return found | dict(_TOKEN.findall(rest.partition("@media")[0])) if dark else found


def lines(text: str, size: float, width: float) -> list[str]:
    """Break a text into lines that fit a width."""
    made: list[str] = []
    for part in text.splitlines():
        line = ""
        for word in part.split():
            longer = f"{line} {word}" if line else word
            if line and text_width(longer, size) > width:
                made.append(line)
                longer = word
            line = shortened(longer, size, width)
        made.append(line)
    return made


def legend_items(legend: Legend, width: float) -> list[tuple[float, float, Any]]:
    """Return the items of a legend in a list with their places, left and line by line."""
    placed, x, y = [], 0.0, 0.0
    for item in legend.items:
        text = " ".join([item.name, *(f"{stat.name}: {stat.text}" for stat in item.stats)])
        wide = text_width(text, _SMALL) + 34
        if x and (legend.placement == "right" or x + wide > width):
            x, y = 0.0, y + 20
        placed.append((x, y, (item.color, shortened(text, _SMALL, width - 24))))
        x += wide
    return placed


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_ROOT / "templates/svg"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= filters()
    made.globals |= {
        "legend_items": legend_items, "lines": lines, "shortened": shortened, "text_width": text_width, "content": _content,
        "pad": PAD,
    }  # fmt: skip
    return made


def _content(picture: Picture, theme: dict[str, str], key: str) -> Markup:
    """Return what stands inside a panel, below its title."""
    view = Message(picture.error) if picture.error else picture.view
    name = Path(view.template).stem or "message"
    known = _environment().list_templates()
    template = _environment().get_template(f"{name}.svg" if f"{name}.svg" in known else "texts.svg")
    box = {"w": picture.width - 2, "h": picture.height - picture.head - 1}
    return Markup(template.render(view=view, c=theme, key=key, failed=bool(picture.error), **box))  # noqa: S704 - the template escapes


def board(
    width: float,
    height: float,
    pictures: Sequence[Picture],
    headings: Sequence[Heading],
    *,
    dark: bool,
    title: str,
) -> str:
    """Return panels on their places as one SVG."""
    theme = colors(dark=dark)
    template = _environment().get_template("board.svg")
    return template.render(
        width=width, height=height, pictures=pictures, headings=headings, c=theme, title=title
    )
