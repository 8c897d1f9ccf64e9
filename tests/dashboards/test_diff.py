"""Differences in words, and both changes in one."""

from typing import Any

from dashboards import diff
from dashboards.diff import Difference


def board(*panels: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": "T", "version": 3, "panels": list(panels), **more}


def panel(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "type": "stat",
        "title": f"P{number}",
        "gridPos": {"x": 0, "y": 0, "w": 4, "h": 4},
        **more,
    }


def test_differences_are_named_by_what_they_are_about() -> None:
    before = board(panel(1), panel(2), templating={"list": [{"name": "host", "multi": False}]})
    moved = panel(1, gridPos={"x": 4, "y": 0, "w": 4, "h": 4}, options={"a": {"b": [1, 2]}})
    after = board(
        moved, panel(3), version=9, refresh="5s", templating={"list": [{"name": "host", "multi": True}]}
    )
    assert diff.differences(before, after) == [
        Difference("Panel P1", "Place", "4 × 4 at 0, 0", "4 × 4 at 4, 0"),
        Difference("Panel P1", "options", "", '{"a":{"b":[1,2]}}'),
        Difference("Panel P2", "Removed"),
        Difference("Panel P3", "Added"),
        Difference("Variable host", "multi", "false", "true"),
        Difference("Dashboard", "refresh", "", "5s"),
    ]


def test_lists_differ_by_what_came_and_went_and_options_by_their_own_names() -> None:
    def steps(*values: int) -> dict[str, Any]:
        return {"fieldConfig": {"defaults": {"thresholds": {"steps": [{"value": one} for one in values]}}}}

    found = diff.differences(board(panel(1, **steps(1, 2))), board(panel(1, **steps(1, 3, 4))))
    assert found == [
        Difference("Panel P1", "thresholds › steps › 2 › value", "2", "3"),
        Difference("Panel P1", "thresholds › steps › 3", "", '{"value":4}'),
    ]


def test_what_only_one_changed_is_merged() -> None:
    base = board(panel(1), panel(2), panel(4), templating={"list": [{"name": "a"}]})
    ours = board(
        panel(1, title="mine"), panel(2), panel(5), templating={"list": [{"name": "a"}, {"name": "b"}]}
    )
    theirs = board(
        panel(1),
        panel(2, title="other"),
        panel(4),
        panel(5, type="text"),
        refresh="1m",
        templating={"list": [{"name": "a", "x": 1}]},
    )
    merged = diff.merge(base, ours, theirs)
    assert merged.clashes == ()
    assert [(one["id"], one["title"], one["type"]) for one in merged.tree["panels"]] == [
        (1, "mine", "stat"), (2, "other", "stat"), (6, "P5", "stat"), (5, "P5", "text"),
    ]  # fmt: skip
    assert merged.tree["refresh"] == "1m"
    assert merged.tree["templating"]["list"] == [{"name": "a", "x": 1}, {"name": "b"}]


def test_what_both_changed_is_named() -> None:
    base, ours, theirs = (
        board(panel(1)),
        board(panel(1, title="mine"), title="A"),
        board(panel(1, title="other"), title="B"),
    )
    assert diff.merge(base, ours, theirs).clashes == ("title", "Panel mine")
