"""The editor of a panel, as data: which inputs it has, where in the JSON each writes, and what stands there now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.members import mapping, mappings
from core.options import Option, Text
from panels import registry, standard
from panels.base import STANDARD_THRESHOLDS, PanelKind

Path = tuple[str | int, ...]
DEFAULTS: Path = ("fieldConfig", "defaults")


@dataclass(frozen=True)
class Input:
    """One option with its value; path: the members on the way to it, from the panel (or whatever is edited) down."""

    option: Option
    path: Path
    value: Any


@dataclass(frozen=True)
class Section:
    """Inputs under one heading."""

    title: str
    inputs: tuple[Input, ...]


@dataclass(frozen=True)
class Property:
    """One thing that an override sets; field is None for what only the JSON knows."""

    id: str
    index: int
    field: Input | None
    value: Any


@dataclass(frozen=True)
class Override:
    """Columns that are told apart, and what is set for them."""

    index: int
    matcher: Mapping[str, Any]
    properties: tuple[Property, ...]


def fields(declared: Iterable[Option], values: Mapping[str, Any], base: Path) -> list[Input]:
    """Return the inputs of declared options that mean anything as things stand."""
    options = list(declared)
    by_path = {one.path: one for one in options}
    return [
        Input(one, (*base, *_parts(one.path)), _read(one, values))
        for one in options
        if one.only is None or _text(_read(by_path[one.only[0]], values)) in one.only[1]
    ]


def _parts(path: str) -> Path:
    return tuple(int(part) if part.isdecimal() else part for part in path.split("."))


def _read(option: Option, values: Mapping[str, Any]) -> Any:
    at: Any = values
    for part in _parts(option.path):
        inner = at.get(part) if isinstance(at, Mapping) else None
        if isinstance(at, list) and isinstance(part, int):
            inner = dict(enumerate(at)).get(part)
        if inner is None:
            return option.default
        at = inner
    return at


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def sections(panel: Mapping[str, Any]) -> list[Section]:
    """Return the options of a panel's kind, then those of its columns, under their headings."""
    kind = registry.kind(str(panel.get("type")))
    defaults = mapping(mapping(panel.get("fieldConfig")).get("defaults"))
    found = fields(kind.options, mapping(panel.get("options")), ("options",))
    found += fields(kind.field_options, mapping(defaults.get("custom")), (*DEFAULTS, "custom"))
    if kind.queries:
        scheme = [
            replace(one, default=kind.color_mode) if one.path == "color.mode" else one
            for one in standard.STANDARD
        ]
        found += fields(scheme, defaults, DEFAULTS)
    titles = dict.fromkeys(one.option.section or kind.title for one in found)
    return [
        Section(title, tuple(one for one in found if (one.option.section or kind.title) == title))
        for title in titles
    ]


def thresholds(panel: Mapping[str, Any]) -> tuple[str, list[Mapping[str, Any]]]:
    """Return a panel's mode of thresholds and its steps; the usual ones where it has none."""
    held = mapping(mapping(mapping(panel.get("fieldConfig")).get("defaults")).get("thresholds"))
    steps = mappings(held.get("steps")) or mappings(STANDARD_THRESHOLDS["steps"])
    return str(held.get("mode") or "absolute"), steps


def overrides(panel: Mapping[str, Any]) -> list[Override]:
    """Return a panel's overrides, each property with the input that edits it."""
    known = dict(_properties(registry.kind(str(panel.get("type")))))
    made = []
    for i, one in enumerate(mappings(mapping(panel.get("fieldConfig")).get("overrides"))):
        path: Path = ("fieldConfig", "overrides", i, "properties")
        rows = []
        for j, row in enumerate(mappings(one.get("properties"))):
            option = known.get(str(row.get("id")))
            value = row.get("value")
            spot: Path = (*path, j, "value")
            if option is None and str(row.get("id")) == "color":
                option, spot, value = _COLOR, (*spot, "fixedColor"), mapping(value).get("fixedColor")
            field = Input(option, spot, option.default if value is None else value) if option else None
            rows.append(Property(str(row.get("id")), j, field, row.get("value")))
        made.append(Override(i, mapping(one.get("matcher")), tuple(rows)))
    return made


_COLOR = Option("color", "Color", "green", kind="color")


def properties(panel: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    """Return what an override can set: id, words, and the value that it begins with."""
    kind = registry.kind(str(panel.get("type")))
    color = ("color", "Color", {"mode": "fixed", "fixedColor": "green"})
    return [(name, option.label, option.default) for name, option in _properties(kind)] + [color]


def _properties(kind: PanelKind) -> Sequence[tuple[str, Option]]:
    plain = [(one.path, one) for one in standard.STANDARD if not one.path.startswith("color.")]
    return [*plain, *((f"custom.{one.path}", one) for one in kind.field_options)]


GENERAL = (
    Text("title", "Title"),
    Text("description", "Description", kind="area"),
    Option("transparent", "Transparent background", default=False, kind="flag"),
)
QUERY_OPTIONS = (
    Option(
        "maxDataPoints", "Max data points", None, kind="number", help="Empty: the panel's width in pixels"
    ),
    Text("interval", "Min interval", help="For example 1m"),
    Text("timeFrom", "Relative time", help="For example 1h"),
    Text("timeShift", "Time shift", help="For example 1h"),
    Option("hideTimeOverride", "Hide time info", default=False, kind="flag"),
)


def kinds() -> list[tuple[str, str]]:
    """Return type and title of what a panel can be."""
    return sorted(
        (one.type, one.title) for one in registry.all_kinds().values() if one.type not in {"row", "unknown"}
    )
