"""Correlations of data sources."""

from typing import Any

from flask import Response

from core.access import Actor
from models import DataSource
from schemas.base import ErrorReply, Message
from schemas.correlations import CorrelationChange, CorrelationMade, CorrelationReply, NewCorrelation
from services import correlations
from web.access import can
from web.operation import Operations
from web.responses import answer, said

api = Operations("correlations", __name__, url_prefix="/api/datasources")
_ERRORS = {401: ErrorReply, 404: ErrorReply}
_CHANGES = {400: ErrorReply, 403: ErrorReply, **_ERRORS}
_READ = can("datasources:read", of=correlations.of_source)
_WRITE = can("datasources:write", of=correlations.of_source)


@api.operation(
    "GET",
    "/correlations",
    id="getCorrelations",
    access=can("datasources:read", any_scope=True),
    replies={200: None, **_ERRORS},
)
def all_correlations(actor: Actor) -> Response:
    """List the correlations of all data sources."""
    return answer(correlations.listed(actor))


@api.operation(
    "GET",
    "/uid/<uid>/correlations",
    id="getCorrelationsBySourceUID",
    access=can("datasources:read", of=correlations.in_list_of),
    replies={200: None, **_ERRORS},
)
def correlations_of(actor: Actor, source: DataSource) -> Response:
    """List the correlations that lead away from a data source."""
    return answer(correlations.of(actor, source))


@api.operation(
    "GET",
    "/uid/<uid>/correlations/<correlation>",
    id="getCorrelation",
    access=_READ,
    replies={200: CorrelationReply, **_ERRORS},
)
def get_correlation(actor: Actor, source: DataSource, correlation: str) -> Response:
    """Return a correlation."""
    return answer(correlations.find(actor, source, correlation))


@api.operation(
    "POST",
    "/uid/<uid>/correlations",
    id="createCorrelation",
    access=_WRITE,
    body=NewCorrelation,
    replies={200: CorrelationMade, **_CHANGES},
)
def create_correlation(actor: Actor, source: DataSource, body: dict[str, Any]) -> Response:
    """Lead from a data source to a query of another."""
    return said("Correlation created", result=correlations.create(actor, source, **body))


@api.operation(
    "PATCH",
    "/uid/<uid>/correlations/<correlation>",
    id="updateCorrelation",
    access=_WRITE,
    body=CorrelationChange,
    replies={200: CorrelationMade, **_CHANGES},
)
def change_correlation(actor: Actor, source: DataSource, correlation: str, body: dict[str, Any]) -> Response:
    """Change what is given of a correlation."""
    return said("Correlation updated", result=correlations.change(actor, source, correlation, **body))


@api.operation(
    "DELETE",
    "/uid/<uid>/correlations/<correlation>",
    id="deleteCorrelation",
    access=_WRITE,
    replies={200: Message, 403: ErrorReply, **_ERRORS},
)
def delete_correlation(actor: Actor, source: DataSource, correlation: str) -> Response:
    """Delete a correlation."""
    correlations.remove(actor, source, correlation)
    return said("Correlation deleted")
