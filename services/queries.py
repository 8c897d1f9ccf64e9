"""`/api/ds/query` and what else asks sources on behalf of a client: loaded first, asked after the database is let go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core import clock
from core.access import Actor
from core.errors import BadRequest, DomainError, Forbidden, NotFound
from core.timerange import parse_time, zone
from datasources.base import DataSource as Source
from datasources.base import Deadline, Health, Query, ResourceReply, SourceConfig, SourceError
from models import DataSource, db
from queries import run
from services import data_sources

MAX_QUERIES = 1000


class PluginFault(DomainError):
    """A source gave no answer that could be read; the whole request fails, as recorded."""

    status = 500

    def __init__(self, message: str, message_id: str, status: int) -> None:
        super().__init__(message)
        self.message_id = message_id
        self.number = status

    def body(self) -> dict[str, Any]:
        """Return the structured envelope."""
        return {"message": self.text, "messageId": self.message_id, "statusCode": self.number, "traceID": ""}


class KindNotHere(PluginFault):
    """The type of the data source is not one that this server can query."""

    status = 404

    def __init__(self) -> None:
        super().__init__("Not found", "plugin.notRegistered", 404)


class Unreadable(PluginFault):
    """No answer could be had from the source; its own words stand beside the recorded ones."""

    def __init__(self, words: str) -> None:
        super().__init__("An error occurred within the plugin", "plugin.downstreamError", 500)
        self.words = words

    def body(self) -> dict[str, Any]:
        """Return the envelope with the source's words."""
        return {**super().body(), "error": self.words}


@dataclass(frozen=True)
class Asked:
    """Queries ready to run; nothing here needs the database any more."""

    queries: list[tuple[SourceConfig, Query]]


def load(actor: Actor, models: list[Any], raw_from: Any, raw_to: Any, timeout_s: float) -> Asked:
    """Find the data sources of queries. Raises BadRequest, NotFound, Forbidden, KindNotHere."""
    if not models or len(models) > MAX_QUERIES or not all(isinstance(one, dict) for one in models):
        raise BadRequest(
            "No queries found in query" if not models else "bad request data", traced=bool(models)
        )
    now, tz = clock.now_ms(), zone("utc")
    found: dict[str, SourceConfig] = {}
    queries = []
    for model in models:
        config = _config(actor, model, found, timeout_s)
        span = model.get("timeRange") if isinstance(model.get("timeRange"), dict) else {}
        try:
            ends = [
                parse_time(str(span.get(name) or raw), now, tz, round_up=name == "to")
                for name, raw in (("from", raw_from), ("to", raw_to))
            ]
        except (ValueError, OverflowError) as fault:
            raise BadRequest(str(fault), traced=False) from None
        if ends[0] > ends[1] or not -(10**14) < ends[0] <= ends[1] < 10**15:
            raise BadRequest("invalid time range", traced=False)
        ref_id = str(model.get("refId") or "A")
        queries.append(
            (
                config,
                Query(
                    ref_id,
                    model,
                    ends[0],
                    ends[1],
                    _whole(model.get("intervalMs"), 1000),
                    _whole(model.get("maxDataPoints"), 100),
                ),
            )
        )
    return Asked(queries)


def _whole(value: Any, default: int) -> int:
    return max(1, min(int(value), 10**12)) if isinstance(value, int | float) and value == value else default


def _config(
    actor: Actor, model: Mapping[str, Any], found: dict[str, SourceConfig], timeout_s: float
) -> SourceConfig:
    ref = model.get("datasource")
    uid = str(ref.get("uid") or "") if isinstance(ref, dict) else str(ref or "")
    number = model.get("datasourceId")
    key = uid or f"#{number}"
    if key not in found:
        which = DataSource.uid == uid if uid else DataSource.id == number if isinstance(number, int) else None
        row = (
            None
            if which is None
            else db.session.scalar(select(DataSource).where(DataSource.org_id == actor.org_id, which))
        )
        if row is None:
            raise NotFound("Data source not found", traced=False)
        if not data_sources.may(actor, "datasources:query", row):
            raise Forbidden("Access denied to data source")
        found[key] = config = data_sources.config(row, timeout_s)
        _kind(config)
    return found[key]


def _kind(config: SourceConfig) -> Source:
    try:
        return run.source(config)
    except SourceError:
        raise KindNotHere from None


def answer(asked: Asked) -> list[run.Result]:
    """Ask the sources. Raises Unreadable when one of them gave nothing at all."""
    results = run.run(asked.queries)
    for one in results:
        if one.unreadable:
            raise Unreadable(one.error)
    return results


def health(config: SourceConfig) -> Health:
    """Ask a source whether it works; a fault is an answer too. Raises KindNotHere."""
    try:
        return _kind(config).health(Deadline.after(min(config.timeout_s, 10)))
    except SourceError as fault:
        return Health(ok=False, message=fault.message)


def resource(
    config: SourceConfig, method: str, path: str, query: str, body: bytes, content_type: str
) -> ResourceReply:
    """Call a source's own API. Raises PluginMissing, DomainError with the source's words."""
    try:
        source = run.source(config)
    except SourceError:
        raise ResourcePluginMissing from None
    try:
        return source.resource(method, path, query, body, content_type, Deadline.after(config.timeout_s))
    except SourceError as fault:
        raise ResourceFailed(fault) from None


class PluginMissing(DomainError):
    """Resources and health of a type that is not here. The original answers 500; it is no fault of the server's."""

    status = 404
    message = "Unable to find datasource plugin"


class ResourcePluginMissing(PluginMissing):
    """The same, for resources."""

    early = True


class ResourceFailed(DomainError):
    """A source's own API failed."""

    def __init__(self, fault: SourceError) -> None:
        super().__init__(fault.message)
        self.status = fault.status  # type: ignore[misc]  # the source's own
