"""Changes of the grid: panels and rows come, go and move, and never overlap."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import BadRequest
from core.members import mappings
from dashboards import layout
from dashboards.tree import Tree, every_panel, new_id, number_panels, panel_of, place_in, read, text

WIDTH, HEIGHT = 12, 8


def modern(tree: Tree) -> list[Any]:
    """Return the list of panels; a board that has rows of spans gets today's form, since panels are to be placed."""
    panels = tree.get("panels")
    if not isinstance(panels, list):
        panels = tree["panels"] = [dict(one) for one in layout.panels_of(tree)]
        tree.pop("rows", None)
        number_panels(tree)
    return panels


def _at(panel: Mapping[str, Any]) -> tuple[int, int, int, int]:
    return layout.place_of(panel)


def _free_place(panels: Sequence[Any], width: int, height: int) -> tuple[int, int]:
    """Return the first gap above the first row (or the foot of what is there), from the top, left to right."""
    first_row = min((_at(one)[1] for one in panels if one.get("type") == "row"), default=None)
    above = [
        _at(one)
        for one in panels
        if one.get("type") != "row" and (first_row is None or _at(one)[1] < first_row)
    ]
    foot = max((y + h for _, y, _, h in above), default=0)
    for top in range(foot):
        for left in range(layout.COLUMNS - width + 1):
            if top + height <= foot and not any(
                x < left + width and left < x + w and y < top + height and top < y + h for x, y, w, h in above
            ):
                return left, top
    beside = [one for one in above if one[1] + one[3] == foot and one[3] <= height]
    right = max((x + w for x, _, w, _ in beside), default=layout.COLUMNS)
    top = max((y for _, y, _, _ in beside), default=0)
    if (
        beside
        and right + width <= layout.COLUMNS
        and not any(x + w > right and y + h > top for x, y, w, h in above)
    ):
        return right, top
    return 0, foot


def _push_down(panels: Sequence[Any], top: int, by: int) -> None:
    for one in panels:
        x, y, w, h = _at(one)
        if y >= top and by:
            _put(one, (x, y + by, w, h))


def _add(tree: Tree, panel: Tree, width: int = WIDTH, height: int = HEIGHT) -> int:
    panels = modern(tree)
    x, y = _free_place(panels, width, height)
    first_row = min((_at(one)[1] for one in panels if one.get("type") == "row"), default=None)
    if first_row is not None and first_row < y + height:
        _push_down(panels, first_row, y + height - first_row)
    number = new_id(tree)
    panel.update({"id": number, "gridPos": {"h": height, "w": width, "x": x, "y": y}})
    panels.append(panel)
    return number


def add_panel(tree: Tree, change: Mapping[str, Any]) -> int:
    """Make a panel (`value`: what it begins with) and return its id."""
    given = change.get("value")
    panel: Tree = {
        "type": "timeseries",
        "title": "Panel Title",
        "targets": [{"refId": "A"}],
        "options": {},
        "fieldConfig": {"defaults": {}, "overrides": []},
        **(given if isinstance(given, dict) else {}),
    }
    if panel.get("type") == "row":
        raise BadRequest("This is no panel that can be added here", field="value", traced=False)
    panel.pop("repeatedByRow", None)
    _, _, width, height = _at(panel) if isinstance(panel.get("gridPos"), dict) else (0, 0, WIDTH, HEIGHT)
    return _add(tree, panel, width, height)


def ask(tree: Tree, change: Mapping[str, Any]) -> None:
    """Let a panel ask another data source; queries of another language begin anew, those of the same move along."""
    panel, value = panel_of(tree, change.get("panel")), change.get("value")
    before = panel.get("datasource")
    panel["datasource"] = value
    kinds = [one.get("type") if isinstance(one, dict) else None for one in (before, value)]
    if kinds[1] == "datasource":
        return  # mixed: each query keeps its own
    if kinds[0] not in (None, "datasource", kinds[1]):
        panel["targets"] = [{"refId": "A"}]
    for target in panel.get("targets") or []:
        if isinstance(target, dict):
            target["datasource"] = value


def duplicate(tree: Tree, change: Mapping[str, Any]) -> int:
    """Put a copy of a panel beside it, or below where there is no room; return its id."""
    panels = modern(tree)
    held, index, panel = place_in(tree, change.get("panel"))
    copy: Tree = read(text(panel))
    copy["id"] = number = new_id(tree)
    x, y, w, h = _at(panel)
    if x + 2 * w <= layout.COLUMNS and not any(
        ox < x + 2 * w and x + w < ox + ow and oy < y + h and y < oy + oh for ox, oy, ow, oh in map(_at, held)
    ):
        copy["gridPos"] = {"h": h, "w": w, "x": x + w, "y": y}
    else:
        _push_down(held if held is not panels else panels, y + h, h)
        copy["gridPos"] = {"h": h, "w": w, "x": x, "y": y + h}
    held.insert(index + 1, copy)
    return number


def remove(tree: Tree, change: Mapping[str, Any]) -> None:
    """Take a panel away; of a row also its panels, unless `inside` is keep."""
    held, index, panel = place_in(tree, change.get("panel"))
    if (
        panel.get("type") == "row"
        and isinstance(panel.get("panels"), list)
        and change.get("inside") == "keep"
    ):
        held[index : index + 1] = panel["panels"]
        return
    if panel.get("type") == "row" and not panel.get("collapsed") and change.get("inside") != "keep":
        inside = [id(one) for one in _under(held, panel)]
        held[:] = [one for one in held if id(one) not in inside and one is not panel]
        return
    del held[index]


def _under(held: Sequence[Any], row: Mapping[str, Any]) -> list[Any]:
    """Return the panels between an unfolded row and the next one."""
    top = _at(row)[1]
    end = min((_at(one)[1] for one in held if one.get("type") == "row" and _at(one)[1] > top), default=10**9)
    return [one for one in held if one.get("type") != "row" and top < _at(one)[1] < end]


def add_row(tree: Tree, change: Mapping[str, Any]) -> int:
    """Put a row (`title`) at the foot and return its id."""
    panels = modern(tree)
    given = change.get("title")
    foot = max((y + h for _, y, _, h in map(_at, panels)), default=0)
    number = new_id(tree)
    panels.append(
        {
            "type": "row",
            "title": given if isinstance(given, str) and given else "Row title",
            "collapsed": False,
            "panels": [],
            "id": number,
            "gridPos": {"h": 1, "w": layout.COLUMNS, "x": 0, "y": foot},
        }
    )
    return number


def arrange(tree: Tree, change: Mapping[str, Any]) -> None:
    """Put panels where `sections` says: `[{row: id or null, panels: [{id, x, y, w, h}]}]`, y from the section's top."""
    panels = modern(tree)
    sections = change.get("sections")
    if not isinstance(sections, list) or not all(isinstance(one, dict) for one in sections):
        raise BadRequest("An arrangement names sections", field="sections", traced=False)
    known = {one.get("id"): one for _, _, one in every_panel(tree)}
    top = 0
    placed: list[Any] = []
    for section in sections:
        row = _known(known, section.get("row"))
        if row is not None:
            _put(row, (0, top, layout.COLUMNS, 1))
            placed.append(row)
            top += 1
        inside, foot = [], top
        for one in mappings(section.get("panels")):
            panel = _known(known, one.get("id"))
            if panel is None or panel.get("type") == "row":
                raise BadRequest("An arrangement names panels that are there", field="sections", traced=False)
            x, y, w, h = _at({"gridPos": one})
            _put(panel, (min(x, layout.COLUMNS - w) if w <= layout.COLUMNS else 0, top + y, w, h))
            inside.append(panel)
            foot = max(foot, top + y + h)
        if row is not None and row.get("collapsed"):
            row["panels"] = inside
        else:
            if row is not None and isinstance(row.get("panels"), list):
                row["panels"] = []
            placed += inside
            top = foot
    if {id(one) for one in placed} | _folded(placed) != {id(one) for one in known.values()}:
        raise BadRequest("An arrangement names every panel", field="sections", traced=False)
    order = {id(one): i for i, one in enumerate(panels)}
    panels[:] = sorted(placed, key=lambda one: order.get(id(one), len(order)))  # the order in the file stays


def _known(panels: Mapping[Any, Tree], number: Any) -> Tree | None:
    return panels.get(number) if isinstance(number, int) else None


def move_row(tree: Tree, change: Mapping[str, Any]) -> None:
    """Let a row and what is under it change places with the row before (by -1) or after it (by 1)."""
    modern(tree)
    found = layout.sections(tree, {})
    keys = [one.key for one in found]
    row, by = f"row-{change.get('panel')}", change.get("by")
    at = keys.index(row) if row in keys else -1
    other = at + by if by in (-1, 1) else -1
    if at < 0 or not 0 <= other < len(keys) or not keys[other]:
        raise BadRequest("This row cannot be moved there", field="panel", traced=False)
    found[at], found[other] = found[other], found[at]
    sections = [
        {
            "row": int(one.key.removeprefix("row-")) if one.key else None,
            "panels": [{"id": p.id, "x": p.x, "y": p.y, "w": p.w, "h": p.h} for p in one.panels],
        }
        for one in found
    ]
    arrange(tree, {"sections": sections})


def _folded(placed: Sequence[Tree]) -> set[int]:
    return {id(inner) for one in placed if one.get("type") == "row" for inner in one.get("panels") or []}


def _put(panel: Tree, to: tuple[int, int, int, int]) -> None:
    if not isinstance(panel.get("gridPos"), dict) or _at(panel) != to:
        x, y, w, h = to
        panel["gridPos"] = {**(panel.get("gridPos") or {}), "h": h, "w": w, "x": x, "y": y}


def fold(tree: Tree, change: Mapping[str, Any]) -> None:
    """Fold a row (its panels go into it) or unfold it (they come back under it)."""
    panels = modern(tree)
    row = panel_of(tree, change.get("panel"))
    if row.get("type") != "row" or not any(one is row for one in panels):
        raise BadRequest("Only rows fold", field="panel", traced=False)
    held = row.get("panels")
    inside: list[Any] = held if isinstance(held, list) else []
    if row.get("collapsed"):
        row["collapsed"], row["panels"] = False, []
        top = _at(row)[1]
        least = min((_at(one)[1] for one in inside), default=top + 1)
        for one in inside:
            x, y, w, h = _at(one)
            _put(one, (x, top + 1 + y - least, w, h))
        tall = max((_at(one)[1] + _at(one)[3] for one in inside), default=top + 1) - top - 1
        _push_down(panels, top + 1, tall)
        where = next(i for i, one in enumerate(panels) if one is row)
        panels[where + 1 : where + 1] = inside
    else:
        under = _under(panels, row)
        row["collapsed"], row["panels"] = True, under
        panels[:] = [one for one in panels if not any(one is other for other in under)]
