"""Text: markdown or HTML, sanitised."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

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
# What a style may set: nothing that leaves its place or fetches anything.
_STYLES = {
    f"{group}{part}"
    for group, parts in {
        "border": ("", "-top", "-right", "-bottom", "-left", "-color", "-width", "-style", "-radius", "-collapse", "-spacing"),
        "margin": ("", "-top", "-right", "-bottom", "-left"),
        "padding": ("", "-top", "-right", "-bottom", "-left"),
        "font": ("", "-family", "-size", "-style", "-variant", "-weight"),
        "text": ("-align", "-decoration", "-indent", "-overflow", "-shadow", "-transform"),
        "flex": ("", "-direction", "-wrap", "-grow", "-shrink", "-basis", "-flow"),
        "grid": ("-template-columns", "-template-rows", "-column", "-row", "-gap"),
    }.items()
    for part in parts
} | {
    "color", "background-color", "opacity", "width", "height", "min-width", "min-height", "max-width", "max-height", "display",
    "float", "clear", "overflow", "vertical-align", "line-height", "letter-spacing", "white-space", "word-break",
    "list-style-type", "align-items", "align-content", "align-self", "justify-content", "gap", "order",
}  # fmt: skip
_DRAWN_TAGS = {"svg", "path", "g", "rect", "circle", "line", "polyline", "polygon", "text"}


@dataclass(frozen=True)
class Prose(View):
    """HTML that is safe to show. code: lines, shown as written; numbered: with their numbers."""

    template: ClassVar[str] = "panels/text.html"
    html: str = ""
    code: tuple[str, ...] = ()
    numbered: bool = False

    def strings(self) -> list[tuple[str, str]]:
        """Return the text without its marks, line by line."""
        if self.code:
            numbers = [f"{i} " if self.numbered else "" for i in range(1, len(self.code) + 1)]
            return [(number + line, "") for number, line in zip(numbers, self.code, strict=True)]
        plain = nh3.clean(self.html, tags=set())
        return [(line.strip(), "") for line in plain.splitlines() if line.strip()]


class TextPanel(PanelKind):
    """Markdown or HTML, sanitised."""

    type: ClassVar[str] = "text"
    title: ClassVar[str] = "Text"
    queries: ClassVar[bool] = False
    options: ClassVar[tuple[Option, ...]] = (
        Choice("mode", "Mode", "markdown", "markdown", "html", "code", section="Text"),
        Text("content", "Content", section="Text", kind="area"),
    )

    def view(self, data: PanelData) -> View:
        """Return the content with variables filled in."""
        content = str(data.options.get("content") or data.panel.get("content") or "")
        mode = str(data.options.get("mode") or data.panel.get("mode") or "markdown")
        code = data.options.get("code")
        code = code if mode == "code" and isinstance(code, Mapping) else {}
        content = data.context.fill(content, {}, "json" if code.get("language") == "json" else "html")
        if mode == "code":
            return Prose(code=tuple(content.split("\n")), numbered=bool(code.get("showLineNumbers")))
        return Prose(sanitised(_markdown().render(content) if mode == "markdown" else content))


def described(markdown: str) -> Markup:
    """Return a description as safe HTML."""
    return Markup(sanitised(_markdown().render(markdown)))  # noqa: S704 - sanitised is what it is


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True, "linkify": False, "breaks": False}).enable(
        ["table", "strikethrough"]
    )


_TAGS = frozenset(nh3.ALLOWED_TAGS | _DRAWN_TAGS | {"font"})
_TAG = re.compile(r"<(?=/?([a-zA-Z][\w-]*))")


def sanitised(html: str) -> str:
    """Return HTML without anything that could run or reach out by itself; tags that may not be stand there as text."""
    html = _TAG.sub(lambda found: "<" if found[1].lower() in _TAGS else "&lt;", html)
    allowed = {tag: set(_ATTRIBUTES) for tag in _TAGS}
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
    for tag in _DRAWN_TAGS:
        allowed[tag] = _ATTRIBUTES | drawn
    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes=allowed,
        link_rel="noopener noreferrer",
        url_schemes={"http", "https", "mailto"},
        filter_style_properties=_STYLES,
    )
