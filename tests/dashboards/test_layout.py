from typing import Any

from dashboards.layout import sections

HOSTS = {"host": [("a", "A"), ("b", "B"), ("c", "C")]}


def panel(number: int, x: int, y: int, w: int, h: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "type": "stat", "gridPos": {"x": x, "y": y, "w": w, "h": h}, **more}


def placed(*panels: dict[str, Any], chosen: Any = None) -> list[tuple[str, int, int, int, int]]:
    return [
        (one.key, one.x, one.y, one.w, one.h)
        for section in sections({"panels": list(panels)}, chosen or {})
        for one in section.panels
    ]


def test_gaps_close_upwards_as_on_every_grid() -> None:
    found = placed(panel(1, 0, 3, 12, 4), panel(2, 12, 50, 12, 2), panel(3, 0, 90, 24, 5))
    assert found == [("1", 0, 0, 12, 4), ("2", 12, 0, 12, 2), ("3", 0, 4, 24, 5)]


def test_panels_that_overlap_are_pushed_down() -> None:
    assert placed(panel(1, 0, 0, 12, 4), panel(2, 6, 2, 12, 4)) == [("1", 0, 0, 12, 4), ("2", 6, 4, 12, 4)]


def test_panels_of_a_folded_row_begin_at_its_top() -> None:
    row = {
        "id": 9,
        "type": "row",
        "collapsed": True,
        "title": "R",
        "gridPos": {"x": 0, "y": 1, "w": 24, "h": 1},
    }
    inside = [panel(1, 0, 2000, 12, 4), panel(2, 12, 2000, 12, 4), panel(3, 0, 2500, 24, 4)]
    (section,) = sections({"panels": [{**row, "panels": inside}]}, {})
    assert section.collapsed
    assert [(one.key, one.y) for one in section.panels] == [("1", 0), ("2", 0), ("3", 4)]


def test_repeats_stand_side_by_side_or_below_each_other() -> None:
    across = panel(1, 0, 0, 24, 3, repeat="host", maxPerRow=2)
    assert placed(across, panel(2, 0, 3, 24, 2), chosen=HOSTS) == [
        ("1", 0, 0, 12, 3),
        ("1-c1", 12, 0, 12, 3),
        ("1-c2", 0, 3, 12, 3),
        ("2", 0, 6, 24, 2),
    ]
    down = panel(1, 6, 0, 6, 3, repeat="host", repeatDirection="v")
    assert [one[1:4] for one in placed(down, chosen=HOSTS)] == [(6, 0, 6), (6, 3, 6), (6, 6, 6)]


def test_rows_repeat_with_all_that_is_in_them() -> None:
    row = {
        "id": 9,
        "type": "row",
        "title": "$host",
        "repeat": "host",
        "gridPos": {"x": 0, "y": 0, "w": 24, "h": 1},
    }
    found = sections({"panels": [row, panel(1, 0, 1, 24, 3)]}, HOSTS)
    assert [section.key for section in found] == ["row-9", "row-9-r1", "row-9-r2"]
    assert [section.panels[0].scope["host"] for section in found] == HOSTS["host"]
    assert len({section.panels[0].key for section in found}) == 3


def test_odd_places_are_read_as_far_as_they_make_sense() -> None:
    odd = [
        {"id": 1, "type": "stat"},
        {"id": 2, "type": "stat", "gridPos": {"x": "a", "y": -5, "w": 99, "h": 0}},
        {"id": 3, "type": "stat", "gridPos": {"x": 23, "y": float("nan"), "w": 12, "h": 8}},
        "no panel",
    ]
    found = placed(*odd)  # type: ignore[arg-type]
    assert len(found) == 3
    assert all(x >= 0 and x + w <= 24 and h >= 1 for _, x, _, w, h in found)
