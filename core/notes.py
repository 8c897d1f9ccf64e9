"""Notes on charts: annotations as panels draw them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Note:
    """A moment (time_end equals time) or a stretch of time, in milliseconds, with words and a colour as dashboards write it.

    panel_id: the only panel that shows it; 0 for all. id: an annotation's number; 0 where a data source told it.
    """

    time: int
    time_end: int
    text: str = ""
    title: str = ""
    tags: tuple[str, ...] = ()
    color: str = ""
    panel_id: int = 0
    id: int = 0

    def touches(self, first: float, last: float) -> bool:
        """Say whether any of it lies within a stretch of time."""
        return self.time <= last and self.time_end >= first


def on_panel(notes: Sequence[Note], panel_id: int) -> tuple[Note, ...]:
    """Return the notes that a panel shows."""
    return tuple(one for one in notes if one.panel_id in {0, panel_id})
