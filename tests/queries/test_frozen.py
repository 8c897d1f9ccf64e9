"""Data that stands in a panel: read as it was written, in every form that there was."""

from typing import Any

import numpy as np
import orjson
import pytest

from core.frames import Field, Frame, Kind
from queries.frozen import frames_of, is_frozen, written


def test_what_is_written_is_read_again() -> None:
    frame = Frame(
        [
            Field("time", Kind.TIME, np.array([1.0, 2.0])),
            Field("v", Kind.NUMBER, np.array([1.5, np.nan]), {"host": "a"}, {"unit": "s"}),
            Field("s", Kind.STRING, ["x", None]),
        ],
        "name",
        "A",
    )
    text = orjson.dumps(written([frame]), option=orjson.OPT_SERIALIZE_NUMPY)
    (read,) = frames_of({"snapshotData": orjson.loads(text)})
    assert [one.items for one in read.fields] == [[1.0, 2.0], [1.5, None], ["x", None]]
    assert (read.fields[1].labels, read.fields[1].config, read.ref_id) == ({"host": "a"}, {"unit": "s"}, "A")


def test_older_forms_are_read() -> None:
    series = {"target": "cpu", "datapoints": [[1, 1000], [None, 2000]]}
    rows = {
        "type": "table",
        "columns": [{"text": "Time", "type": "time"}, {"text": "n"}, {"text": "s"}],
        "rows": [[1, 2, "a"], [3]],
    }
    first, second = frames_of({"snapshotData": [series, rows]})
    assert [one.items for one in first.fields] == [[1000.0, 2000.0], [1.0, None]]
    assert [one.kind for one in second.fields] == [Kind.TIME, Kind.NUMBER, Kind.STRING]
    assert second.fields[2].items == ["a", None]


@pytest.mark.parametrize(
    "odd",
    [
        [7],
        [{}],
        [{"fields": [{"values": 7}]}],
        [{"fields": [{"values": [1]}, {"values": []}]}],
        [{"datapoints": [7]}],
    ],
)
def test_what_is_no_data_is_left_out(odd: Any) -> None:
    assert is_frozen({"snapshotData": odd})
    assert all(len(frame) == 0 for frame in frames_of({"snapshotData": odd}))
    assert not is_frozen({"snapshotData": None})
