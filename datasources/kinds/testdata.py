"""Data made up on the spot: for trying panels out, for tests, for the sample dashboards."""

import csv
import io
import math
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

import numpy as np
import orjson

from core.frames import Field, Frame, Kind, from_json
from core.options import Option
from datasources.base import DataSource, Deadline, Health, Query, ResourceReply, SourceError
from datasources.testdata_catalogue import CATALOGUE, QUERY_OPTIONS

_MAX_POINTS = 20_000
_NULLABLE = {"nullable": True}


class TestData(DataSource):
    """Scenarios, each a function from a query to frames."""

    type: ClassVar[str] = "testdata"
    title: ClassVar[str] = "TestData"
    about: ClassVar[str] = "Made-up series and tables, for trying things out without a server."
    has_health: ClassVar[bool] = False
    repeats_itself: ClassVar[bool] = False
    query_options: ClassVar[tuple[Option, ...]] = QUERY_OPTIONS

    def query(self, query: Query, deadline: Deadline) -> list[Frame]:
        """Return the frames of a scenario; an unknown one has no data."""
        del deadline
        scenario = _SCENARIOS.get(str(query.model.get("scenarioId") or "random_walk"))
        return scenario(query) if scenario else []

    def health(self, deadline: Deadline) -> Health:
        """It always works."""
        del deadline
        return Health(ok=True, message="Data source is working")

    def find(self, text: str, from_ms: int, to_ms: int, deadline: Deadline) -> list[str]:
        """Answer a variable query over a made-up tree of A, B and C."""
        del from_ms, to_ms, deadline
        *above, last = text.split(".") if text else ["*"]
        if last not in {"*", ""} and not last.startswith("{"):
            return [part.strip() for part in text.split(",")]
        parent = above[-1] if above else ""
        parents = parent.strip("{}").split(",") if parent.startswith("{") else [parent]
        return [f"{one if one != '*' else ''}{letter}" for one in parents for letter in "ABC"]

    def resource(
        self, method: str, path: str, query: str, body: bytes, content_type: str, deadline: Deadline
    ) -> ResourceReply:
        """List the scenarios, or echo."""
        del method, deadline
        if path == "scenarios":
            rows = [
                {"id": name, "name": title, "description": "", "stringInput": text}
                for name, title, text in CATALOGUE
            ]
            return ResourceReply(200, orjson.dumps(rows), "application/json")
        if path in {"test", "test/json"}:
            try:
                data = orjson.loads(body) if body else {}
            except orjson.JSONDecodeError:
                data = body.decode("utf-8", "replace")
            reply = {
                "message": "Hello world from test datasource!",
                "request": {"url": f"/{path}", "query": query, "body": data, "contentType": content_type},
            }
            return ResourceReply(200, orjson.dumps(reply), "application/json")
        if path == "boom":
            raise SourceError("boom", status=500)
        return ResourceReply(200, b"Hello world from test datasource!", "text/plain; charset=utf-8")


# Made-up names for series, by the word in an alias that asks for them; after the last the first comes again.
_NAMES = {
    "__server_names": tuple(
        f"{group}-{n:02d}" for group in ("Backend-ops", "Frontend-web", "MySQL", "Postgres", "DB") for n in range(1, 5)
    ),
    "__house_locations": ("Cellar", "Living room", "Porch", "Bedroom", "Guest room", "Kitchen", "Playroom", "Bathroom", "Outside", "Roof", "Terrace"),
}  # fmt: skip


def _name(query: Query, index: int = 0) -> str:
    alias = str(query.model.get("alias") or "")
    for word in ("$__frame_index", "$seriesIndex"):
        alias = alias.replace(word, str(index))
    for word, names in _NAMES.items():
        alias = alias.replace(word, names[index % len(names)])
    return alias or f"{query.ref_id}-series" + (str(index) if index else "")


def _labels(text: Any, index: int = 0) -> dict[str, str]:
    pairs = (
        part.partition("=")
        for part in str(text or "").replace("$seriesIndex", str(index)).strip("{}").split(",")
    )
    return {name.strip(): value.strip().strip('"') for name, _, value in pairs if name.strip()}


def _times(query: Query) -> np.ndarray[Any, Any]:
    step = max(1, query.interval_ms)
    count = min(max(0, (query.to_ms - query.from_ms) // step), _MAX_POINTS)
    return query.from_ms + step * np.arange(count, dtype=np.int64)


def _walk(query: Query, index: int, *, start: float | None = None) -> np.ndarray[Any, Any]:
    seed = query.model.get("seed")
    chance = np.random.default_rng(int(seed) + index if isinstance(seed, int) else None)
    count = len(_times(query))
    begin = start if start is not None else float(query.model.get("startValue") or chance.random() * 100)
    spread = float(query.model.get("spread") or 1)
    noise = float(query.model.get("noise") or 0)
    steps = (chance.random(count) - 0.5) * spread
    walk = begin + np.concatenate(([0.0], np.cumsum(steps)[:-1])) if count else np.zeros(0)
    walk = walk + chance.random(count) * noise
    low, high = query.model.get("min"), query.model.get("max")
    return np.clip(walk, -math.inf if low is None else float(low), math.inf if high is None else float(high))


def _random_walk(query: Query) -> list[Frame]:
    frames = []
    for index in range(max(1, min(int(query.model.get("seriesCount") or 1), 1000))):
        time = Field("time", Kind.TIME, _times(query), type_info={"frame": "time.Time", **_NULLABLE})
        labels = _labels(query.model.get("labels"), index)
        value = Field(
            _name(query, index),
            Kind.NUMBER,
            _walk(query, index),
            labels,
            type_info={"frame": "float64", **_NULLABLE},
        )
        frames.append(Frame([time, value], "", query.ref_id))
    return frames


def _random_walk_table(query: Query) -> list[Frame]:
    values = _walk(query, 0)
    names = ("Time", "Value", "Min", "Max")
    columns = (_times(query), values, values - 1, values + 1)
    fields = [
        Field(name, Kind.TIME if name == "Time" else Kind.NUMBER, column)
        for name, column in zip(names, columns, strict=True)
    ]
    info = Field("Info", Kind.STRING, ["up" if random.random() > 0.5 else "down" for _ in values])
    return [Frame([*fields, info], query.ref_id, query.ref_id)]


def _walk_with_error(query: Query) -> list[Frame]:
    raise SourceError("This is an error. It can include URLs http://grafana.com/", frames=_random_walk(query))


def _server_error(query: Query) -> list[Frame]:
    if str(query.model.get("stringInput") or ""):
        return _random_walk(query)
    raise SourceError("Server Error: a scenario that always fails", unreadable=True)


def _csv_metric_values(query: Query) -> list[Frame]:
    texts = [part.strip() for part in str(query.model.get("stringInput") or "").split(",")]
    kind, values, info = _column(texts)
    span, count = query.to_ms - query.from_ms, len(texts)
    times = np.array(
        [query.from_ms + (span * i // (count - 1) if count > 1 else 0) for i in range(count)], dtype=np.int64
    )
    time = Field("time", Kind.TIME, times, type_info={"frame": "time.Time"})
    return [Frame([time, Field(_name(query), kind, values, type_info=info)], "", query.ref_id)]


def _column(texts: list[str]) -> tuple[Kind, list[Any], dict[str, Any]]:
    """Return a column of the narrowest type that all texts fit: bool, int64, float64, time, string; empty is null."""
    given = [one for one in texts if one not in {"", "null"}]

    def as_whole(one: str) -> int:
        return int(one)

    readers: tuple[tuple[Kind, str, Callable[[str], Any]], ...] = (
        (Kind.BOOLEAN, "bool", _boolean),
        (Kind.NUMBER, "int64", as_whole),
        (Kind.NUMBER, "float64", float),
        (Kind.TIME, "time.Time", _moment),
    )
    for kind, name, read in readers:
        if not given:
            break
        try:
            values = [None if one in {"", "null"} else read(one) for one in texts]
        except ValueError:
            continue
        return kind, values, {"frame": name, **_NULLABLE}
    return (
        Kind.STRING,
        [None if one in {"", "null"} else one for one in texts],
        {"frame": "string", **_NULLABLE},
    )


def _boolean(text: str) -> bool:
    if text not in {"true", "false", "T", "F"}:
        raise ValueError(text)
    return text in {"true", "T"}


def _moment(text: str) -> int:
    if "T" not in text:
        raise ValueError(text)
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _csv_content(query: Query) -> list[Frame]:
    rows = list(
        csv.reader(io.StringIO(str(query.model.get("csvContent") or "").strip()), skipinitialspace=True)
    )
    if not rows or not rows[0] or any(len(row) != len(rows[0]) for row in rows):
        return []
    fields = []
    for i, head in enumerate(rows[0]):
        name, brace, labels = head.strip().partition("{")
        kind, values, info = _column([row[i].strip() for row in rows[1:]])
        fields.append(Field(name.strip(), kind, values, _labels(labels) if brace else None, type_info=info))
    return [Frame(fields, "", query.ref_id)]


def _wave(query: Query, step_s: int, values: list[float | None], name: str, labels: Any) -> Frame:
    step = max(1, step_s) * 1000
    first = query.from_ms - query.from_ms % step
    times = np.arange(first, min(query.to_ms, first + step * _MAX_POINTS), step, dtype=np.int64)
    column = np.array([math.nan if v is None else v for v in values], dtype=np.float64)[
        times // step % len(values)
    ]
    time = Field("Time", Kind.TIME, times, type_info={"frame": "time.Time", **_NULLABLE})
    value = Field("Value", Kind.NUMBER, column, _labels(labels), type_info={"frame": "float64", **_NULLABLE})
    return Frame([time, value], name, query.ref_id)


def _pulse(query: Query) -> list[Frame]:
    wave = query.model.get("pulseWave")
    if not isinstance(wave, Mapping) or not wave.get("timeStep"):
        return []
    on, off = int(wave.get("onCount") or 0), int(wave.get("offCount") or 0)
    if on + off <= 0 or on + off > _MAX_POINTS:
        return []
    values: list[float | None] = []
    values += [float(wave.get("onValue") or 0)] * on
    values += [float(wave.get("offValue") or 0)] * off
    return [
        _wave(
            query,
            int(wave["timeStep"]),
            values,
            str(query.model.get("alias") or _name(query)),
            query.model.get("labels"),
        )
    ]


def _csv_wave(query: Query) -> list[Frame]:
    waves = query.model.get("csvWave")
    if not isinstance(waves, list):
        return []
    frames = []
    for one in waves:
        texts = [part.strip() for part in str(one.get("valuesCSV") or "").split(",")]
        try:
            values = [None if text in {"null", ""} else float(text) for text in texts]
        except ValueError:
            return []
        name = str(one.get("name") or query.model.get("alias") or _name(query))
        frames.append(_wave(query, int(one.get("timeStep") or 60), values, name, one.get("labels")))
    return frames


def _raw_frame(query: Query) -> list[Frame]:
    text = str(query.model.get("rawFrameContent") or "[]")
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError as fault:
        raise SourceError(f"Raw frame: {fault}", status=400, unreadable=True) from None
    frames = [
        _client_frame(one, query)
        for one in (content if isinstance(content, list) else [content])
        if isinstance(one, dict)
    ]
    for one in frames:
        one.ref_id = one.ref_id or query.ref_id
    return frames


def _client_frame(raw: dict[str, Any], query: Query) -> Frame:
    """Read any of the three forms that clients paste: schema with data, fields with values, target with datapoints, columns with rows."""
    if "schema" in raw or "data" in raw:
        return from_json(raw)
    if "datapoints" in raw:
        points = raw["datapoints"]
        value = Field(
            str(raw.get("target") or raw.get("title") or "Value"),
            Kind.NUMBER,
            [one[0] for one in points],
            raw.get("tags"),
        )
        return Frame([Field("Time", Kind.TIME, [one[1] for one in points]), value], "", query.ref_id)
    if "columns" in raw:
        columns = list(zip(*raw.get("rows", []), strict=False)) or [()] * len(raw["columns"])
        return Frame(
            [
                _guessed({"name": head.get("text"), **head}, list(column))
                for head, column in zip(raw["columns"], columns, strict=False)
            ]
        )
    fields = [_guessed(one, list(one.get("values") or [])) for one in raw.get("fields") or []]
    return Frame(fields, raw.get("name") or "", raw.get("refId") or "", raw.get("meta") or {})


def _guessed(head: Mapping[str, Any], values: list[Any]) -> Field:
    given = [one for one in values if one is not None]
    kind = Kind(head["type"]) if head.get("type") in set(Kind) else None
    if kind is None and str(head.get("name") or "").lower() in {"time", "date", "timestamp"}:
        kind = Kind.TIME
    if kind is None and given:
        first = given[0]
        kind = (
            Kind.BOOLEAN
            if isinstance(first, bool)
            else Kind.NUMBER
            if isinstance(first, int | float)
            else Kind.STRING
            if isinstance(first, str)
            else Kind.OTHER
        )
    if kind is Kind.TIME:
        values = [_moment(one) if isinstance(one, str) else one for one in values]
    return Field(
        str(head.get("name") or ""),
        kind or Kind.STRING,
        values,
        head.get("labels"),
        dict(head.get("config") or {}),
    )


def _manual_entry(query: Query) -> list[Frame]:
    points = query.model.get("points")
    inside = [
        one
        for one in points or []
        if isinstance(one, list) and len(one) == 2 and query.from_ms <= one[1] <= query.to_ms
    ]
    if not inside:
        return []
    time = Field("Time", Kind.TIME, [one[1] for one in inside])
    return [Frame([time, Field(_name(query), Kind.NUMBER, [one[0] for one in inside])], "", query.ref_id)]


def _outside(query: Query) -> list[Frame]:
    time = Field("Time", Kind.TIME, np.array([query.from_ms - 3_600_000]), type_info={"frame": "time.Time"})
    return [
        Frame(
            [time, Field("Value", Kind.NUMBER, np.array([10.0]), type_info={"frame": "float64"})],
            _name(query),
            query.ref_id,
        )
    ]


def _table_static(query: Query) -> list[Frame]:
    times = np.arange(query.from_ms, query.to_ms, 60_000, dtype=np.int64)[:_MAX_POINTS]
    texts = [("Message", "This is a message"), ("Description", "Description")]
    columns = [Field(name, Kind.STRING, [text] * len(times)) for name, text in texts]
    return [
        Frame(
            [
                Field("Time", Kind.TIME, times),
                *columns,
                Field("Value", Kind.NUMBER, np.full(len(times), 23.1)),
            ],
            query.ref_id,
            query.ref_id,
        )
    ]


def _logs(query: Query) -> list[Frame]:
    count = max(0, min(int(query.model.get("lines") or 10), _MAX_POINTS))
    times = query.to_ms - 1000 * np.arange(count, dtype=np.int64)
    levels = ["emerg", "alert", "crit", "error", "warning", "notice", "info", "debug"]
    lines = [f"t={int(at)} level={levels[i % 8]} msg=request {i}" for i, at in enumerate(times)]
    fields = [
        Field("time", Kind.TIME, times),
        Field("message", Kind.STRING, lines),
        Field("level", Kind.STRING, [levels[i % 8] for i in range(count)]),
    ]
    return [Frame(fields, "logs", query.ref_id, {"preferredVisualisationType": "logs"})]


def _heatmap(query: Query) -> list[Frame]:
    times = _times(query)
    chance = np.random.default_rng()
    columns = [
        Field(
            str(10 * i),
            Kind.NUMBER,
            np.floor(chance.random(len(times)) * 10 * (i + 1)),
            type_info={"frame": "float64", **_NULLABLE},
        )
        for i in range(10)
    ]
    return [
        Frame(
            [Field("time", Kind.TIME, times, type_info={"frame": "time.Time", **_NULLABLE}), *columns],
            "heatmap",
            query.ref_id,
        )
    ]


def _states(query: Query) -> list[Frame]:
    usa = query.model.get("usa")
    wanted = usa if isinstance(usa, Mapping) else {}
    names = [str(one) for one in wanted.get("states") or ["CA", "GA", "NY", "TX"]]
    chance = np.random.default_rng(7)
    fields = [Field("state", Kind.STRING, names)]
    fields += [
        Field(str(one), Kind.NUMBER, np.round(chance.random(len(names)) * 100, 2))
        for one in wanted.get("fields") or ["foo", "bar"]
    ]
    return [Frame(fields, "", query.ref_id)]


def _no_points(query: Query) -> list[Frame]:
    del query
    return []


_SCENARIOS: dict[str, Callable[[Query], list[Frame]]] = {
    "csv_content": _csv_content,
    "csv_metric_values": _csv_metric_values,
    "datapoints_outside_range": _outside,
    "exponential_heatmap_bucket_data": _heatmap,
    "linear_heatmap_bucket_data": _heatmap,
    "logs": _logs,
    "manual_entry": _manual_entry,
    "no_data_points": _no_points,
    "predictable_csv_wave": _csv_wave,
    "predictable_pulse": _pulse,
    "random_walk": _random_walk,
    "random_walk_table": _random_walk_table,
    "random_walk_with_error": _walk_with_error,
    "raw_frame": _raw_frame,
    "server_error_500": _server_error,
    "slow_query": _random_walk,
    "table_static": _table_static,
    "usa": _states,
}
# (id, name, example input) in the order in which clients list them; scenarios that are not built yet have no data.
