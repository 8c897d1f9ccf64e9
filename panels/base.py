"""What every panel kind is made of: data in, a frozen view out, and a template that draws the view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from core.frames import Frame, Kind
from core.notes import Note
from core.options import Option
from core.timerange import TimeRange
from panels.fields import Context, Display, Shown, prepare

STANDARD_THRESHOLDS = {
    "mode": "absolute",
    "steps": [{"color": "green", "value": None}, {"color": "red", "value": 80}],
}
NO_DATA = "No data"
MOST_ROWS = 1000


@dataclass(frozen=True)
class Size:
    """The room for a panel's content in pixels, its padding included."""

    width: float
    height: float


@dataclass(frozen=True)
class PanelData:
    """All that a view is made of.

    panel: the panel's JSON, upgraded. size: of the content box. key: prefixes ids of one panel in a page. rows: the most
    that a table writes out. notes: annotations, for kinds that have an axis of time.
    """

    panel: Mapping[str, Any]
    frames: Sequence[Frame]
    size: Size
    range: TimeRange
    context: Context = field(default_factory=Context)
    key: str = "p"
    rows: int = MOST_ROWS
    notes: Sequence[Note] = ()

    @property
    def options(self) -> Mapping[str, Any]:
        """The panel's options."""
        found = self.panel.get("options")
        return found if isinstance(found, Mapping) else {}

    @property
    def field_config(self) -> Mapping[str, Any]:
        """The panel's field configuration."""
        found = self.panel.get("fieldConfig")
        return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True)
class View:
    """What a template draws. Subclasses add their parts; `strings` is all they show, for comparison and for screen readers."""

    template: ClassVar[str] = ""

    def strings(self) -> list[tuple[str, str]]:
        """Return every text with its colour ("" where the theme's own), in reading order."""
        return []


@dataclass(frozen=True)
class Message(View):
    """A panel that has nothing to draw says why."""

    template: ClassVar[str] = "panels/message.html"
    text: str = NO_DATA
    detail: str = ""

    def strings(self) -> list[tuple[str, str]]:
        """Return the message."""
        return [(self.text, "")]


class PanelKind:
    """A kind of panel. A new one is a class in `panels/kinds` with a type; nothing else has to be named.

    field_options: declared settings of single columns (`fieldConfig.defaults.custom`). queries: whether it shows data.
    notes: whether it shows annotations.
    """

    type: ClassVar[str]
    title: ClassVar[str]
    options: ClassVar[tuple[Option, ...]] = ()
    field_options: ClassVar[tuple[Option, ...]] = ()
    color_mode: ClassVar[str] = "thresholds"
    queries: ClassVar[bool] = True
    notes: ClassVar[bool] = False

    def view(self, data: PanelData) -> View:
        """Return what is drawn."""
        raise NotImplementedError

    def prepared(self, data: PanelData) -> list[list[Shown]]:
        """Return the columns with the panel's configuration applied."""
        defaults = {"color": {"mode": self.color_mode}, "thresholds": STANDARD_THRESHOLDS, "custom": {}}
        return prepare(data.frames, data.field_config, defaults, data.context)

    def option(self, data: PanelData, path: str) -> Any:
        """Return an option's value or its declared default."""
        declared = next(one for one in self.options if one.path == path)
        return declared.read(data.options)


def no_data(data: PanelData) -> str:
    """Return the words for "nothing here": the panel's own, if it has some."""
    defaults = data.field_config.get("defaults")
    return str(defaults.get("noValue") or NO_DATA) if isinstance(defaults, Mapping) else NO_DATA


def has_values(frames: Sequence[Frame]) -> bool:
    """Say whether there is any row at all."""
    return any(len(one) for one in frames)


def time_and_numbers(row: Sequence[Shown]) -> tuple[Shown | None, list[Shown]]:
    """Return a frame's first time column and its number (and yes-or-no) columns."""
    times = next((one for one in row if one.kind is Kind.TIME), None)
    return times, [one for one in row if one.kind in {Kind.NUMBER, Kind.BOOLEAN}]


__all__ = ["NO_DATA", "Context", "Display", "Message", "PanelData", "PanelKind", "Shown", "Size", "View"]
