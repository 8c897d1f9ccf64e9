"""Changes to a dashboard's JSON: each touches what it names and nothing else."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadRequest
from dashboards import editing, layout
from dashboards.tree import read
from dashboards.tree import text as written

WRITTEN = (
    '{"id":7,"odd":1e3,"big":12345678901234567890123,"exact":0.10,"panels":[{"id":1,"type":"stat","title":"A","own":[1.50],'
    '"gridPos":{"h":8,"w":12,"x":0,"y":0}},{"id":2,"type":"row","collapsed":true,"gridPos":{"h":1,"w":24,"x":0,"y":8},'
    '"panels":[{"id":3,"type":"text","gridPos":{"h":4,"w":6,"x":0,"y":9}}]}],"title":"T"}'
)


def changed(*changes: dict[str, Any], text: str = WRITTEN) -> str:
    tree = read(text)
    editing.apply(tree, list(changes))
    return written(tree)


def overlaps(board: dict[str, Any]) -> bool:
    boxes = [layout.place_of(one) for one in board["panels"]]
    return any(
        ax < bx + bw and bx < ax + aw and ay < by + bh and by < ay + ah
        for n, (ax, ay, aw, ah) in enumerate(boxes)
        for bx, by, bw, bh in boxes[n + 1 :]
    )


def test_what_is_not_changed_is_written_as_it_was() -> None:
    assert written(read(WRITTEN)) == WRITTEN
    made = changed({"do": "set", "panel": 1, "path": ["title"], "value": "B"})
    assert made == WRITTEN.replace('"title":"A"', '"title":"B"')


def test_members_on_the_way_are_made_and_taken_away() -> None:
    made = orjson.loads(
        changed({"do": "set", "panel": 3, "path": ["options", "legend", "calcs", 0], "value": "max"})
    )
    assert made["panels"][1]["panels"][0]["options"] == {"legend": {"calcs": ["max"]}}
    gone = changed({"do": "unset", "panel": 1, "path": ["own"]}, {"do": "unset", "path": ["not", "there"]})
    assert gone == WRITTEN.replace('"own":[1.50],', "")


@pytest.mark.parametrize(
    "change",
    [
        {"do": "set", "panel": 99, "path": ["title"], "value": "x"},
        {"do": "set", "panel": 1, "path": [], "value": "x"},
        {"do": "set", "panel": 1, "path": ["own", 7], "value": "x"},
        {"do": "set", "panel": 1, "path": ["own", "x"], "value": "x"},
        {"do": "set", "path": "title", "value": "x"},
        {"do": "arrange", "sections": [{"row": None, "panels": [{"id": 1, "x": 0, "y": 0, "w": 1, "h": 1}]}]},
        {"do": "arrange", "sections": [{"row": None, "panels": [{"id": 99}]}]},
        {"do": "replace", "text": "[1]"},
        {"do": "fall over"},
        {},
    ],
)
def test_a_change_that_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        changed(change)


def test_new_panels_stand_side_by_side_above_the_first_row() -> None:
    tree = read(WRITTEN)
    made = [editing.apply(tree, [{"do": "add panel"}]) for _ in range(3)]
    assert made == [4, 5, 6]
    board = orjson.loads(written(tree))
    places = {one["id"]: layout.place_of(one)[:2] for one in board["panels"]}
    assert (places[4], places[5], places[6]) == ((12, 0), (0, 8), (12, 8))
    assert not overlaps(board)
    assert places[2] == (0, 16)


def test_a_copy_stands_beside_its_panel_or_below_it() -> None:
    tree = read(WRITTEN)
    assert editing.apply(tree, [{"do": "duplicate", "panel": 1}]) == 4
    assert editing.apply(tree, [{"do": "duplicate", "panel": 1}]) == 5
    board = orjson.loads(written(tree))
    assert not overlaps(board)
    assert [one["id"] for one in board["panels"]] == [1, 5, 4, 2]
    assert board["panels"][1]["own"] == [1.5]


def test_a_row_folds_and_unfolds_without_loss() -> None:
    tree = read(WRITTEN)
    editing.apply(tree, [{"do": "fold", "panel": 2}])
    open_ = orjson.loads(written(tree))
    assert [one["id"] for one in open_["panels"]] == [1, 2, 3]
    assert not overlaps(open_)
    editing.apply(tree, [{"do": "fold", "panel": 2}])
    assert written(tree) == WRITTEN


@pytest.mark.parametrize(("inside", "left"), [("keep", [1, 3]), ("", [1])])
def test_a_row_is_removed_with_its_panels_or_without(inside: str, left: list[int]) -> None:
    for first in ([], [{"do": "fold", "panel": 2}]):
        made = orjson.loads(changed(*first, {"do": "remove", "panel": 2, "inside": inside}))
        assert [one["id"] for one in made["panels"]] == left


def test_panels_move_between_rows() -> None:
    sections = [
        {"row": None, "panels": []},
        {
            "row": 2,
            "panels": [{"id": 3, "x": 0, "y": 0, "w": 6, "h": 4}, {"id": 1, "x": 6, "y": 0, "w": 12, "h": 8}],
        },
    ]
    made = orjson.loads(changed({"do": "arrange", "sections": sections}))
    (row,) = made["panels"]
    assert [one["id"] for one in row["panels"]] == [3, 1]
    assert row["panels"][1]["gridPos"] == {"h": 8, "w": 12, "x": 6, "y": 1}


def test_arranging_what_stands_as_it_stood_changes_nothing() -> None:
    board = orjson.loads((Path(__file__).parents[1] / "browser" / "node-exporter-full.json").read_text())
    text = written(board)
    sections = [
        {
            "row": int(one.key.removeprefix("row-")) if one.key else None,
            "panels": [{"id": p.id, "x": p.x, "y": p.y, "w": p.w, "h": p.h} for p in one.panels],
        }
        for one in layout.sections(board, {})
    ]
    before = {one.key: one for one in layout.sections(board, {})}
    after = {
        one.key: one
        for one in layout.sections(
            orjson.loads(changed({"do": "arrange", "sections": sections}, text=text)), {}
        )
    }
    assert {key: [(p.id, p.x, p.y, p.w, p.h) for p in one.panels] for key, one in before.items()} == {
        key: [(p.id, p.x, p.y, p.w, p.h) for p in one.panels] for key, one in after.items()
    }


def test_an_old_board_of_rows_gets_panels_only_when_they_are_placed() -> None:
    old = (
        '{"rows":[{"height":"250px","panels":[{"id":1,"span":6,"type":"graph"},{"span":6,"type":"graph"}]}]}'
    )
    named = changed({"do": "set", "panel": 1, "path": ["title"], "value": "x"}, text=old)
    assert orjson.loads(named)["rows"][0]["panels"][0]["title"] == "x"
    made = orjson.loads(changed({"do": "add panel"}, text=old))
    assert "rows" not in made
    assert [one["id"] for one in made["panels"]] == [1, 2, 3]
    assert not overlaps(made)


def test_rows_change_places_with_what_is_under_them() -> None:
    tree = read(WRITTEN)
    editing.apply(tree, [{"do": "add row", "title": "Last"}, {"do": "fold", "panel": 2}])
    editing.apply(tree, [{"do": "move row", "panel": 4, "by": -1}])
    board = orjson.loads(written(tree))
    assert not overlaps(board)
    tops = {one["id"]: layout.place_of(one)[1] for one in board["panels"]}
    assert tops == {1: 0, 4: 8, 2: 9, 3: 10}
    for number, by in ((4, -1), (2, 1), (1, 1), (2, 0)):
        with pytest.raises(BadRequest):
            editing.apply(tree, [{"do": "move row", "panel": number, "by": by}])


OLD = (
    '{"rows":[{"title":"One","showTitle":true,"height":"250px","panels":[{"id":3,"span":6,"type":"graph"},{"span":6,"type":"graph"}]},'
    '{"title":"Two","showTitle":true,"panels":[{"id":3,"type":"text"}]}]}'
)


def test_what_editors_name_is_the_same_when_it_is_changed() -> None:
    shown, tree = read(OLD), read(OLD)
    assert editing.presentable(shown)
    names = [(one["id"], one.get("title")) for one in shown["panels"]]
    assert len({number for number, _ in names}) == 5
    row = next(number for number, title in names if title == "Two")
    change = [{"do": "set", "panel": row, "path": ["title"], "value": "Three"}]
    editing.presentable(tree, change)
    editing.apply(tree, change)
    assert [one["id"] for one in tree["panels"]] == [number for number, _ in names]
    assert [one["title"] for one in tree["panels"] if one["type"] == "row"] == ["One", "Three"]


def test_a_board_of_today_is_shown_as_it_is() -> None:
    tree = read(WRITTEN)
    assert not editing.presentable(tree)
    assert written(tree) == WRITTEN


_leaf = (
    st.none()
    | st.booleans()
    | st.integers(-3, 30)
    | st.text(max_size=3)
    | st.sampled_from(["title", "options", "panels", "gridPos", "type", "row"])
)
_json = st.recursive(
    _leaf,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
_change = st.fixed_dictionaries(
    {"do": st.sampled_from([*editing.CHANGES])},
    optional={
        "panel": st.sampled_from([1, 2, 3, 3, 9]) | _json,
        "path": st.lists(st.sampled_from(["title", "options", "own", "gridPos", "panels", "type", 0, 1]), min_size=1, max_size=3) | _json,
        "value": _json, "at": _json, "from": _json, "to": _json, "by": st.sampled_from([1, -1]) | _json, "inside": _json, "text": _json,
        "sections": st.lists(st.fixed_dictionaries({"row": st.sampled_from([None, 2]) | _json, "panels": _json}), max_size=3) | _json,
    },
)  # fmt: skip


@settings(max_examples=400)
@given(st.lists(_change | _json, max_size=5))
def test_any_change_is_made_or_refused_and_leaves_a_dashboard(changes: list[Any]) -> None:
    tree = read(WRITTEN)
    try:
        editing.check(changes)
        editing.presentable(tree, changes)
        editing.apply(tree, changes)
    except BadRequest:
        return
    board = orjson.loads(written(tree))
    assert isinstance(board, dict)
    layout.sections(board, {})
