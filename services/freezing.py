"""Taking a snapshot: a dashboard as it stands, with the data of its panels in it and nothing left that would be asked."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from core import clock
from core.members import mapping, mappings
from core.notes import Note
from dashboards import document
from queries import frozen
from services.panel_data import Drawn, Page

_ASKING = (
    "targets",
    "datasource",
    "links",
    "repeat",
    "repeatDirection",
    "maxPerRow",
    "scopedVars",
    "libraryPanel",
)


def freeze(page: Page, drawn: Iterable[Drawn], name: str, number: int) -> document.Members:
    """Return a dashboard with its data: repeats stand as panels of their own, and nothing is left that would be asked.

    drawn: all its panels. number: of the dashboard that it is taken of, whose editors may delete it.
    Variables keep what is chosen and can be no other; annotations and the time range stay as they are now.
    """
    by_key = {one.place.key: one for one in drawn}
    board = {
        **page.board,
        "id": number,
        "title": name or page.title,
        "time": {"from": clock.iso_ms(page.span.from_ms), "to": clock.iso_ms(page.span.to_ms)},
        "refresh": "",
        "links": [],
        "panels": _panels(page, by_key),
        "templating": {"list": [_variable(page, one) for one in _variables(page)]},
        "annotations": {"list": [_annotations(page)]},
        "snapshot": {"timestamp": clock.iso(clock.now())},
    }
    board.pop("rows", None)
    return document.read(orjson.dumps(board, option=orjson.OPT_SERIALIZE_NUMPY))


def _panels(page: Page, by_key: Mapping[str, Drawn]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    top = 0
    for section in page.layout():
        if section.key:
            line = {"x": 0, "y": top, "w": 24, "h": 1}
            made.append(
                {
                    "type": "row",
                    "title": page.row_title(section),
                    "collapsed": False,
                    "panels": [],
                    "gridPos": line,
                }
            )
            top += 1
        for place in section.panels:
            kept = {name: value for name, value in place.panel.items() if name not in _ASKING}
            one = by_key.get(place.key)
            kept["gridPos"] = {"x": place.x, "y": top + place.y, "w": place.w, "h": place.h}
            kept["title"] = page.title_of(place)
            kept["snapshotData"] = frozen.written(one.frames) if one is not None else []
            made.append(kept)
        top += max((place.y + place.h for place in section.panels), default=0)
    _number(made)
    return made


def _number(panels: list[dict[str, Any]]) -> None:
    """Give every panel a number of its own; the first of a repeat keeps that of its origin, which annotations name."""
    taken: set[int] = set()
    free = 1 + max((one["id"] for one in panels if isinstance(one.get("id"), int)), default=0)
    for one in panels:
        if not isinstance(one.get("id"), int) or one["id"] in taken:
            one["id"], free = free, free + 1
        taken.add(one["id"])


def _variables(page: Page) -> list[Mapping[str, Any]]:
    return mappings(mapping(page.board.get("templating")).get("list"))


def _variable(page: Page, model: Mapping[str, Any]) -> dict[str, Any]:
    state = next((one for one in page.states if one.name == model.get("name")), None)
    rest = {name: model[name] for name in ("name", "label", "hide") if name in model}
    values = list(state.variable.values) if state else []
    texts = list(state.variable.texts or values) if state else []
    chosen = {"text": texts, "value": values} if len(values) != 1 else {"text": texts[0], "value": values[0]}
    options = [
        {"text": text, "value": value, "selected": True} for text, value in zip(texts, values, strict=False)
    ]
    joined = ",".join(values)
    return {
        **rest,
        "type": "custom",
        "query": joined,
        "multi": len(values) != 1,
        "current": chosen,
        "options": options,
    }


def _annotations(page: Page) -> dict[str, Any]:
    notes = [_note(note) for _, note in page.notes]
    return {
        "name": "Annotations",
        "builtIn": 1,
        "enable": True,
        "hide": True,
        "type": "dashboard",
        "snapshotData": notes,
    }


def _note(note: Note) -> dict[str, Any]:
    return {
        "time": note.time,
        "timeEnd": note.time_end,
        "isRegion": note.time != note.time_end,
        "text": note.text,
        "title": note.title,
        "tags": list(note.tags),
        "color": note.color,
        "panelId": note.panel_id,
    }
