"""What stands for kinds that are not here: their name and their data as a table."""

from dataclasses import dataclass
from typing import ClassVar

from panels.base import PanelData, PanelKind, View, has_values


@dataclass(frozen=True)
class Plain(View):
    """The name of the kind, and rows as text."""

    template: ClassVar[str] = "panels/unknown.html"
    kind: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def strings(self) -> list[tuple[str, str]]:
        """Return the name of the kind."""
        return [(self.kind, "")]


class Unknown(PanelKind):
    """A kind that is not here yet."""

    type: ClassVar[str] = "unknown"
    title: ClassVar[str] = "Unknown"

    def view(self, data: PanelData) -> View:
        """Return the first frame's rows."""
        kind = str(data.panel.get("type") or "")
        rows = self.prepared(data)
        if not rows or not has_values(data.frames):
            return Plain(kind, (), ())
        first = rows[0]
        texts = [[str(one.display(value)) for value in one.field.items[:100]] for one in first]
        return Plain(kind, tuple(one.name for one in first), tuple(zip(*texts, strict=True)))
