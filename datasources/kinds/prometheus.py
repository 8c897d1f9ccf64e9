"""Prometheus and what speaks its HTTP API."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

import msgspec
import numpy as np
import orjson

from core.durations import go_duration, parse_duration, short_duration
from core.frames import Field, Frame, Kind
from core.intervals import round_interval
from core.options import Choice, Flag, Option, Secret, Text
from datasources.base import DataSource, Deadline, Health, Query, ResourceReply, SourceError
from datasources.http import call
from datasources.prometheus_frames import heatmap, table

_DEFAULT_STEP_MS = 15_000
_MAX_POINTS = 11_000  # Prometheus refuses more
_LEGEND = re.compile(r"\{\{\s*(.+?)\s*\}\}")
_POSTED = ("api/v1/query", "api/v1/series", "api/v1/labels")
_RULES = ("rules", "config/v1/rules")
_NUMBERS = bytes.maketrans(b'[]"', b"   ")


class _Series(msgspec.Struct):
    metric: dict[str, str] = {}
    values: msgspec.Raw = msgspec.Raw(b"[]")
    value: msgspec.Raw = msgspec.Raw(b"[]")


class _Data(msgspec.Struct, rename="camel"):
    result_type: str
    result: msgspec.Raw


class _Reply(msgspec.Struct, rename="camel"):
    status: str
    data: msgspec.Raw = msgspec.Raw(b"null")
    error_type: str = ""
    error: str = ""


_reply = msgspec.json.Decoder(_Reply).decode
_data = msgspec.json.Decoder(_Data).decode
_series = msgspec.json.Decoder(list[_Series]).decode


class Prometheus(DataSource):
    """Range and instant queries; metric find queries; the server's own words in errors."""

    type: ClassVar[str] = "prometheus"
    title: ClassVar[str] = "Prometheus"
    about: ClassVar[str] = (
        "Time series and alerting rules, over the Prometheus HTTP API (also Mimir, Thanos, VictoriaMetrics)."
    )
    url_example: ClassVar[str] = "http://localhost:9090"
    variable_format: ClassVar[str] = "prometheus"
    options: ClassVar[tuple[Option, ...]] = (
        Text(
            "timeInterval", "Scrape interval", "15s", help="Used as the lowest query step.", section="Queries"
        ),
        Choice(
            "httpMethod",
            "HTTP method",
            "POST",
            "POST",
            "GET",
            help="GET where a proxy in front allows no POST.",
            section="Queries",
        ),
        Text("queryTimeout", "Query timeout", "60s", section="Queries"),
        Flag("basicAuth", "Basic auth", section="Access", help="Send a user name and a password."),
        Text("basicAuthUser", "User", section="Access"),
        Secret("basicAuthPassword", "Password", section="Access"),
    )
    query_options: ClassVar[tuple[Option, ...]] = (
        Option("expr", "PromQL", "", kind="promql"),
        Text("legendFormat", "Legend", help="{{label}} stands for a label's value"),
        Text("interval", "Min step", help="For example 15s"),
        Choice("format", "Format", "time_series", "time_series", "table", "heatmap"),
        Flag("range", "Range", default=True, help="Values over time"),
        Flag("instant", "Instant", help="The latest value only"),
        Flag("exemplar", "Exemplars"),
    )
    annotation_options: ClassVar[tuple[Option, ...]] = (
        Option(
            "expr",
            "PromQL",
            "",
            kind="promql",
            help="Each stretch in which a series is not zero is an annotation",
        ),
        Text("interval", "Min step", "60s"),
    )

    @classmethod
    def asks(cls, model: Mapping[str, Any]) -> bool:
        """Say whether there is an expression."""
        return bool(str(model.get("expr") or "").strip())

    @classmethod
    def proxy_role(cls, method: str, path: str) -> str:
        """Return who may write what: queries may be posted by everybody, rules by editors, and nothing else."""
        if method not in {"POST", "PUT", "DELETE"}:
            return "Viewer"
        if method == "POST" and path.startswith(_POSTED):
            return "Viewer"
        if method in {"POST", "DELETE"} and path.startswith(_RULES):
            return "Editor"
        raise SourceError(
            f"non allow-listed {method}s not allowed on proxied Prometheus datasource", status=403
        )

    def query(self, query: Query, deadline: Deadline) -> list[Frame]:
        """Return a frame per series: time in ms UTC, float64 values, labels on the value field."""
        model = query.model
        expr = str(model.get("expr") or "")
        if not expr.strip():
            raise SourceError("The query is empty", unreadable=True)
        step = self.step_ms(query)
        expr = self._with_interval(expr, step, query)
        is_instant = bool(model.get("instant"))
        is_range = bool(model.get("range")) or not is_instant
        frames: list[Frame] = []
        if is_instant:
            fields = {"query": expr, "time": _seconds(query.to_ms)}
            frames += self._frames(self._ask("api/v1/query", fields, deadline), query, expr, step)
        if is_range:
            offset = int(model.get("utcOffsetSec") or 0) * 1000
            start, end = (_aligned(at, step, offset) for at in (query.from_ms, query.to_ms))
            fields = {"query": expr, "start": _seconds(start), "end": _seconds(end), "step": _seconds(step)}
            frames += self._frames(self._ask("api/v1/query_range", fields, deadline), query, expr, step)
        return frames

    def step_ms(self, query: Query) -> int:
        """Return the step: the least interval, the panel's width and Prometheus's limit, times the resolution.

        Source: Grafana 9.3 documentation, "Prometheus query editor", min step and resolution; recorded requests.
        """
        wanted = str(query.model.get("interval") or "")
        is_rate = wanted in {"$__rate_interval", "${__rate_interval}"}
        if wanted.startswith("$"):
            wanted = ""
        if not wanted and not query.interval_ms:
            wanted = str(self.config.json_data.get("timeInterval") or "15s")
        try:
            least = parse_duration(wanted) if wanted else query.interval_ms
        except ValueError:
            raise SourceError(f"Min step: {wanted!r} is not a duration", unreadable=True) from None
        span = query.to_ms - query.from_ms
        step = max(round_interval(span / max(1, query.max_data_points or 1500)), least)
        step = max(step, round_interval(span / _MAX_POINTS))
        if is_rate:
            return self._rate_interval(step)
        return step * int(query.model.get("intervalFactor") or 1)

    def _scrape_ms(self) -> int:
        try:
            return parse_duration(str(self.config.json_data.get("timeInterval") or "15s"))
        except ValueError:
            return _DEFAULT_STEP_MS

    def _rate_interval(self, step: int) -> int:
        scrape = self._scrape_ms()
        return max(step + scrape, 4 * scrape)

    def _with_interval(self, expr: str, step: int, query: Query) -> str:
        span = query.to_ms - query.from_ms
        seconds = -(-span // 1000) if span % 1000 >= 500 else span // 1000
        values = {
            "__interval_ms": str(step),
            "__interval": short_duration(step),
            "__range_ms": str(span),
            "__range_s": str(seconds),
            "__range": f"{seconds}s",
            "__rate_interval": go_duration(self._rate_interval(step)),
        }
        for name, value in values.items():
            expr = re.sub(rf"\$(?:{name}\b|\{{{name}\}})", value, expr)
        return expr

    def _ask(self, path: str, fields: Mapping[str, str], deadline: Deadline) -> bytes:
        method = "GET" if str(self.config.json_data.get("httpMethod", "POST")).upper() == "GET" else "POST"
        extra = dict(fields)
        for pair in str(self.config.json_data.get("customQueryParameters") or "").split("&"):
            name, _, value = pair.partition("=")
            if name:
                extra[name] = value
        status, body, _ = call(self.config, method, path, deadline, fields=extra)
        try:
            reply = _reply(body)
        except msgspec.DecodeError:
            text = body[:200].decode("utf-8", "replace").strip()
            raise SourceError(
                f"Prometheus: {status}, {text or 'an answer that is not JSON'}", unreadable=True
            ) from None
        if reply.status != "success":
            raise SourceError(f"{reply.error_type}: {reply.error}")
        return bytes(reply.data)

    def _frames(self, data: bytes, query: Query, expr: str, step: int) -> list[Frame]:
        try:
            read = _data(data)
            if read.result_type in {"scalar", "string"}:
                series = [_Series(value=read.result)]
            else:
                series = _series(bytes(read.result))
        except msgspec.DecodeError:
            raise SourceError("Prometheus: an answer in an unknown form", unreadable=True) from None
        meta = {
            "type": "timeseries-many",
            "custom": {"resultType": read.result_type},
            "executedQueryString": f"Expr: {expr}\nStep: {go_duration(step)}",
        }
        legend = str(query.model.get("legendFormat") or "")
        return [self._frame(one, query.ref_id, legend, expr, step, meta, read.result_type) for one in series]

    def _frame(
        self, one: _Series, ref_id: str, legend: str, expr: str, step: int, meta: dict[str, Any], result: str
    ) -> Frame:
        if result == "string":
            at, text = orjson.loads(bytes(one.value))
            times, values = np.array([at * 1000]), [text]
            value = Field("Value", Kind.STRING, values, one.metric, type_info={"frame": "string"})
        else:
            times, numbers = _columns(bytes(one.values if result == "matrix" else one.value))
            value = Field(
                "Value", Kind.NUMBER, numbers, one.metric, type_info={"frame": "float64"}, real_nan=True
            )
        name = legend_name(legend, one.metric, expr)
        if name:
            value.config = {"displayNameFromDS": name}
        time = Field(
            "Time",
            Kind.TIME,
            times.astype(np.int64),
            config={"interval": step},
            type_info={"frame": "time.Time"},
        )
        return Frame([time, value], name, ref_id, meta)

    def present(self, frames: list[Frame], models: Sequence[Mapping[str, Any]]) -> list[Frame]:
        """Return tables and heatmaps in their own form, by the format of each query."""
        formats = {str(one.get("refId")): str(one.get("format") or "time_series") for one in models}
        tables = [one for one in frames if formats.get(one.ref_id) == "table"]
        heats = [one for one in frames if formats.get(one.ref_id) == "heatmap"]
        plain = [one for one in frames if formats.get(one.ref_id) not in {"table", "heatmap"}]
        return plain + table(tables) + heatmap(heats)

    def health(self, deadline: Deadline) -> Health:
        """Ask for one point."""
        self._ask("api/v1/query", {"query": "1+1"}, deadline)
        return Health(ok=True, message="Data source is working")

    def resource(
        self, method: str, path: str, query: str, body: bytes, content_type: str, deadline: Deadline
    ) -> ResourceReply:
        """Call the server's own API, `api/v1/…`; nothing outside of it."""
        if not path.startswith("api/v1/") or ".." in path:
            raise SourceError("no such resource", status=404)
        status, data, kind = call(
            self.config, method, path, deadline, query=query, body=body or None, content_type=content_type
        )
        return ResourceReply(status, data, kind)

    def find(self, text: str, from_ms: int, to_ms: int, deadline: Deadline) -> list[str]:
        """Answer `label_names()`, `label_values([metric,] label)`, `metrics(regex)`, `query_result(expr)`, or a series selector."""
        text = self._with_interval(text.strip(), _DEFAULT_STEP_MS, Query("A", {}, from_ms, to_ms))
        span = {"start": _seconds(from_ms), "end": _seconds(to_ms)}
        if re.fullmatch(r"label_names\(\)\s*", text):
            return self._strings("api/v1/labels", span, deadline)
        values = re.fullmatch(r"label_values\((?:(.+),\s*)?([a-zA-Z_]\w*)\s*\)\s*", text, re.DOTALL)
        if values and values[1]:
            found = self._series_labels(values[1], span, deadline)
            return sorted({labels[values[2]] for labels in found if values[2] in labels})
        if values:
            return self._strings(f"api/v1/label/{quote(values[2])}/values", span, deadline)
        metrics = re.fullmatch(r"metrics\((.+)\)\s*", text)
        if metrics:
            names = self._strings("api/v1/label/__name__/values", span, deadline)
            try:
                pattern = re.compile(metrics[1])
            except re.error as fault:
                raise SourceError(f"metrics(): {fault}", status=400) from None
            return [name for name in names if pattern.search(name)]
        result = re.fullmatch(r"query_result\((.+)\)\s*", text, re.DOTALL)
        if result:
            return self._result_texts(result[1], to_ms, deadline)
        return [_selector(labels) for labels in self._series_labels(text, span, deadline)]

    def _strings(self, path: str, fields: Mapping[str, str], deadline: Deadline) -> list[str]:
        return [str(one) for one in orjson.loads(self._get(path, urlencode(fields), deadline)) or []]

    def _series_labels(
        self, selector: str, span: Mapping[str, str], deadline: Deadline
    ) -> list[dict[str, str]]:
        found: list[dict[str, str]] = (
            orjson.loads(
                self._get("api/v1/series", urlencode({"match[]": selector.strip(), **span}), deadline)
            )
            or []
        )
        return found

    def _get(self, path: str, query: str, deadline: Deadline) -> bytes:
        status, body, _ = call(self.config, "GET", path, deadline, query=query)
        try:
            reply = _reply(body)
        except msgspec.DecodeError:
            raise SourceError(f"Prometheus: {status}, an answer that is not JSON", status=502) from None
        if reply.status != "success":
            raise SourceError(f"{reply.error_type}: {reply.error}", status=400)
        return bytes(reply.data)

    def _result_texts(self, expr: str, at_ms: int, deadline: Deadline) -> list[str]:
        data = _data(self._ask("api/v1/query", {"query": expr, "time": _seconds(at_ms)}, deadline))
        if data.result_type in {"scalar", "string"}:
            return [str(orjson.loads(bytes(data.result))[1])]
        texts = []
        for one in _series(bytes(data.result)):
            at, value = orjson.loads(bytes(one.value))
            texts.append(f"{_selector(one.metric)} {value} {int(at * 1000)}")
        return texts


def _seconds(ms: int) -> str:
    return str(ms // 1000) if ms % 1000 == 0 else f"{ms / 1000:.3f}"


def _aligned(at: int, step: int, offset: int) -> int:
    return (at + offset) // step * step - offset


def _columns(raw: bytes) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return times in ms and values of `[[1600000000.5,"1"],…]` or one such pair, without a list per point."""
    flat = raw.translate(_NUMBERS).strip()
    try:
        numbers = np.array(orjson.loads(b"[" + flat + b"]"), dtype=np.float64)
    except orjson.JSONDecodeError:  # NaN and infinities are no JSON
        try:
            numbers = np.array([float(one) for one in flat.split(b",")] if flat else [], dtype=np.float64)
        except ValueError:
            raise SourceError("Prometheus: an answer in an unknown form", unreadable=True) from None
    if len(numbers) % 2:
        raise SourceError("Prometheus: an answer in an unknown form", unreadable=True)
    return np.round(numbers[0::2] * 1000), numbers[1::2]


def legend_name(legend: str, labels: Mapping[str, str], expr: str) -> str:
    """Return a series' name: the legend with `{{label}}` filled in, else the series itself, else the query.

    `__auto` leaves the name to the panel, which takes what tells the series apart.
    """
    if legend == "__auto":
        return ""
    if legend:
        return _LEGEND.sub(lambda m: labels.get(m[1], ""), legend)
    return _selector(labels) if labels else expr


def _selector(labels: Mapping[str, str]) -> str:
    inner = ", ".join(f'{name}="{labels[name]}"' for name in sorted(labels) if name != "__name__")
    name = labels.get("__name__", "")
    return f"{name}{{{inner}}}" if inner or not name else f"{name}"
