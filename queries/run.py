"""Runs queries: equal ones once, all at the same time, each with its own fault."""

import logging
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache

import orjson

from core.frames import Frame
from datasources import registry
from datasources.base import DataSource, Deadline, Query, SourceConfig, SourceError

log = logging.getLogger("belvedere.queries")


@dataclass
class Result:
    """What became of one query."""

    ref_id: str
    frames: list[Frame] = field(default_factory=list)
    error: str = ""
    status: int = 200
    unreadable: bool = False
    ms: float = 0.0


@cache
def _threads_of(pid: int) -> ThreadPoolExecutor:
    del pid  # threads do not survive a fork
    return ThreadPoolExecutor(max_workers=32, thread_name_prefix="query")


@cache
def _drawing_of(pid: int) -> ThreadPoolExecutor:
    del pid
    return ThreadPoolExecutor(max_workers=8, thread_name_prefix="draw")


def drawing_threads() -> ThreadPoolExecutor:
    """Return this process's threads for drawing; they wait for queries, so they are not the queries' own."""
    return _drawing_of(os.getpid())


def threads() -> ThreadPoolExecutor:
    """Return this process's threads for upstream calls."""
    return _threads_of(os.getpid())


def source(config: SourceConfig) -> DataSource:
    """Return the kind for a configured source. Raises SourceError if its type is not here or its secrets do not open."""
    if config.fault:
        raise SourceError(config.fault)
    kind = registry.kind(config.type)
    if kind is None:
        raise SourceError(f"Data sources of type {config.type!r} cannot be queried yet", status=404)
    return kind(config)


def kind_of(config: SourceConfig) -> type[DataSource]:
    """Return the class of a configured source; what all kinds share where its own is not here."""
    return registry.kind(config.type) or DataSource


def ask(config: SourceConfig, query: Query) -> Result:
    """Run one query in this thread; a fault is part of the result."""
    began = time.monotonic()
    try:
        frames = source(config).query(query, Deadline.after(config.timeout_s))
        return Result(query.ref_id, frames, ms=(time.monotonic() - began) * 1000)
    except SourceError as fault:
        took = (time.monotonic() - began) * 1000
        return Result(query.ref_id, fault.frames, fault.message, fault.status, fault.unreadable, took)
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        # A model in a form that the kind did not foresee is a fault of that query alone.
        return Result(query.ref_id, error=f"The query cannot be read: {fault}", status=400)


class Batch:
    """The queries of one page: equal ones share an answer."""

    def __init__(self) -> None:
        self._asked: dict[bytes, Future[Result]] = {}

    def submit(self, config: SourceConfig, query: Query) -> "Callable[[], Result]":
        """Start a query unless an equal one runs, and return what waits for its result."""
        key = _key(config, query)
        future = self._asked.get(key)
        if future is None:
            future = self._asked[key] = threads().submit(ask, config, query)
        running = future

        def wait() -> Result:
            done = running.result()
            if done.ref_id == query.ref_id:
                return done
            return replace(
                done, ref_id=query.ref_id, frames=[replace(one, ref_id=query.ref_id) for one in done.frames]
            )

        return wait


def _key(config: SourceConfig, query: Query) -> bytes:
    apart = {"hide", "key", "datasource"}
    if kind_of(config).repeats_itself:
        apart.add("refId")
    model = {name: value for name, value in query.model.items() if name not in apart}
    when = (query.from_ms, query.to_ms, query.interval_ms, query.max_data_points)
    return orjson.dumps([config.id, config.uid, model, *when], option=orjson.OPT_SORT_KEYS)


def run(asked: Sequence[tuple[SourceConfig, Query]]) -> list[Result]:
    """Run queries concurrently and return their results in order."""
    if len(asked) == 1:
        return [ask(*asked[0])]
    batch = Batch()
    waits = [batch.submit(config, query) for config, query in asked]
    return [wait() for wait in waits]
