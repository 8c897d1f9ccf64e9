"""Correlations: how a value of one data source leads to a query of another."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import aliased

from core.access import Actor, Loader
from core.errors import BadRequest, Forbidden, NotFound
from core.identifiers import new_uid
from models import Correlation, DataSource, db
from models.base import table
from services import access, data_sources, reach

KINDS = ("query",)
LABEL_MAX = 255


class CorrelationNotFound(NotFound):
    """The data source has no such correlation."""

    message, traced = "Correlation not found", True


class SourceMissing(data_sources.SourceNotFound):
    """The data source, or the one that is led to, is not there."""

    traced = True


class SourceOfListMissing(SourceMissing):
    """The same, in the words of the list."""

    message = "Source data source not found"


class ReadOnlySource(Forbidden):
    """The data source comes from a file, and so do its correlations."""

    message, traced, early = "Data source is read only", True, False


class NothingToChange(BadRequest):
    """A change names none of what can be changed."""

    message = "At least one of label, description or config is required"


def _source(fault: type[SourceMissing]) -> Loader:
    def load(actor: Actor, uid: str) -> DataSource:
        try:
            return data_sources.find_by_uid(actor, uid)
        except data_sources.SourceNotFound:
            raise fault from None

    return Loader("source", ("uid",), load, data_sources.scopes, access.on_source)


of_source = _source(SourceMissing)
in_list_of = _source(SourceOfListMissing)

# The data source that is led from carries no alias, so that the condition of who may read it can stand beside it.
_FROM, _TO = table(DataSource), aliased(DataSource)
_LISTED: Select[Any] = (
    select(Correlation, _FROM.c.uid.label("source_uid"), _TO.uid.label("target_uid"))
    .join(_FROM, _FROM.c.id == Correlation.source_id)
    .join(_TO, _TO.id == Correlation.target_id)
    .order_by(Correlation.id)
)


def _members(row: Any) -> dict[str, Any]:
    one: Correlation = row[0]
    return {
        "uid": one.uid,
        "sourceUID": row.source_uid,
        "targetUID": row.target_uid,
        "label": one.label,
        "description": one.description,
        "config": orjson.loads(one.config),
    }


def listed(actor: Actor) -> list[dict[str, Any]]:
    """Return all correlations of the data sources that the caller may read."""
    query = _LISTED.where(Correlation.org_id == actor.org_id, reach.sources_where(actor, "datasources:read"))
    return [_members(row) for row in db.session.execute(query, reach.params(actor))]


def _of(actor: Actor, source: DataSource, *where: Any) -> Sequence[Any]:
    query = _LISTED.where(Correlation.org_id == actor.org_id, Correlation.source_id == source.id, *where)
    return db.session.execute(query.execution_options(populate_existing=True)).all()


def of(actor: Actor, source: DataSource) -> list[dict[str, Any]]:
    """Return the correlations that lead away from a data source."""
    return [_members(row) for row in _of(actor, source)]


def find(actor: Actor, source: DataSource, uid: str) -> dict[str, Any]:
    """Return one correlation of a data source. Raises CorrelationNotFound."""
    rows = _of(actor, source, Correlation.uid == uid)
    if not rows:
        raise CorrelationNotFound
    return _members(rows[0])


def _checked(config: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept of a configuration. Raises BadRequest."""
    if config.get("type") not in KINDS:
        raise BadRequest(field="type")
    if not isinstance(config.get("target"), dict):
        raise BadRequest(field="target")
    field = config.get("field", "")
    if not isinstance(field, str):
        raise BadRequest(field="field")
    return {"type": config["type"], "field": field, "target": config["target"]}


def _check(source: DataSource, label: str) -> None:
    if source.read_only:
        raise ReadOnlySource
    if len(label) > LABEL_MAX:
        raise BadRequest(f"label is longer than {LABEL_MAX} characters", field="label")


def create(
    actor: Actor, source: DataSource, *, target_uid: str, label: str, description: str, config: dict[str, Any]
) -> dict[str, Any]:
    """Make a correlation and return it. Raises BadRequest, ReadOnlySource, SourceMissing."""
    kept = _checked(config)
    _check(source, label)
    target = of_source.load(actor, target_uid)
    made = Correlation(
        org_id=actor.org_id,
        uid=new_uid(),
        source_id=source.id,
        target_id=target.id,
        label=label,
        description=description,
        config=orjson.dumps(kept).decode(),
    )
    db.session.add(made)
    db.session.flush()
    return find(actor, source, made.uid)


def change(
    actor: Actor,
    source: DataSource,
    uid: str,
    *,
    label: str | None,
    description: str | None,
    config: dict[str, Any] | None,
) -> dict[str, Any]:
    """Change what is given and return the whole; a configuration is changed member by member.

    Raises NothingToChange, CorrelationNotFound, BadRequest, ReadOnlySource.
    """
    if label is None and description is None and config is None:
        raise NothingToChange
    now = find(actor, source, uid)
    _check(source, label or "")
    values: dict[str, Any] = {
        name: value for name, value in (("label", label), ("description", description)) if value is not None
    }
    if config is not None:
        given = {name: value for name, value in config.items() if value is not None}
        values["config"] = orjson.dumps(_checked({**now["config"], **given})).decode()
    db.session.execute(
        update(Correlation)
        .where(Correlation.org_id == actor.org_id, Correlation.source_id == source.id, Correlation.uid == uid)
        .values(**values)
    )
    return find(actor, source, uid)


def remove(actor: Actor, source: DataSource, uid: str) -> None:
    """Delete a correlation. Raises CorrelationNotFound, ReadOnlySource."""
    find(actor, source, uid)
    _check(source, "")
    db.session.execute(
        delete(Correlation).where(
            Correlation.org_id == actor.org_id, Correlation.source_id == source.id, Correlation.uid == uid
        )
    )
