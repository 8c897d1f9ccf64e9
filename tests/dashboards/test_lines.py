"""The difference of two JSON values, line by line."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dashboards.lines import lines


def test_what_is_changed_is_marked_and_the_rest_is_not() -> None:
    before = {"title": "A", "panels": [{"id": 1}, {"id": 2, "type": "text"}], "gone": 1}
    after = {"title": "B", "panels": [{"id": 9}, {"id": 1}, {"id": 2, "type": "stat"}], "new": [1]}
    marked = [(one.kind, one.text.strip()) for one in lines(before, after) if one.kind != "same"]
    assert marked == [
        ("removed", '"title": "A",'),
        ("added", '"title": "B",'),
        ("added", "{"),
        ("added", '"id": 9'),
        ("added", "},"),
        ("removed", '"type": "text"'),
        ("added", '"type": "stat"'),
        ("removed", '"gone": 1,'),
        ("added", '"new": ['),
        ("added", "1"),
        ("added", "]"),
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab", max_size=2),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("xyz", max_size=1), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(value=JSON)
def test_equal_values_have_no_marks_and_read_as_they_are(value: Any) -> None:
    found = list(lines(value, value))
    assert {one.kind for one in found} == {"same"}
    assert json.loads("\n".join(one.text for one in found)) == value


@given(before=JSON, after=JSON)
def test_different_values_have_marks(before: Any, after: Any) -> None:
    differ = json.dumps(before) != json.dumps(after)
    assert any(one.kind != "same" for one in lines(before, after)) == differ


def test_depth_has_an_end() -> None:
    deep: Any = 1
    other: Any = 2
    for _ in range(200):
        deep, other = {"a": deep}, {"a": other}
    kinds = [one.kind for one in lines(deep, other)]
    assert "removed" in kinds
    assert "added" in kinds
