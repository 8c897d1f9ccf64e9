import numpy as np
import pytest

from core.frames import Field, Kind, from_json, to_json
from core.reducers import reduce

COLUMN = Field("x", Kind.NUMBER, [5, None, 30, 20, None])


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("last", None), ("lastNotNull", 20), ("first", 5), ("firstNotNull", 5), ("min", 5), ("max", 30), ("mean", 55 / 3), ("sum", 55),
        ("count", 5), ("range", 25), ("diff", 15), ("diffperc", 3), ("step", -10), ("delta", 25), ("logmin", 5), ("allIsNull", False),
        ("allIsZero", False), ("changeCount", 4), ("distinctCount", 4), ("avg", 55 / 3), ("current", 20),
    ],
)  # fmt: skip
def test_calculations(name: str, want: object) -> None:
    assert reduce(COLUMN, name) == want


def test_a_counter_that_starts_again() -> None:
    assert reduce(Field("x", Kind.NUMBER, [1, 5, 2, 4]), "delta") == 4 + 4


def test_nothing_to_calculate() -> None:
    empty = Field("x", Kind.NUMBER, np.array([np.nan]))
    assert [reduce(empty, name) for name in ("lastNotNull", "mean", "max", "sum")] == [None, None, None, 0]


def test_frames_go_out_and_come_back_with_their_special_values() -> None:
    raw = {
        "schema": {"refId": "A", "fields": [{"name": "v", "type": "number"}]},
        "data": {"values": [[None, None, None, 1]], "entities": [{"NaN": [0], "Inf": [1], "NegInf": [2]}]},
    }
    frame = from_json(raw)
    assert frame.fields[0].numbers[1] == np.inf
    assert to_json(frame)["data"]["entities"] == [{"NaN": [0], "Inf": [1], "NegInf": [2]}]


def test_columns_of_one_frame_are_of_one_length() -> None:
    raw = {
        "schema": {"fields": [{"name": "a", "type": "number"}, {"name": "b", "type": "number"}]},
        "data": {"values": [[1, 2], [1]]},
    }
    with pytest.raises(ValueError, match="differ in length"):
        from_json(raw)
