"""Prometheus over real sockets: what is asked, and what becomes of faults."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pytest

from datasources.base import Deadline, Query, SourceConfig, SourceError
from datasources.kinds.prometheus import Prometheus, legend_name

SERIES = b'{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"a"},"values":[[1600000000,"1"],[1600000060.5,"NaN"]]}]}}'


class Upstream:
    """A server on loopback that answers as it is told and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, list[str]], dict[str, str]]] = []
        self.answer: Callable[[BaseHTTPRequestHandler], None] = lambda handler: self.reply(handler, SERIES)
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args: Any) -> None:
                pass

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                fields = parse_qs(self.rfile.read(length).decode()) or parse_qs(self.path.partition("?")[2])
                upstream.asked.append((self.command, self.path.partition("?")[0], fields, dict(self.headers)))
                upstream.answer(self)

            do_GET = do_POST

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    @staticmethod
    def reply(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    made = Upstream()
    yield made
    made.server.shutdown()
    made.server.server_close()


def source(url: str, **json_data: Any) -> Prometheus:
    return Prometheus(
        SourceConfig(
            1,
            "p",
            "P",
            "prometheus",
            url,
            json_data=json_data,
            basic_auth=True,
            basic_auth_user="bob",
            secrets={"basicAuthPassword": "pw"},
        )
    )


def query(**model: Any) -> Query:
    return Query(
        "A", {"expr": "up", "range": True, **model}, 1_600_000_000_000, 1_600_000_300_000, 60_000, 100
    )


def test_a_range_query(upstream: Upstream) -> None:
    (frame,) = source(upstream.url).query(query(legendFormat="job {{ job }}"), Deadline.after(5))
    method, path, fields, headers = upstream.asked[0]
    assert (method, path) == ("POST", "/api/v1/query_range")
    assert fields == {"query": ["up"], "start": ["1599999960"], "end": ["1600000260"], "step": ["60"]}
    assert headers["Authorization"] == "Basic Ym9iOnB3"
    assert frame.name == "job a"
    assert frame.fields[0].items == [1_600_000_000_000, 1_600_000_060_500]
    assert np.isnan(frame.fields[1].numbers[1])


def test_get_where_it_is_asked_for(upstream: Upstream) -> None:
    source(upstream.url, httpMethod="GET").query(query(instant=True, range=False), Deadline.after(5))
    assert upstream.asked[0][:3] == ("GET", "/api/v1/query", {"query": ["up"], "time": ["1600000300"]})


@pytest.mark.parametrize(
    ("expr", "want"),
    [
        ("rate(x[$__interval])", "rate(x[1m])"),
        ("rate(x[${__rate_interval}])", "rate(x[1m15s])"),
        ("$__interval_ms $__range $__range_s $__range_ms", "60000 300s 300 300000"),
    ],
)
def test_its_own_variables(upstream: Upstream, expr: str, want: str) -> None:
    source(upstream.url).query(query(expr=expr), Deadline.after(5))
    assert upstream.asked[0][2]["query"] == [want]


def test_steps(upstream: Upstream) -> None:
    made = source(upstream.url, timeInterval="30s")
    assert made.step_ms(query()) == 60_000
    assert made.step_ms(query(interval="5m")) == 300_000
    assert made.step_ms(query(intervalFactor=2)) == 120_000
    assert made.step_ms(Query("A", {}, 0, 365 * 86_400_000, 60_000, 100_000)) >= 365 * 86_400_000 / 11_000


def test_names() -> None:
    assert legend_name("", {"__name__": "up", "job": "a", "i": "1"}, "up") == 'up{i="1", job="a"}'
    assert legend_name("", {}, "1+1") == "1+1"
    assert legend_name("__auto", {"job": "a"}, "up") == ""
    assert legend_name("{{nope}}!", {"job": "a"}, "up") == "!"


def test_equal_words_of_the_server_stand_in_the_error(upstream: Upstream) -> None:
    upstream.answer = lambda handler: upstream.reply(
        handler, b'{"status":"error","errorType":"bad_data","error":"1:5: parse error"}', 400
    )
    with pytest.raises(SourceError, match="bad_data: 1:5: parse error"):
        source(upstream.url).query(query(), Deadline.after(5))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>gateway</html>",
        b'{"status":"success","data":{"resultType":"matrix","result":[{"values":5}]}}',
        b"[1,2",
        b"\xff\xfe",
    ],
)
def test_garbage_is_an_error_in_words(upstream: Upstream, body: bytes) -> None:
    upstream.answer = lambda handler: upstream.reply(handler, body)
    with pytest.raises(SourceError, match="Prometheus"):
        source(upstream.url).query(query(), Deadline.after(5))


def test_nothing_listens() -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(SourceError, match="nothing listens on 127.0.0.1"):
        source(f"http://127.0.0.1:{port}").query(query(), Deadline.after(5))


def test_a_server_that_hangs_is_not_waited_for(upstream: Upstream) -> None:
    upstream.answer = lambda _handler: time.sleep(2)
    began = time.monotonic()
    with pytest.raises(SourceError, match="did not answer in time"):
        source(upstream.url).query(query(), Deadline.after(0.3))
    assert time.monotonic() - began < 1.9


def test_addresses_that_are_none() -> None:
    with pytest.raises(SourceError, match="must start with http"):
        source("file:///etc/passwd").query(query(), Deadline.after(1))


def test_resources_stay_inside_the_api(upstream: Upstream) -> None:
    made = source(upstream.url)
    for path in ("-/quit", "api/v1/../../admin", ""):
        with pytest.raises(SourceError, match="no such resource"):
            made.resource("POST", path, "", b"", "", Deadline.after(1))
    assert upstream.asked == []


@pytest.mark.parametrize(
    ("text", "path", "want"),
    [
        ("label_names()", "/api/v1/labels", ["b", "a"]),
        ("label_values(job)", "/api/v1/label/job/values", ["b", "a"]),
        ("metrics(^a)", "/api/v1/label/__name__/values", ["a"]),
    ],
)
def test_variable_queries(upstream: Upstream, text: str, path: str, want: list[str]) -> None:
    upstream.answer = lambda handler: upstream.reply(handler, b'{"status":"success","data":["b","a"]}')
    assert source(upstream.url).find(text, 0, 1000, Deadline.after(5)) == want
    assert upstream.asked[0][1] == path


def test_label_values_of_a_metric(upstream: Upstream) -> None:
    upstream.answer = lambda handler: upstream.reply(
        handler, b'{"status":"success","data":[{"job":"b"},{"job":"a"},{"x":"y"}]}'
    )
    assert source(upstream.url).find('label_values(up{a="x, y"}, job)', 0, 1000, Deadline.after(5)) == [
        "a",
        "b",
    ]
    assert upstream.asked[0][2]["match[]"] == ['up{a="x, y"}']
    assert source(upstream.url).find("up", 0, 1000, Deadline.after(5)) == [
        '{job="b"}',
        '{job="a"}',
        '{x="y"}',
    ]


def test_query_result(upstream: Upstream) -> None:
    upstream.answer = lambda handler: upstream.reply(
        handler,
        b'{"status":"success","data":{"resultType":"vector","result":[{"metric":{"job":"a"},"value":[1,"5"]}]}}',
    )
    assert source(upstream.url).find("query_result(up > 1)", 0, 1000, Deadline.after(5)) == [
        '{job="a"} 5 1000'
    ]


def test_tables_have_a_column_a_label(upstream: Upstream) -> None:
    made = source(upstream.url)
    frames = made.query(query(), Deadline.after(5))
    (table,) = made.present(frames, [{"refId": "A", "format": "table"}])
    assert [one.name for one in table.fields] == ["Time", "__name__", "job", "Value"]
    assert table.fields[2].items == ["a", "a"]
