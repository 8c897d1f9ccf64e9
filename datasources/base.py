"""What every data source kind is made of."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from core.frames import Frame
from core.options import Option


class SourceError(Exception):
    """A source failed or refused, in its own words. status: as `/api/ds/query` reports it for the query.

    unreadable: the whole request fails (500 plugin.downstreamError), as recorded where no answer could be had at all.
    """

    def __init__(
        self, message: str, *, status: int = 500, unreadable: bool = False, frames: Sequence[Frame] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.unreadable = unreadable
        self.frames = list(frames)


@dataclass(frozen=True)
class SourceConfig:
    """A configured source with its secrets in clear; it never leaves the process. fault: why it cannot be asked at all."""

    id: int
    uid: str
    name: str
    type: str
    url: str = ""
    user: str = ""
    database: str = ""
    basic_auth: bool = False
    basic_auth_user: str = ""
    json_data: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout_s: float = 30.0
    is_default: bool = False
    fault: str = ""


@dataclass(frozen=True)
class Query:
    """One query: its model as the dashboard has it, variables filled in.

    from_ms, to_ms: the range; interval_ms: the step that the panel's width suggests; max_data_points: about a point a pixel.
    """

    ref_id: str
    model: Mapping[str, Any]
    from_ms: int
    to_ms: int
    interval_ms: int = 1000
    max_data_points: int = 100


@dataclass(frozen=True)
class Deadline:
    """When an answer is of no use any more (monotonic seconds)."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """Return a deadline so many seconds from now."""
        return cls(time.monotonic() + seconds)

    @property
    def passed(self) -> bool:
        """Whether it is over."""
        return time.monotonic() >= self.at

    @property
    def left(self) -> float:
        """Seconds left, at least a tenth."""
        return max(0.1, self.at - time.monotonic())


@dataclass(frozen=True)
class Health:
    """Whether a source answers, and its words."""

    ok: bool
    message: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ResourceReply:
    """What a source answered to a call of its own API."""

    status: int
    body: bytes
    content_type: str


class DataSource:
    """A kind of source. A new one is a class in `datasources/kinds` with a type; nothing else has to be named.

    title: what people call it. options: everything that can be configured besides name and URL.
    query_options: what a panel's query is made of; annotation_options: an annotation query, where that is another. variable_format: how a
    variable with several values is written into a query that names no format. repeats_itself: equal queries have equal
    answers, so that one is enough.
    """

    type: ClassVar[str]
    title: ClassVar[str]
    about: ClassVar[str] = ""
    url_example: ClassVar[str] = ""
    options: ClassVar[tuple[Option, ...]] = ()
    query_options: ClassVar[tuple[Option, ...]] = ()
    annotation_options: ClassVar[tuple[Option, ...] | None] = None
    has_health: ClassVar[bool] = True
    variable_format: ClassVar[str] = "glob"
    repeats_itself: ClassVar[bool] = True

    def __init__(self, config: SourceConfig) -> None:
        self.config = config

    @classmethod
    def asks(cls, model: Mapping[str, Any]) -> bool:
        """Say whether a panel's query asks anything; one that is still empty is left out and is no fault."""
        del model
        return True

    @classmethod
    def proxy_role(cls, method: str, path: str) -> str:
        """Return the least role that may call a path of the source through the proxy. Raises SourceError if none may."""
        del method, path
        return "Viewer"

    def query(self, query: Query, deadline: Deadline) -> list[Frame]:
        """Return the frames of one query. Raises SourceError."""
        raise NotImplementedError

    def present(self, frames: list[Frame], models: Sequence[Mapping[str, Any]]) -> list[Frame]:
        """Return frames in the form that panels show; `/api/ds/query` answers them before that."""
        del models
        return frames

    def find(self, text: str, from_ms: int, to_ms: int, deadline: Deadline) -> list[str]:
        """Return what a variable's query finds. Raises SourceError."""
        raise SourceError(f"{self.title} has no variable queries")

    def health(self, deadline: Deadline) -> Health:
        """Ask the source whether it works. Raises SourceError."""
        raise NotImplementedError

    def resource(
        self, method: str, path: str, query: str, body: bytes, content_type: str, deadline: Deadline
    ) -> ResourceReply:
        """Call the source's own API. Raises SourceError."""
        raise SourceError("no such resource", status=404)
