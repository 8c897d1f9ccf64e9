"""Annotation queries: which a dashboard has, and what the answers of data sources say."""

from typing import Any

import pytest

from core.frames import Field, Frame, Kind
from core.notes import Note, on_panel
from queries.annotation_queries import COLOR, Definition, definitions, notes, step_ms


def one(**model: Any) -> Definition:
    return definitions({"annotations": {"list": [{"builtIn": 1}, {"name": "N", **model}]}})[1]


def series(values: list[float], **labels: str) -> Frame:
    times = [float(1000 * at) for at in range(len(values))]
    return Frame([Field("time", Kind.TIME, times), Field("Value", Kind.NUMBER, list(values), labels)])


def test_a_dashboard_without_any_has_the_built_in_one() -> None:
    (built_in,) = definitions({})
    assert (built_in.native, built_in.shown, built_in.hidden) == (True, True, True)


def test_what_is_no_list_of_queries_is_none() -> None:
    for odd in (None, 7, {"list": 7}, {"list": [7, "x"]}):
        assert [one.native for one in definitions({"annotations": odd})] == [True]


@pytest.mark.parametrize(
    ("enabled", "switched", "shown"), [(True, (), True), (True, ("N",), False), (False, ("N",), True)]
)
def test_an_address_switches_one_over(enabled: bool, switched: tuple[str, ...], shown: bool) -> None:
    board = {"annotations": {"list": [{"builtIn": 1}, {"name": "N", "enable": enabled}]}}
    assert definitions(board, switched)[1].shown is shown


def test_one_may_be_for_some_panels_or_not_for_them() -> None:
    assert [one(filter={"ids": [1]}).is_for(number) for number in (1, 2)] == [True, False]
    assert [one(filter={"ids": [1], "exclude": True}).is_for(number) for number in (1, 2)] == [False, True]
    assert one().is_for(9)


def test_a_series_that_is_not_zero_for_a_while_is_one_stretch() -> None:
    asked = one(
        titleFormat="{{alertname}}", textFormat="on {{ host }}", tagKeys="host, none", iconColor="red"
    )
    found = notes(asked, "prometheus", [series([0, 1, 1, 0, 1], alertname="Down", host="a")], 1000)
    assert found == [
        Note(1000, 2000, "on a", "Down", ("a",), "red"),
        Note(4000, 4000, "on a", "Down", ("a",), "red"),
    ]


def test_rows_of_other_sources_are_told_by_the_names_of_their_columns() -> None:
    frame = Frame(
        [
            Field("Text", Kind.STRING, ["words"]),
            Field("time", Kind.TIME, [5.0]),
            Field("timeEnd", Kind.TIME, [9.0]),
            Field("tags", Kind.STRING, ["a, b"]),
        ]
    )
    assert notes(one(), "postgres", [frame], 1) == [Note(5, 9, "words", "", ("a", "b"), COLOR)]
    assert notes(one(), "postgres", [Frame([Field("x", Kind.NUMBER, [1.0])])], 1) == []


@pytest.mark.parametrize(
    ("model", "span", "step"),
    [
        ({}, 1, 60_000),
        ({"step": "5s"}, 1, 5000),
        ({"target": {"interval": "2m"}}, 1, 120_000),
        ({"step": "x"}, 1, 60_000),
        ({}, 11 * 10**9, 10**6),
    ],
)
def test_steps_are_as_asked_and_keep_the_answer_small(model: Any, span: int, step: int) -> None:
    assert step_ms(one(**model), span) == step


def test_a_note_of_one_panel_is_not_on_others() -> None:
    everywhere, mine = Note(1, 1), Note(2, 2, panel_id=3)
    assert on_panel([everywhere, mine], 3) == (everywhere, mine)
    assert on_panel([everywhere, mine], 4) == (everywhere,)
