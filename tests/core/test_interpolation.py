import pytest

from core.interpolation import Variable, fill, prometheus

ONE = Variable("host", ["web-01"], ["Web 1"])
TWO = Variable("host", ["a.b", "c'd"], ["A", "C"], multi=True)


@pytest.mark.parametrize("text", ["$host", "${host}", "[[host]]", "${host:raw}"])
def test_every_way_to_write_a_variable(text: str) -> None:
    assert fill(text, {"host": ONE}) == "web-01"


@pytest.mark.parametrize(
    ("form", "want"),
    [
        ("", "{a.b,c'd}"),
        (":glob", "{a.b,c'd}"),
        (":csv", "a.b,c'd"),
        (":raw", "a.b,c'd"),
        (":pipe", "a.b|c'd"),
        (":regex", r"(a\.b|c'd)"),
        (":json", '["a.b","c\'d"]'),
        (":singlequote", r"'a.b','c\'d'"),
        (":doublequote", '"a.b","c\'d"'),
        (":sqlstring", "'a.b','c''d'"),
        (":text", "A + C"),
        (":lucene", '("a.b" OR "c\'d")'),
        (":distributed", "a.b,host=c'd"),
        (":percentencode", "%7Ba.b%2Cc%27d%7D"),
        (":queryparam", "var-host=a.b&var-host=c%27d"),
        (":html", "a.b, c'd"),
        (":nosuch", "{a.b,c'd}"),
    ],
)
def test_formats(form: str, want: str) -> None:
    assert fill("${host" + form + "}", {"host": TWO}) == want


def test_unknown_names_stay() -> None:
    assert fill("rate(x[$__interval]) $5 ${nope:csv}", {"host": ONE}) == "rate(x[$__interval]) $5 ${nope:csv}"


def test_all_with_a_value_of_its_own() -> None:
    everything = Variable("host", ["a", "b"], ["A", "B"], multi=True, all_value=".*", is_all=True)
    assert fill("$host", {"host": everything}) == ".*"
    assert fill("${host:text}", {"host": everything}) == "All"


def test_dates() -> None:
    at = {"__from": Variable("__from", ["1669800000000"])}
    assert (
        fill("$__from ${__from:date} ${__from:date:seconds} ${__from:date:YYYY-MM}", at)
        == "1669800000000 2022-11-30T09:20:00.000Z 1669800000 2022-11"
    )


def test_promql_is_escaped_for_patterns_only_where_several_may_be_chosen() -> None:
    assert prometheus(["a.b"], multi=False) == "a.b"
    assert prometheus(["a.b"], multi=True) == r"a\\.b"
    assert prometheus(["a.b", "c"], multi=True) == r"(a\\.b|c)"
    assert fill('up{h=~"$host"}', {"host": TWO}, default_format="prometheus") == 'up{h=~"(a\\\\.b|c\\\\\'d)"}'


def test_members_of_what_is_known_here() -> None:
    assert fill("${__data.value} ${__x}", {}, {"__data": {"value": 5}, "__x": "y"}) == "5 y"
