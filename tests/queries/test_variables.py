from collections.abc import Mapping
from typing import Any

from core.interpolation import Variable, fill
from core.timerange import TimeRange
from queries.variables import ALL, Resolver, State, built_in, in_address, read

SPAN = TimeRange(0, 3_600_000, "now-1h", "now")


def board(*variables: dict[str, Any]) -> dict[str, Any]:
    return {"templating": {"list": list(variables)}}


def resolved(states: list[State], answers: dict[str, list[str]]) -> tuple[dict[str, State], list[str]]:
    asked: list[str] = []

    def find(_source: Any, text: str, known: Mapping[str, Variable]) -> list[str]:
        asked.append(fill(text, known))
        return answers[asked[-1]]

    resolver = Resolver(find, [("Prom", "p1", "prometheus"), ("Test", "t1", "testdata")], SPAN)
    return {one.name: one for one in resolver.resolve(states)}, asked


def test_chained_queries_are_asked_in_order_with_what_was_chosen() -> None:
    first = {
        "name": "job",
        "type": "query",
        "query": "label_values(job)",
        "refresh": 1,
        "current": {"text": "node", "value": "node"},
    }
    second = {
        "name": "host",
        "type": "query",
        "query": {"query": 'label_values(up{job="$job"}, host)', "refId": "x"},
        "refresh": 2,
    }
    states, asked = resolved(
        read(board(first, second), {}),
        {"label_values(job)": ["api", "node"], 'label_values(up{job="node"}, host)': ["b", "a"]},
    )
    assert asked == ["label_values(job)", 'label_values(up{job="node"}, host)']
    assert states["host"].chosen == ("b",)


def test_a_variable_waits_for_those_it_names_wherever_they_stand() -> None:
    host = {"name": "host", "type": "query", "query": "hosts of $job", "refresh": 1}
    job = {"name": "job", "type": "query", "query": "jobs", "refresh": 1}
    states, asked = resolved(read(board(host, job), {}), {"jobs": ["node"], "hosts of node": ["a"]})
    assert asked == ["jobs", "hosts of node"]
    assert list(states) == ["host", "job"]


def test_variables_that_name_each_other_end() -> None:
    a = {"name": "a", "type": "query", "query": "$b", "refresh": 1}
    b = {"name": "b", "type": "query", "query": "$a", "refresh": 1}
    states, asked = resolved(read(board(a, b), {}), {"$b": ["1"], "1": ["2"]})
    assert asked == ["$b", "1"]
    assert states["b"].chosen == ("2",)


def test_what_every_dashboard_knows() -> None:
    known = built_in(
        SPAN,
        {"name": "Board", "uid": "b1"},
        {"id": "1", "name": "Main Org."},
        {"id": "7", "login": "ann", "email": "ann@example.test"},
    )
    text = "$__dashboard ${__dashboard.uid} ${__org.name} ${__org} ${__user.login} ${__user.id} ${__from} ${__url_time_range}"
    assert fill(text, known) == "Board b1 Main Org. 1 ann 7 0 from=now-1h&to=now"
    model = {
        "name": "v",
        "type": "custom",
        "query": "a b,c",
        "multi": True,
        "current": {"value": ["a b", "c"]},
    }
    assert in_address(read(board(model), {})) == "var-v=a%20b&var-v=c"


def test_the_address_chooses_and_what_is_gone_gives_way() -> None:
    model = {
        "name": "job",
        "type": "query",
        "query": "q",
        "refresh": 1,
        "multi": True,
        "current": {"value": ["x"]},
    }
    states, _ = resolved(read(board(model), {"var-job": ["b", "zzz"]}), {"q": ["a", "b"]})
    assert states["job"].chosen == ("b",)
    states, _ = resolved(read(board(model), {}), {"q": ["a", "b"]})
    assert states["job"].chosen == ("a",)


def test_all_stands_for_every_option_or_for_its_own_value() -> None:
    model = {
        "name": "job",
        "type": "custom",
        "query": "a,b",
        "includeAll": True,
        "multi": True,
        "current": {"value": [ALL]},
    }
    (state,) = read(board(model), {})
    assert (state.is_all, list(state.variable.values), state.shown) == (True, ["a", "b"], "All")
    (own,) = read(board({**model, "allValue": ".*"}), {})
    assert own.variable.all_value == ".*"


def test_patterns_and_orders() -> None:
    model = {
        "name": "n",
        "type": "query",
        "query": "q",
        "refresh": 1,
        "regex": '/name="(?<text>[^"]+)",id="(?<value>\\d+)"/',
        "sort": 4,
    }
    states, _ = resolved(read(board(model), {}), {"q": ['name="x1",id="1"', 'name="x10",id="10"', "other"]})
    assert [(one.text, one.value) for one in states["n"].options] == [("x10", "10"), ("x1", "1")]


def test_a_broken_pattern_or_source_is_the_variables_own_fault() -> None:
    states, _ = resolved(
        read(board({"name": "n", "type": "query", "query": "q", "refresh": 1, "regex": "/(/"}), {}),
        {"q": ["a"]},
    )
    assert states["n"].options == ()
    states, _ = resolved(read(board({"name": "n", "type": "query", "query": "gone", "refresh": 1}), {}), {})
    assert states["n"].error


def test_the_other_kinds() -> None:
    models = (
        {"name": "c", "type": "custom", "query": "One : 1,two\\,three,four"},
        {"name": "k", "type": "constant", "query": "fixed"},
        {"name": "t", "type": "textbox", "query": "typed", "current": {}},
        {
            "name": "i",
            "type": "interval",
            "query": "1m,5m",
            "auto": True,
            "auto_count": 30,
            "current": {"value": "$__auto_interval_i", "text": "auto"},
        },
        {"name": "d", "type": "datasource", "query": "prometheus"},
    )
    states, _ = resolved(read(board(*models), {}), {})
    assert [(one.text, one.value) for one in states["c"].options] == [
        ("One", "1"),
        ("two,three", "two,three"),
        ("four", "four"),
    ]
    assert [states[name].chosen for name in ("c", "k", "t", "i", "d")] == [
        ("1",),
        ("fixed",),
        ("typed",),
        ("2m",),
        ("p1",),
    ]
