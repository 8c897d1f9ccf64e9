"""Older forms of panels, brought to today's when they are shown; what is stored stays as it is."""

from collections.abc import Mapping
from typing import Any

from panels import from_graph, from_singlestat

Panel = dict[str, Any]


def upgraded(panel: Mapping[str, Any]) -> Panel:
    """Return a panel in today's form."""
    made = _successor(panel)
    options = made.get("options")
    if (
        isinstance(options, Mapping)
        and str(made.get("type")) in {"gauge", "bargauge", "stat"}
        and ("fieldOptions" in options or "valueOptions" in options)
    ):
        made = _single_values(made, dict(options))
    config = made.get("fieldConfig")
    defaults = config.get("defaults") if isinstance(config, Mapping) else None
    mappings = defaults.get("mappings") if isinstance(defaults, Mapping) else None
    if (
        isinstance(config, Mapping)
        and isinstance(defaults, Mapping)
        and any(isinstance(one, Mapping) and "options" not in one for one in mappings or [])
    ):
        rows = [_mapping(one) for one in mappings or [] if isinstance(one, Mapping)]
        made["fieldConfig"] = {**config, "defaults": {**defaults, "mappings": rows}}
    return made


_GRAPHS, _SINGLES = frozenset({"graph", "graph-old"}), frozenset({"singlestat", "singlestat-old"})


def _successor(panel: Mapping[str, Any]) -> Panel:
    """Kinds that others took the place of are shown as those."""
    kind = str(panel.get("type"))
    if kind in _GRAPHS:
        return from_graph.series(panel)
    if kind in _SINGLES:
        return from_singlestat.stat(panel)
    if kind == "table-old" or (kind == "table" and isinstance(panel.get("styles"), list)):
        return from_singlestat.table(panel)
    return dict(panel)


def _single_values(panel: Panel, options: Panel) -> Panel:
    """Gauges before 7.0 kept their field configuration in options; before 6.1 their values' too."""
    fields = dict(options.pop("fieldOptions", None) or {})
    old = options.pop("valueOptions", None)
    defaults = dict(fields.get("defaults") or {})
    reduce = {
        "calcs": fields.get("calcs") or ["mean"],
        "values": bool(fields.get("values")),
        "limit": fields.get("limit"),
        "fields": "",
    }
    if isinstance(old, Mapping):
        reduce["calcs"] = [old.get("stat") or "mean"]
        defaults |= {name: old[name] for name in ("unit",) if old.get(name) is not None}
        if (decimals := _number(old.get("decimals"))) is not None:  # some were saved as texts
            defaults["decimals"] = int(decimals)
        defaults |= {
            new: options[name]
            for new, name in (("min", "minValue"), ("max", "maxValue"))
            if options.get(name) is not None
        }
        fields.setdefault("thresholds", options.get("thresholds"))
        fields.setdefault("mappings", options.get("valueMappings"))
    steps = (
        defaults.get("thresholds")
        if isinstance(defaults.get("thresholds"), list)
        else fields.get("thresholds")
    )
    if isinstance(steps, list):
        defaults["thresholds"] = {
            "mode": "absolute",
            "steps": [_step(one, i) for i, one in enumerate(_ordered(steps))],
        }
    if "title" in defaults:
        defaults["displayName"] = defaults.pop("title")
    mappings = defaults.get("mappings") or fields.get("mappings") or []
    defaults["mappings"] = [_mapping(one) for one in mappings if isinstance(one, Mapping)]
    defaults = {name: value for name, value in defaults.items() if value is not None}
    given = panel.get("fieldConfig") if isinstance(panel.get("fieldConfig"), Mapping) else {}
    config = {
        "defaults": {**defaults, **((given or {}).get("defaults") or {})},
        "overrides": fields.get("overrides") or (given or {}).get("overrides") or [],
    }
    return {**panel, "options": {**options, "reduceOptions": reduce}, "fieldConfig": config}


def _ordered(steps: list[Any]) -> list[Mapping[str, Any]]:
    """Thresholds without a first step that begins at minus infinity are ordered so that it comes first."""
    found = [one for one in steps if isinstance(one, Mapping)]
    return sorted(found, key=lambda one: float("-inf") if one.get("value") is None else float(one["value"]))


def _step(one: Mapping[str, Any], index: int) -> Panel:
    return {"color": one.get("color"), "value": None if index == 0 else one.get("value")}


def _mapping(one: Mapping[str, Any]) -> Panel:
    """Mappings before 8.0 were one row each: type 1 a value, type 2 a range."""
    if "options" in one:
        return dict(one)
    result = {"text": one.get("text")}
    if one.get("type") == 2:
        ends = {end: _number(one.get(end)) for end in ("from", "to")}
        return {"type": "range", "options": {**ends, "result": result}}
    if str(one.get("value")) == "null":
        return {"type": "special", "options": {"match": "null", "result": result}}
    return {"type": "value", "options": {str(one.get("value")): result}}


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
