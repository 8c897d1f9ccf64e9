"""What editors do to a dashboard: a change is a JSON object whose `do` names a function of `CHANGES`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.errors import BadRequest
from dashboards import grid, values
from dashboards.tree import Tree, every_panel, number_panels, panel_of, read


def _replace(tree: Tree, change: Mapping[str, Any]) -> None:
    """Put another JSON in the place of the dashboard's or of one panel's; what names it stays."""
    given = change.get("text")
    try:
        made = read(given) if isinstance(given, str) else None
    except ValueError:
        made = None
    if not isinstance(made, dict):
        raise BadRequest("This is not a JSON object", field="text", traced=False)
    target = panel_of(tree, change["panel"]) if change.get("panel") is not None else tree
    kept = {
        name: target[name]
        for name in (("id",) if target is not tree else ("id", "uid", "version"))
        if name in target
    }
    target.clear()
    target.update({**made, **kept})


Change = Callable[[Tree, Mapping[str, Any]], int | None]
CHANGES: Mapping[str, Change] = {
    "set": values.set_value,
    "unset": values.unset,
    "insert": values.insert,
    "reorder": values.reorder,
    "rename": values.rename,
    "add panel": grid.add_panel,
    "source": grid.ask,
    "duplicate": grid.duplicate,
    "remove": grid.remove,
    "add row": grid.add_row,
    "arrange": grid.arrange,
    "move row": grid.move_row,
    "fold": grid.fold,
    "replace": _replace,
}


def check(changes: Sequence[Any]) -> None:
    """Refuse what is no list of changes: `do` names one, `panel` is an id, `path` names members. Raises BadRequest."""
    for change in changes:
        if not isinstance(change, Mapping) or change.get("do") not in (*CHANGES,):
            raise BadRequest("There is no such change", field="do", traced=False)
        panel, path = change.get("panel"), change.get("path")
        if panel is not None and not isinstance(panel, int):
            raise BadRequest("A panel is named by its id", field="panel", traced=False)
        if path is not None and not (
            isinstance(path, list)
            and all(isinstance(one, str | int) and not isinstance(one, bool) for one in path)
        ):
            raise BadRequest("A path names members", field="path", traced=False)


def apply(tree: Tree, changes: Sequence[Any]) -> int | None:
    """Make changes in their order; return the id of the panel or row that the last one made. Raises BadRequest."""
    check(changes)
    made: int | None = None
    for change in changes:
        made = CHANGES[change["do"]](tree, change)
    return made


def presentable(tree: Tree, changes: Sequence[Any] | None = None) -> bool:
    """Give panels the ids and places by which editors name them; say whether anything had to be changed for that.

    Done for showing, and again, with the same outcome, before a change: a board of an old form is turned into today's
    only if a change names what that makes (changes: None if it is to be shown).
    """
    known = {one.get("id") for _, _, one in every_panel(tree)}
    changed = number_panels(tree)
    if not isinstance(tree.get("panels"), list):
        named = {one.get("panel") for one in changes or [] if isinstance(one, Mapping)} - {None}
        if changes is None or not named <= known:
            grid.modern(tree)
            changed = True
    return changed
