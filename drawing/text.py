"""Widths of texts without a browser, from the advance widths of Inter, the font of every page."""

from drawing.text_widths import ASCII, OTHER, TABULAR

AXIS_FONT = 10.5  # px
LEGEND_FONT = 12.0


def text_width(text: str, size: float, *, tabular: bool = True) -> float:
    """Return the width of a text in pixels at a font size; digits are all as wide as each other where tabular."""
    total = 0
    for one in text:
        code = ord(one) - 32
        if tabular and one.isdecimal():
            total += TABULAR
        elif 0 <= code < len(ASCII):
            total += ASCII[code]
        else:
            total += OTHER
    return total * size / 1000


def shortened(text: str, size: float, width: float) -> str:
    """Return a text that fits a width, cut with an ellipsis where it must be."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text + "…"
