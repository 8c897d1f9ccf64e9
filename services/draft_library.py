"""Library panels in a draft: changed there, made from a panel there; saving says whether every dashboard changes with it.

A panel of a draft whose element was changed carries a mark in its reference; what is saved never does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from core.access import Actor
from core.errors import BadRequest
from dashboards.tree import Tree, every_panel, panel_of
from dashboards.tree import read as read_tree
from dashboards.tree import text as tree_text
from services import library
from services.library_panels import CHANGED, OWN, PANEL, uid_in

_TOUCHING = frozenset({"set", "unset", "insert", "reorder", "rename", "replace", "source"})
EVERYWHERE, HERE = "everywhere", "here"


@dataclass(frozen=True)
class Touched:
    """An element that a draft changes. uses: on how many dashboards it is shown."""

    uid: str
    name: str
    uses: int
    may_change: bool


def take_out(actor: Actor, tree: Tree, changes: Sequence[Any]) -> None:
    """Before changes: put the newest model in place of the elements that they are about, and mark those panels."""
    for change in changes:
        number, path = change.get("panel"), change.get("path") or [""]
        if number is None or change["do"] not in _TOUCHING or path[0] in OWN:
            continue
        panel = panel_of(tree, number)
        uid = uid_in(panel)
        if not uid or panel["libraryPanel"].get(CHANGED):
            continue
        try:
            element = library.find(actor, uid)
        except library.ElementNotFound:
            continue  # it is shown as it was saved, and changed as such
        place = {name: panel[name] for name in OWN if name in panel}
        reference = {"uid": uid, "name": element.name, "version": element.version, CHANGED: True}
        panel.clear()
        panel.update({**read_tree(element.model), **place, "libraryPanel": reference})


def _marked(tree: Any) -> Iterator[Tree]:
    for _, _, panel in every_panel(tree):
        if uid_in(panel) and panel["libraryPanel"].get(CHANGED):
            yield panel


def touched(actor: Actor, body: str) -> list[Touched]:
    """Return the elements that a draft changes."""
    if f'"{CHANGED}"' not in body:
        return []
    found = {}
    for panel in _marked(orjson.loads(body)):
        uid = uid_in(panel)
        try:
            element = library.find(actor, uid)
        except library.ElementNotFound:
            continue
        may = library.may_change(actor, element)
        found[uid] = Touched(uid, element.name, element.uses, may)
    return list(found.values())


def unmarked(tree: Any) -> Any:
    """Take the marks away, for comparing."""
    for panel in _marked(tree):
        reference = panel["libraryPanel"]
        panel["libraryPanel"] = {name: reference[name] for name in ("uid", "name")}
    return tree


def settle(actor: Actor, tree: Tree, how: str) -> None:
    """When a draft is saved: change the elements that it changes on every dashboard, or keep its panels as its own.

    how: EVERYWHERE or HERE. Raises what `library.change` raises.
    """
    saved: dict[str, int] = {}
    for panel in list(_marked(tree)):
        reference = panel.pop("libraryPanel")
        uid = str(reference["uid"])
        if how == HERE:
            continue
        model = _model(panel)
        told = library.change(
            actor, uid, name="", kind=PANEL, model=model, folder_id=None, folder_uid=None, new_uid="",
            version=saved.get(uid, reference["version"]),
        )  # fmt: skip
        saved[uid] = int(told["version"])
        panel["libraryPanel"] = {"uid": uid, "name": reference["name"]}


def make(actor: Actor, panel: Tree, name: str, folder_uid: str) -> dict[str, str]:
    """Make an element from a panel of a draft; return the reference that the panel is to have.

    Raises BadRequest (no name), and what `library.create` raises.
    """
    if not name.strip():
        raise BadRequest("Give the library panel a name", field="name", traced=False)
    made = library.create(
        actor, name=name.strip(), kind=PANEL, model=_model(panel), folder_id=0, folder_uid=folder_uid, uid=""
    )
    return {"uid": made["uid"], "name": made["name"]}


def _model(panel: Tree) -> dict[str, Any]:
    """Return what an element keeps of a panel: all but its place and its reference."""
    held = orjson.loads(tree_text(panel))
    return {name: value for name, value in held.items() if name not in {*OWN, "libraryPanel"}}
