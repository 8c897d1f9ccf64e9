"""What holds for everything that could come: intervals, interpolation, frames."""

import json
import math
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from core.durations import parse_duration, short_duration
from core.frames import from_json, to_json
from core.interpolation import Variable, fill
from core.intervals import panel_interval, round_interval

FORMS = ("", "raw", "csv", "pipe", "json", "glob", "regex", "lucene", "percentencode", "singlequote", "doublequote", "sqlstring", "html", "text", "distributed", "queryparam", "date", "join", "nosuch")  # fmt: skip


@given(st.integers(0, 10**13), st.integers(1, 10_000), st.integers(1, 10**9))
def test_steps_stay_near_a_point_a_pixel_and_keep_the_floor(span: int, points: int, floor: int) -> None:
    step = panel_interval(span, points, floor)
    assert step >= floor
    # The table's widest gaps: below ten milliseconds, and days where a week is not reached; a year is its end.
    assert span / step <= points * 12.2 or step == 31_536_000_000
    assert step <= max(floor, 1.0, span / points * 2, 31_536_000_000 * (span / points >= 3_628_800_000))


@given(st.floats(0, 1e12), st.floats(0, 1e12))
def test_longer_spans_never_get_shorter_steps(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert round_interval(low) <= round_interval(high)


@given(st.integers(1, 365 * 86_400_000 - 1))  # a year is written for 365 days and read as 365.25
def test_a_written_duration_reads_as_no_more_than_it_was(ms: int) -> None:
    read = parse_duration(short_duration(ms))
    assert 0 < read <= ms
    assert read > ms / 2 or ms < 1000 or read >= ms // 1000 * 1000 // 2


@given(st.text(), st.lists(st.text(), min_size=1, max_size=4), st.sampled_from(FORMS), st.booleans())
def test_filling_never_fails_and_leaves_what_it_does_not_know(
    text: str, values: list[str], form: str, multi: bool
) -> None:
    known = {"v": Variable("v", values, values, multi=multi)}
    shaped = "${v" + (f":{form}" if form else "") + "}"
    filled = fill(f"<{shaped}>", known)
    assert filled.startswith("<")
    assert filled.endswith(">")
    assert shaped not in filled or shaped in values
    plain = text.replace("$", "").replace("[[", "")
    assert fill(plain, known) == plain
    assert fill("${unknown" + ":raw}", known) == "${unknown:raw}"


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_json_form_is_json(values: list[str]) -> None:
    read = json.loads(fill("${v:json}", {"v": Variable("v", values, values, multi=True)}))
    assert read == (values if len(values) > 1 else values[0])


NUMBERS = st.none() | st.floats() | st.integers(-(2**53), 2**53)


@given(st.lists(NUMBERS, max_size=30), st.lists(st.none() | st.text(), max_size=30))
def test_frames_come_back_as_they_went(numbers: list[Any], texts: list[Any]) -> None:
    size = min(len(numbers), len(texts))
    numbers, texts = numbers[:size], texts[:size]
    special = {"NaN": math.isnan, "Inf": lambda one: one == math.inf, "NegInf": lambda one: one == -math.inf}
    rows = {
        name: [i for i, one in enumerate(numbers) if one is not None and test(one)]
        for name, test in special.items()
    }
    rows = {name: found for name, found in rows.items() if found}
    plain = [None if one is None or not math.isfinite(one) else one for one in numbers]
    raw = {
        "schema": {"refId": "A", "name": "f", "fields": [{"name": "n", "type": "number", "labels": {"a": "b"}}, {"name": "t", "type": "string"}]},
        "data": {"values": [plain, texts], **({"entities": [rows, None]} if rows else {})},
    }  # fmt: skip
    back = orjson.loads(orjson.dumps(to_json(from_json(raw)), option=orjson.OPT_SERIALIZE_NUMPY))
    assert back["data"]["values"][1] == texts
    assert [one if one is None else float(one) for one in back["data"]["values"][0]] == [one if one is None else float(one) for one in plain]  # fmt: skip
    if rows and None not in numbers:
        assert back["data"]["entities"][0] == rows
    assert back["schema"]["fields"][0]["labels"] == {"a": "b"}
