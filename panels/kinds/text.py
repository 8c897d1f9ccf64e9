"""Text: markdown or HTML, sanitised."""

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import nh3
from markdown_it import MarkdownIt

from core.options import Choice, Option, Text
from panels.base import PanelData, PanelKind, View

_ATTRIBUTES = {
    "class",
    "style",
    "title",
    "width",
    "height",
    "align",
    "valign",
    "colspan",
    "rowspan",
    "border",
    "cellpadding",
    "cellspacing",
    "bgcolor",
}
_EXTRA_TAGS = {
    "iframe",
    "svg",
    "path",
    "g",
    "rect",
    "circle",
    "line",
    "polyline",
    "polygon",
    "text",
    "font",
    "button",
    "marquee",
}


@dataclass(frozen=True)
class Prose(View):
    """HTML that is safe to show. code: shown as written."""

    template: ClassVar[str] = "panels/text.html"
    html: str
    code: bool = False

    def strings(self) -> list[tuple[str, str]]:
        """Return the text without its marks, line by line."""
        plain = nh3.clean(self.html, tags=set())
        return [(line.strip(), "") for line in plain.splitlines() if line.strip()]


class TextPanel(PanelKind):
    """Markdown or HTML, sanitised."""

    type: ClassVar[str] = "text"
    title: ClassVar[str] = "Text"
    queries: ClassVar[bool] = False
    options: ClassVar[tuple[Option, ...]] = (
        Choice("mode", "Mode", "markdown", "markdown", "html", "code", section="Text"),
        Text("content", "Content", section="Text"),
    )

    def view(self, data: PanelData) -> View:
        """Return the content with variables filled in."""
        content = str(data.options.get("content") or data.panel.get("content") or "")
        mode = str(data.options.get("mode") or data.panel.get("mode") or "markdown")
        content = data.context.fill(content, {})
        if mode == "code":
            return Prose(content, code=True)
        return Prose(sanitised(_markdown().render(content) if mode == "markdown" else content))


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True, "linkify": False, "breaks": False}).enable(
        ["table", "strikethrough"]
    )


def sanitised(html: str) -> str:
    """Return HTML without anything that could run or reach out by itself."""
    tags = (nh3.ALLOWED_TAGS | _EXTRA_TAGS) - {"iframe", "button", "marquee"}
    allowed = {tag: set(_ATTRIBUTES) for tag in tags}
    allowed |= {
        "a": _ATTRIBUTES | {"href", "target"},
        "img": _ATTRIBUTES | {"src", "alt"},
        "font": _ATTRIBUTES | {"color", "size", "face"},
    }
    drawn = {
        "d",
        "fill",
        "stroke",
        "stroke-width",
        "viewbox",
        "viewBox",
        "x",
        "y",
        "cx",
        "cy",
        "r",
        "x1",
        "x2",
        "y1",
        "y2",
        "points",
        "transform",
    }
    for tag in ("svg", "path", "g", "rect", "circle", "line", "polyline", "polygon", "text"):
        allowed[tag] = _ATTRIBUTES | drawn
    return nh3.clean(
        html,
        tags=tags,
        attributes=allowed,
        link_rel="noopener noreferrer",
        url_schemes={"http", "https", "mailto", "data"} - {"data"},
    )
