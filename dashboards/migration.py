"""Dashboards of every schema version, brought to today's form when they are shown; what is stored stays as it is.

What a step mends is told by its shape wherever that is plain, since dashboards are also written by hand and by programs;
by `schemaVersion` alone where one shape meant two things. Panels' own options are `panels.upgrade`'s.
Source: Grafana's documentation of the dashboard model and its changes, 2.0 to 9.3, and dashboards of those versions.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from core.identifiers import slug
from core.members import mapping, mappings
from dashboards.layout import COLUMNS
from dashboards.tree import number_panels

Board = dict[str, Any]
_PER_ROW = (1, 2, 3, 4, 6, 8, 12, 24)
_OLD_WORDS = (
    (re.compile(r"__series_name"), "__series.name"),
    (re.compile(r"\$__value_time"), "${__value.time}"),
    (re.compile(r"__field_name"), "__field.name"),
    (re.compile(r"__value_time"), "__value.time"),
    (re.compile(r"__series\.labels"), "__field.labels"),
)


def modern(board: Board) -> Board:
    """Bring a dashboard to today's form, in place, and return it."""
    version = board.get("schemaVersion")
    known = version if isinstance(version, int) else 0
    for step in (_time, _pulldowns, _variables, _cursor, _refresh):
        step(board)
    for holder in _holders(board):
        holder["panels"] = [_panel(one, known) for one in mappings(holder["panels"]) if not _is_clone(one)]
        for row in holder["panels"]:
            if row.get("type") == "row" and isinstance(row.get("panels"), list):
                row["panels"] = [_panel(one, known) for one in mappings(row["panels"]) if not _is_clone(one)]
    number_panels(board)
    return board


def _holders(board: Board) -> list[Board]:
    """Return what has panels: the dashboard, or (before 16) its rows."""
    if isinstance(board.get("panels"), list):
        return [board]
    return [row for row in mappings(board.get("rows")) if isinstance(row, dict) and row.get("panels")]


def _time(board: Board) -> None:
    """2: time and variables stood in services.filter."""
    given = mapping(mapping(board.get("services")).get("filter"))
    if given and "time" not in board and given.get("time"):
        board["time"] = given["time"]
    if given.get("list") and not mapping(board.get("templating")).get("list"):
        board["templating"] = {"list": given["list"]}
    nav = board.get("nav")  # 7: the time picker stood in nav
    if isinstance(nav, list) and nav and "timepicker" not in board:
        board["timepicker"] = nav[0]


def _pulldowns(board: Board) -> None:
    """6: annotation queries stood in pulldowns."""
    found = next((one for one in mappings(board.get("pulldowns")) if one.get("type") == "annotations"), None)
    if found is not None and "annotations" not in board:
        board["annotations"] = {"list": found.get("annotations") or []}


_FLAGS = {True: 1, False: 0}


def _variables(board: Board) -> None:
    for one in mappings(mapping(board.get("templating")).get("list")):
        if not isinstance(one, dict):
            continue
        if one.get("type") in (None, "", "filter"):  # 6
            one["type"] = "query"
        if isinstance(one.get("refresh"), bool):  # 12
            one["refresh"] = _FLAGS[one["refresh"]]
        if "hide" not in one and (one.get("hideVariable") or one.get("hideLabel")):
            one["hide"] = 2 if one.get("hideVariable") else 1
        if one["type"] == "constant" and one.get("hide") in (0, 1, "", None) and "hide" in one:  # 27
            one["type"] = "textbox"
        if one["type"] == "query" and one.get("refresh") not in (1, 2):  # 29
            one["refresh"] = 1


def _cursor(board: Board) -> None:
    """14: one crosshair for all panels was a flag."""
    if "graphTooltip" not in board and "sharedCrosshair" in board:
        board["graphTooltip"] = 1 if board["sharedCrosshair"] else 0


def _refresh(board: Board) -> None:
    """40: no refresh was false."""
    if isinstance(board.get("refresh"), bool):
        board["refresh"] = ""


def _is_clone(panel: Mapping[str, Any]) -> bool:
    """Copies that a repeat made were saved beside what they repeat; they are made anew."""
    made_of = panel.get("repeatPanelId")
    return (
        bool(made_of)
        and made_of != panel.get("id")
        and (not panel.get("repeat") or bool(panel.get("repeatedByRow")))
    )


def _panel(panel: Mapping[str, Any], version: int) -> Board:
    made = dict(panel)
    for step in (_kind, _widths, _options, _links, _tooltip):
        step(made)
    for until, kind, step_until in _UNTIL:
        if version < until and made.get("type") == kind:
            step_until(made)
    return made


_KINDS = {"graphite": "graph", "text2": "text", "table2": "table", "grafana-singlestat-panel": "singlestat"}


def _kind(panel: Board) -> None:
    panel["type"] = _KINDS.get(str(panel.get("type")), panel.get("type"))
    if isinstance(panel.get("legend"), bool):  # 2
        panel["legend"] = {"show": panel["legend"]}
    sides = panel.pop("aliasYAxis", None)  # 4
    if isinstance(sides, Mapping):
        own = [{"alias": name, "yaxis": side} for name, side in sides.items()]
        panel["seriesOverrides"] = [*mappings(panel.get("seriesOverrides")), *own]


def _widths(panel: Board) -> None:
    """17: the least width of a repeat became the most of them in a row."""
    least = panel.get("minSpan")
    if isinstance(least, int | float) and least > 0 and "maxPerRow" not in panel:
        most = COLUMNS / least
        panel["maxPerRow"] = max((one for one in _PER_ROW if one <= most), default=1)


def _options(panel: Board) -> None:
    """18: options of a gauge stood in a member of another name."""
    old = panel.pop("options-gauge", None)
    if isinstance(old, Mapping) and "options" not in panel:
        names = ("unit", "stat", "decimals", "prefix", "suffix")
        values = {name: old[name] for name in names if name in old}
        rest = {name: value for name, value in old.items() if name not in {*names, "options"}}
        panel["options"] = {**rest, "valueOptions": values}


def _links(panel: Board) -> None:
    """19: links of panels were told by parts; 20, 21: their variables had other names."""
    given = panel.get("links")
    if isinstance(given, list):
        panel["links"] = [_link(one) for one in mappings(given)]
    options = panel.get("options")
    if isinstance(options, Mapping):
        told = {name: _in_texts(options[name]) for name in ("dataLinks", "fieldOptions") if name in options}
        panel["options"] = {**options, **told}


def _link(link: Mapping[str, Any]) -> Board:
    url = str(link.get("url") or "")
    if not url and link.get("dashboard"):
        url = "dashboard/db/" + slug(str(link["dashboard"]))
    elif not url and link.get("dashUri"):
        url = f"dashboard/{link['dashUri']}"
    more = ["$__url_time_range"] if link.get("keepTime") else []
    more += ["$__all_variables"] if link.get("includeVars") else []
    more += [str(link["params"])] if link.get("params") else []
    if more:
        url += ("&" if "?" in url else "?") + "&".join(more)
    return {
        "title": link.get("title") or "",
        "url": _words(url),
        "targetBlank": bool(link.get("targetBlank")),
    }


def _in_texts(value: Any, depth: int = 12) -> Any:
    """Rename words in all texts of a value; no options are nested deeper than that."""
    if isinstance(value, str):
        return _words(value)
    if not depth or not isinstance(value, Mapping | list):
        return value
    if isinstance(value, Mapping):
        return {name: _in_texts(one, depth - 1) for name, one in value.items()}
    return [_in_texts(one, depth - 1) for one in value]


def _words(text: str) -> str:
    for old, new in _OLD_WORDS:
        text = old.sub(new, text)
    return text


def _tooltip(panel: Board) -> None:
    """30: the tooltip's options had another name."""
    options = panel.get("options")
    if isinstance(options, Mapping) and isinstance(options.get("tooltipOptions"), Mapping):
        rest = {name: value for name, value in options.items() if name != "tooltipOptions"}
        panel["options"] = {"tooltip": options["tooltipOptions"], **rest}


def _drop_first_threshold(panel: Board) -> None:
    """9, 10: the first of three thresholds was never used."""
    for one in (panel, *mappings(panel.get("styles"))):
        given = one.get("thresholds")
        if isinstance(given, str) and given.count(",") >= 2 and isinstance(one, dict):
            one["thresholds"] = given.partition(",")[2].strip()
        elif isinstance(given, list) and len(given) >= 3 and isinstance(one, dict) and one is not panel:
            one["thresholds"] = given[1:]


_UNTIL: tuple[tuple[int, str, Callable[[Board], None]], ...] = (
    (9, "singlestat", _drop_first_threshold),
    (10, "table", _drop_first_threshold),
)
