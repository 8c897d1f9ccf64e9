import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from core.frames import Field, Frame, Kind
from core.timerange import TimeRange
from panels import registry, render
from panels.base import Context, Message, PanelData, Size
from panels.kinds.stat import Stats
from panels.kinds.table import Table
from panels.kinds.timeseries import Chart
from panels.upgrade import upgraded

SPAN = TimeRange(0, 600_000, "now-10m", "now")
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def series(
    values: Sequence[float | None], name: str = "value", labels: dict[str, str] | None = None, **config: Any
) -> Frame:
    times = np.linspace(0, 600_000, len(values))
    numbers = np.array([np.nan if one is None else one for one in values])
    return Frame(
        [Field("Time", Kind.TIME, times), Field(name, Kind.NUMBER, numbers, labels, dict(config))], ref_id="A"
    )


def view(
    kind: str,
    frames: list[Frame],
    defaults: dict[str, Any] | None = None,
    options: dict[str, Any] | None = None,
    overrides: Sequence[Any] = (),
    context: Context | None = None,
    title: str = "T",
) -> Any:
    panel = upgraded(
        {
            "type": kind,
            "title": title,
            "fieldConfig": {"defaults": defaults or {}, "overrides": list(overrides)},
            "options": options or {},
        }
    )
    return registry.kind(kind).view(PanelData(panel, frames, Size(600, 300), SPAN, context or Context()))


def test_seven_kinds_and_one_for_the_unknown() -> None:
    assert set(registry.all_kinds()) == {
        "timeseries",
        "stat",
        "gauge",
        "bargauge",
        "table",
        "text",
        "row",
        "unknown",
    }


@pytest.mark.parametrize("kind", ["timeseries", "stat", "gauge", "bargauge", "table", "text", "nosuch"])
@pytest.mark.parametrize(
    "frames",
    [
        [],
        [Frame([])],
        [series([])],
        [series([None, None])],
        [series([1, 2, 3])],
        [Frame([Field("a", Kind.STRING, ["x"])])],
    ],
)
def test_every_kind_draws_whatever_comes(kind: str, frames: list[Frame]) -> None:
    assert str(render.html(view(kind, frames))).strip() or kind == "text"


@pytest.mark.parametrize("kind", ["timeseries", "stat", "gauge", "bargauge", "table", "nosuch"])
def test_a_script_in_every_name_and_label_stays_text(kind: str) -> None:
    frame = Frame(
        [
            Field("Time", Kind.TIME, [0, 1]),
            Field(EVIL, Kind.NUMBER, [1, 2], {EVIL: EVIL}),
            Field("t", Kind.STRING, [EVIL, EVIL]),
        ],
        EVIL,
        "A",
    )
    defaults = {
        "displayName": EVIL,
        "unit": f"suffix:{EVIL}",
        "noValue": EVIL,
        "links": [{"url": "javascript:alert(1)"}],
        "mappings": [{"type": "value", "options": {"1": {"text": EVIL}}}],
    }
    options = {
        "legend": {"displayMode": "table", "calcs": ["max"]},
        "reduceOptions": {"values": True, "calcs": []},
        "showThresholdLabels": True,
    }
    html = str(render.html(view(kind, [frame], {**defaults, "custom": {"axisLabel": EVIL}}, options)))
    assert "<script>alert" not in html
    assert "<img" not in html
    assert "javascript:" not in html


def test_text_is_sanitised() -> None:
    html = str(
        render.html(
            view(
                "text",
                [],
                options={
                    "mode": "html",
                    "content": "<b>hi</b><script>alert(1)</script><a href='javascript:x()' onclick='y()'>z</a><iframe src='//e'></iframe>",
                },
            )
        )
    )
    assert "<b>hi</b>" in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html  # what may not be stands there as text
    for part in ("<script", "javascript", "onclick", "<iframe"):
        assert part not in html


@pytest.mark.parametrize(
    "content",
    [
        "<img src=x onerror=alert(1)>",
        "<<script>alert(1)</script>",
        "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'>x</a></svg>",
        "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<a href='java\nscript:alert(1)'>x</a>",
        "<style>@import 'http://e'</style>",
        "<p style='background:url(javascript:alert(1))'>x",
    ],
)
def test_nothing_in_a_text_runs(content: str) -> None:
    html = str(render.html(view("text", [], options={"mode": "html", "content": content})))
    assert not re.search(r"<[^>]*(on\w+\s*=|script:)", html)
    assert not re.search(r"<(script|style|iframe|object|embed|form|math)\b", html)


def test_code_is_shown_as_written_with_variables_in_its_language() -> None:
    filled: list[str] = []

    def fill(text: str, _scope: object, form: str) -> str:
        filled.append(form)
        return text

    code = {"language": "json", "showLineNumbers": True}
    made = view(
        "text", [], options={"mode": "code", "content": "<b>\n2", "code": code}, context=Context(fill=fill)
    )
    assert filled == ["json"]
    assert made.strings() == [("1 <b>", ""), ("2 2", "")]
    assert "&lt;b&gt;" in str(render.html(made))


def test_markdown() -> None:
    html = str(
        render.html(
            view(
                "text",
                [],
                options={"mode": "markdown", "content": "# Head\n\n- **one**\n\n|a|b|\n|-|-|\n|1|2|"},
            )
        )
    )
    assert "<h1>Head</h1>" in html
    assert "<strong>one</strong>" in html
    assert "<td>2</td>" in html


def test_a_chart_says_its_axes_legend_and_values() -> None:
    chart = view(
        "timeseries",
        [series([1, 20, 90, 30], "A"), series([5, 6, 7, 8], "B")],
        {"unit": "percent"},
        {"legend": {"displayMode": "list", "calcs": ["max"]}},
    )
    assert isinstance(chart, Chart)
    assert [text for _, text in chart.axes[0].ticks] == ["0%", "20%", "40%", "60%", "80%"]
    assert [(item.name, item.color, item.stats[0].text) for item in chart.legend.items] == [
        ("A", "#73BF69", "90%"),
        ("B", "#F2CC0C", "8%"),
    ]
    html = str(render.html(chart))
    assert "<caption>Values of the chart</caption>" in html
    assert html.count('class="series"') == 2


def test_overrides_change_the_columns_they_match() -> None:
    frames = [series([1, 2], "in"), series([1, 2], "out")]
    override = {
        "matcher": {"id": "byRegexp", "options": "/^out/"},
        "properties": [
            {"id": "displayName", "value": "sent"},
            {"id": "color", "value": {"mode": "fixed", "fixedColor": "red"}},
            {"id": "custom.axisPlacement", "value": "right"},
        ],
    }
    chart = view("timeseries", frames, overrides=[override])
    assert [(item.name, item.color) for item in chart.legend.items] == [
        ("in", "#73BF69"),
        ("sent", "#F2495C"),
    ]
    assert [axis.side for axis in chart.axes] == ["left", "right"]


def test_stacked_series_stand_on_each_other() -> None:
    stacking = {"custom": {"stacking": {"mode": "normal", "group": "A"}}}
    chart = view("timeseries", [series([10, 10], "a"), series([20, 20], "b")], stacking)
    assert chart.axes[0].scale.high >= 30
    percent = view(
        "timeseries",
        [series([10, 10], "a"), series([30, 30], "b")],
        {"custom": {"stacking": {"mode": "percent", "group": "A"}}},
    )
    assert (percent.axes[0].scale.low, percent.axes[0].scale.high) == (0, 1)


def test_gaps_stay_gaps_unless_they_are_to_be_bridged() -> None:
    broken = view("timeseries", [series([1, 2, None, 4, 5])], {"custom": {"showPoints": "never"}})
    bridged = view(
        "timeseries", [series([1, 2, None, 4, 5])], {"custom": {"showPoints": "never", "spanNulls": True}}
    )
    assert broken.lines[0].marks[0].d.count("M") == 2
    assert bridged.lines[0].marks[0].d.count("M") == 1


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        ([], "No data"),
        ([Frame([Field("a", Kind.STRING, ["x"])])], "Data is missing a number field"),
        ([Frame([Field("a", Kind.NUMBER, [1.0])])], "Data is missing a time field"),
    ],
)
def test_a_chart_says_why_it_draws_nothing(frames: list[Frame], words: str) -> None:
    found = view("timeseries", frames)
    assert isinstance(found, Message)
    assert found.text == words


def test_stat_names_values_only_where_there_are_several() -> None:
    one = view("stat", [series([1, 45])], {"unit": "percent"}, {"reduceOptions": {"calcs": ["lastNotNull"]}})
    two = view(
        "stat",
        [series([1], "a"), series([2], "b")],
        {},
        {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "value"},
    )
    assert isinstance(one, Stats)
    assert one.strings() == [("45", "#73BF69"), ("%", "#73BF69")]
    untitled = view(
        "stat", [series([1, 45], "a")], {}, {"reduceOptions": {"calcs": ["lastNotNull"]}}, title=""
    )
    assert [text for text, _ in untitled.strings()] == ["a", "45"]
    assert [text for text, _ in two.strings()] == ["a", "1", "b", "2"]


def test_thresholds_and_mappings() -> None:
    steps = {"mode": "absolute", "steps": [{"color": "green", "value": None}, {"color": "red", "value": 40}]}
    mapped = [
        {"type": "range", "options": {"from": 40, "to": 50, "result": {"text": "High", "color": "orange"}}},
        {"type": "special", "options": {"match": "null", "result": {"text": "none"}}},
    ]
    options = {"reduceOptions": {"calcs": ["last"]}, "graphMode": "none"}
    assert view("stat", [series([45])], {"thresholds": steps}, options).strings() == [("45", "#F2495C")]
    assert view("stat", [series([45])], {"mappings": mapped}, options).strings() == [("High", "#FF9830")]
    assert view("stat", [series([None])], {"mappings": mapped}, options).strings()[0][0] == "none"


def test_tables_sort_align_and_hide() -> None:
    frame = Frame(
        [
            Field("name", Kind.STRING, ["b", "a"]),
            Field("size", Kind.NUMBER, [1024.0, 2048.0]),
            Field("id", Kind.NUMBER, [1.0, 2.0]),
        ]
    )
    hide = {
        "matcher": {"id": "byName", "options": "id"},
        "properties": [{"id": "custom.hidden", "value": True}],
    }
    table = view(
        "table",
        [frame],
        {"unit": "bytes"},
        {"sortBy": [{"displayName": "name"}], "footer": {"show": True, "reducer": ["sum"]}},
        [hide],
    )
    assert isinstance(table, Table)
    assert [(one.name, one.right) for one in table.columns] == [("name", False), ("size", True)]
    assert [[cell.text for cell in row] for row in table.rows] == [["a", "2 KiB"], ["b", "1 KiB"]]
    assert table.footer == ("Total", "3 KiB")


def test_gauges_of_old_dashboards_are_read() -> None:
    old = {
        "fieldOptions": {
            "calcs": ["mean"],
            "defaults": {"unit": "watt", "min": 0, "max": 100, "title": "Power"},
            "thresholds": [{"color": "red", "value": 50}, {"color": "green", "value": None}],
            "mappings": [{"type": 1, "value": "60", "text": "sixty"}],
        }
    }
    gauge = view("gauge", [series([60, 60])], options=old)
    assert gauge.strings() == [("sixty", "#F2495C"), ("Power", "")]


def test_names_of_series_say_what_tells_them_apart() -> None:
    frames = [series([1], "Value", {"job": "a"}), series([1], "Value", {"job": "b"})]
    assert [item.name for item in view("timeseries", frames).legend.items] == ["a", "b"]
    more = [series([1], "Value", {"job": "a", "i": "1"}), series([1], "Value", {"job": "b", "i": "1"})]
    assert view("timeseries", more).legend.items[0].name == '{job="a", i="1"}'
