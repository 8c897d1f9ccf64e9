"""Annotation queries of a dashboard: which there are, what they ask, and what their answers say."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.durations import parse_duration
from core.frames import Frame, Kind
from core.members import mapping, mappings, text
from core.notes import Note

NATIVE = frozenset({"-- Grafana --", "grafana"})
COLOR, STEP_MS, MOST_POINTS, MOST_NOTES = "rgba(0, 211, 255, 1)", 60_000, 11_000, 1000
_LABEL = re.compile(r"\{\{\s*(.+?)\s*\}\}")


@dataclass(frozen=True)
class Definition:
    """One annotation query. model: as the dashboard has it. panels: those it is for, or (excluded) not for; None for all."""

    name: str
    model: Mapping[str, Any]
    color: str
    shown: bool
    hidden: bool
    panels: frozenset[int] | None = None
    excluded: bool = False

    @property
    def datasource(self) -> Any:
        """The reference to its data source."""
        return self.model.get("datasource")

    @property
    def target(self) -> Mapping[str, Any]:
        """What it asks: in a member of its own, or (older dashboards) beside the rest."""
        return mapping(self.model.get("target")) or self.model

    @property
    def native(self) -> bool:
        """Whether it asks for annotations that are kept here."""
        reference = self.datasource
        name = reference.get("uid") if isinstance(reference, Mapping) else reference
        return bool(self.model.get("builtIn")) or name in NATIVE

    def is_for(self, panel_id: int) -> bool:
        """Say whether a panel shows what it finds."""
        return self.panels is None or (panel_id in self.panels) is not self.excluded


def definitions(board: Mapping[str, Any], off: Iterable[str] = ()) -> list[Definition]:
    """Return the annotation queries of a dashboard; one without a built-in one has it all the same.

    off: names of those that are switched over from what the dashboard says.
    """
    listed = mappings(mapping(board.get("annotations")).get("list"))
    if not any(one.get("builtIn") for one in listed):
        listed = [{"builtIn": 1, "enable": True, "hide": True, "type": "dashboard"}, *listed]
    return [_definition(one, frozenset(off)) for one in listed]


def _definition(model: Mapping[str, Any], off: frozenset[str]) -> Definition:
    name = text(model.get("name")) or "Annotations & Alerts"
    chosen = mapping(model.get("filter"))
    ids = chosen.get("ids")
    panels = frozenset(one for one in ids if isinstance(one, int)) if isinstance(ids, list) else None
    return Definition(
        name=name,
        model=model,
        color=text(model.get("iconColor")) or COLOR,
        shown=bool(model.get("enable", True)) is not (name in off),
        hidden=bool(model.get("hide")),
        panels=panels,
        excluded=bool(chosen.get("exclude")),
    )


def step_ms(definition: Definition, span_ms: int) -> int:
    """Return the step of a query over time: its own, a minute, or as much as keeps the answer small."""
    own = text(definition.target.get("interval")) or text(definition.target.get("step"))
    try:
        least = parse_duration(own) if own else STEP_MS
    except ValueError:
        least = STEP_MS
    return max(1, least, span_ms // MOST_POINTS)


def notes(definition: Definition, kind: str, frames: Sequence[Frame], step: int) -> list[Note]:
    """Return what frames say. kind: of the data source; numbers of Prometheus say when something held."""
    found = _of_numbers(definition, frames, step) if kind == "prometheus" else _of_rows(definition, frames)
    return [one for one, _ in zip(found, range(MOST_NOTES), strict=False)]


def _of_numbers(definition: Definition, frames: Sequence[Frame], step: int) -> Iterator[Note]:
    """Yield a note for each stretch in which a series was not zero."""
    given = definition.target if "titleFormat" in definition.target else definition.model
    keys = [one.strip() for one in text(given.get("tagKeys")).split(",") if one.strip()]
    for frame in frames:
        times, value = frame.first(Kind.TIME), frame.first(Kind.NUMBER)
        if times is None or value is None:
            continue
        labels = value.labels or {}
        held = [int(at) for at, one in zip(times.items, value.items, strict=True) if at is not None and one]
        for first, last in _stretches(held, step):
            yield Note(
                first,
                last,
                _named(text(given.get("textFormat")), labels),
                _named(text(given.get("titleFormat")) or "{{alertname}}", labels),
                tuple(labels[key] for key in keys if key in labels),
                definition.color,
            )


def _stretches(moments: Sequence[int], step: int) -> Iterator[tuple[int, int]]:
    first = last = None
    for at in moments:
        if first is None or last is None:
            first = at
        elif at - last > step:
            yield first, last
            first = at
        last = at
    if first is not None and last is not None:
        yield first, last


def _named(form: str, labels: Mapping[str, str]) -> str:
    return _LABEL.sub(lambda found: labels.get(found[1], ""), form)


def _of_rows(definition: Definition, frames: Sequence[Frame]) -> Iterator[Note]:
    """Yield a note for each row; columns are told by their names, the words also by being the first text."""
    for frame in frames:
        named = {one.name.lower(): one for one in frame.fields}
        times = named.get("time") or frame.first(Kind.TIME)
        if times is None:
            continue
        words = named.get("text") or next(
            (
                one
                for one in frame.fields
                if one.kind is Kind.STRING and one.name.lower() not in {"title", "tags"}
            ),
            None,
        )
        columns = [
            one.items if one is not None else [None] * len(times)
            for one in (times, named.get("timeend"), words, named.get("title"), named.get("tags"))
        ]
        for at, end, said, title, tags in zip(*columns, strict=True):
            if isinstance(at, int | float):
                last = int(end) if isinstance(end, int | float) else int(at)
                yield Note(
                    int(at),
                    max(int(at), last),
                    str(said or ""),
                    str(title or ""),
                    _tags(tags),
                    definition.color,
                )


def _tags(given: Any) -> tuple[str, ...]:
    if isinstance(given, str):
        return tuple(one.strip() for one in given.split(",") if one.strip())
    return tuple(str(one) for one in given) if isinstance(given, list) else ()
