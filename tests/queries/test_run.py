import time
from typing import Any

import pytest

from core.frames import Frame
from datasources import registry
from datasources.base import DataSource, Deadline, Query, SourceConfig, SourceError
from queries import run


class Counting(DataSource):
    type = "counting"
    title = "Counting"
    asked = 0

    def query(self, query: Query, deadline: Deadline) -> list[Frame]:
        type(self).asked += 1
        time.sleep(0.05)
        if query.model.get("expr") == "bad":
            raise SourceError("bad query")
        if query.model.get("expr") == "broken":
            raise TypeError("a form that was not foreseen")
        return [Frame([], "", query.ref_id)]


@pytest.fixture(autouse=True)
def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    Counting.asked = 0
    monkeypatch.setitem(registry.all_kinds(), "counting", Counting)


def asked(ref_id: str, expr: str) -> tuple[SourceConfig, Query]:
    return SourceConfig(1, "u", "n", "counting"), Query(ref_id, {"refId": ref_id, "expr": expr}, 0, 1000)


def test_equal_queries_are_sent_once_and_answered_each_under_its_own_name() -> None:
    results = run.run([asked("A", "up"), asked("B", "up"), asked("C", "down")])
    assert Counting.asked == 2
    assert [(one.ref_id, one.frames[0].ref_id) for one in results] == [("A", "A"), ("B", "B"), ("C", "C")]


def test_a_fault_is_the_querys_own() -> None:
    good, bad, broken = run.run([asked("A", "up"), asked("B", "bad"), asked("C", "broken")])
    assert (good.error, bad.error) == ("", "bad query")
    assert "cannot be read" in broken.error


def test_queries_run_at_the_same_time() -> None:
    began = time.monotonic()
    run.run([asked(str(i), str(i)) for i in range(20)])
    assert Counting.asked == 20
    assert time.monotonic() - began < 20 * 0.05


def test_an_unknown_kind_says_so() -> None:
    config: Any = SourceConfig(1, "u", "n", "nosuch")
    assert "cannot be queried yet" in run.ask(config, Query("A", {}, 0, 1)).error
