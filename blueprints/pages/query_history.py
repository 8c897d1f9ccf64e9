"""What a person asked data sources before: found again, starred, commented, deleted."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Response, request

from blueprints.pages.rendering import PER_PAGE, Listed, asked_page, attempt, page
from core import clock
from core.access import Actor
from core.errors import DomainError
from core.members import mappings
from services import data_sources, query_history
from web.access import signed_in
from web.operation import Pages
from web.paging import flag

pages = Pages("query_history_pages", __name__)
_HERE = "/profile/queries"
_WORDS = ("expr", "query", "rawSql", "target")  # where kinds of data sources write what they ask


def _text(query: Mapping[str, Any]) -> str:
    found = next((query[name] for name in _WORDS if isinstance(query.get(name), str) and query[name]), None)
    return found or orjson.dumps(query).decode()


def _list(actor: Actor, fault: DomainError | None = None) -> Response:
    query, number = asked_page()
    starred = flag("starred")
    wanted = query_history.Wanted(text=query, starred=starred, limit=PER_PAGE, page=number)
    total, found = query_history.listed(actor, wanted)
    names = {row.uid: row.name for row in data_sources.listed(actor)}
    now = clock.now()
    rows = [
        {
            **one,
            "source": names.get(one["datasourceUid"], "a data source that has gone"),
            "texts": [_text(each) for each in mappings(one["queries"])] or [str(one["queries"])],
            "age": clock.age(datetime.fromtimestamp(one["createdAt"], UTC).replace(tzinfo=None), now),
        }
        for one in found
    ]
    return page(
        "query_history", actor, "Queries", 404 if fault else 200, list=Listed(rows, total, number, query, PER_PAGE),
        starred=starred, fault=fault.text if fault else "", done=request.args.get("done", ""), days=query_history.KEPT.days,
    )  # fmt: skip


@pages.operation("GET", _HERE, access=signed_in)
def listed(actor: Actor) -> Response:
    """List what the person asked, the latest first."""
    return _list(actor)


@pages.operation("POST", _HERE + "/<uid>/star", access=signed_in, own_transactions=True)
def star(actor: Actor, uid: str) -> Response:
    """Give a star, or take it away: starred queries stay."""
    on = request.form.get("starred") == "1"
    return attempt(
        lambda: query_history.star(actor, uid, starred=on), _HERE, lambda fault: _list(actor, fault)
    )


@pages.operation("POST", _HERE + "/<uid>/comment", access=signed_in, own_transactions=True)
def comment(actor: Actor, uid: str) -> Response:
    """Say something about it."""
    words = request.form.get("comment", "")
    return attempt(
        lambda: query_history.comment(actor, uid, words),
        _HERE + "?done=saved",
        lambda fault: _list(actor, fault),
    )


@pages.operation("POST", _HERE + "/<uid>/delete", access=signed_in, own_transactions=True)
def remove(actor: Actor, uid: str) -> Response:
    """Delete it."""
    return attempt(
        lambda: query_history.remove(actor, uid), _HERE + "?done=deleted", lambda fault: _list(actor, fault)
    )
