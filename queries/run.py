"""Runs queries: equal ones once, all at the same time, each with its own fault."""

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

import orjson

from core.frames import Frame
from datasources import registry
from datasources.base import DataSource, Deadline, Query, SourceConfig, SourceError

PER_SOURCE = 8  # calls to one source at a time, per process
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


@lru_cache(256)
def _threads_of(pid: int, source_id: int) -> ThreadPoolExecutor:
    del pid  # threads do not survive a fork
    return ThreadPoolExecutor(max_workers=PER_SOURCE, thread_name_prefix=f"source-{source_id}")


@cache
def _drawing_of(pid: int) -> ThreadPoolExecutor:
    del pid
    return ThreadPoolExecutor(max_workers=8, thread_name_prefix="draw")


def drawing_threads() -> ThreadPoolExecutor:
    """Return this process's threads for drawing; nothing that waits runs there."""
    return _drawing_of(os.getpid())


def threads(config: SourceConfig) -> ThreadPoolExecutor:
    """Return this process's threads for calls to one source, so that one that hangs keeps nobody else waiting."""
    return _threads_of(os.getpid(), config.id)


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


def ask(config: SourceConfig, query: Query, deadline: Deadline | None = None) -> Result:
    """Run one query in this thread; a fault is part of the result. deadline: by default the source's timeout from now."""
    began = time.monotonic()
    deadline = deadline or Deadline.after(config.timeout_s)
    try:
        if deadline.passed:
            raise SourceError(f"{config.name}: too many queries wait for this data source", status=504)
        frames = source(config).query(query, deadline)
        return Result(query.ref_id, frames, ms=(time.monotonic() - began) * 1000)
    except SourceError as fault:
        took = (time.monotonic() - began) * 1000
        return Result(query.ref_id, fault.frames, fault.message, fault.status, fault.unreadable, took)
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        # A model in a form that the kind did not foresee is a fault of that query alone.
        return Result(query.ref_id, error=f"The query cannot be read: {fault}", status=400)


@dataclass(frozen=True)
class Pending:
    """A query that runs, maybe for others as well. ref_id: the name under which this asker knows it."""

    future: Future[Result]
    ref_id: str

    def result(self) -> Result:
        """Wait for the result and return it under its own name."""
        done = self.future.result()
        if done.ref_id == self.ref_id:
            return done
        frames = [replace(one, ref_id=self.ref_id) for one in done.frames]
        return replace(done, ref_id=self.ref_id, frames=frames)


def when_done(pending: Sequence[Pending], action: Callable[[], object]) -> None:
    """Call an action once all queries have their results: at once, or from the thread that brings the last."""
    left, lock = len(pending), threading.Lock()
    if not left:
        action()
        return

    def count(_future: Future[Result]) -> None:
        nonlocal left
        with lock:
            left -= 1
            last = left == 0
        if last:
            action()

    for one in pending:
        one.future.add_done_callback(count)


class Batch:
    """The queries of one page: equal ones share an answer."""

    def __init__(self) -> None:
        self._asked: dict[bytes, Future[Result]] = {}

    def submit(self, config: SourceConfig, query: Query) -> Pending:
        """Start a query unless an equal one runs. Its time counts from now, in the queue for its source too."""
        key = _key(config, query)
        future = self._asked.get(key)
        if future is None:
            deadline = Deadline.after(config.timeout_s)
            future = self._asked[key] = threads(config).submit(ask, config, query, deadline)
        return Pending(future, query.ref_id)


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
    pending = [batch.submit(config, query) for config, query in asked]
    return [one.result() for one in pending]
