"""Row: a title that panels fold under; it draws nothing of its own."""

from typing import ClassVar

from panels.base import Message, PanelData, PanelKind, View


class Row(PanelKind):
    """A title that panels fold under."""

    type: ClassVar[str] = "row"
    title: ClassVar[str] = "Row"
    queries: ClassVar[bool] = False

    def view(self, data: PanelData) -> View:
        """Return nothing: the page draws rows."""
        del data
        return Message("")
