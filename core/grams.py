"""Texts as the runs of three characters in them, by which a database finds a part of a text without reading all of them."""

import re

LENGTH = 3
# What stands for anything in a LIKE, or makes the next character stand for itself there.
_WILD = re.compile(r"[%_\\]")


def of_text(text: str) -> list[str]:
    """Return the runs of a text whose case is folded, each once, in the order in which they come.

    Folded and not lower: what Σ becomes in lower case depends on what follows it.
    """
    folded = text.casefold()
    return list(dict.fromkeys(folded[at : at + LENGTH] for at in range(len(folded) - LENGTH + 1)))


def of_pattern(query: str) -> list[str]:
    """Return the runs that every text has which is LIKE %query%; none for a short query."""
    return list(dict.fromkeys(gram for piece in _WILD.split(query) for gram in of_text(piece)))
