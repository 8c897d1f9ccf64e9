"""The gate: every route of the server is declared here, with who may use it, and passes through it.

A request resolves its caller, is held against the route's access, has its body read by the route's schema, runs in one
transaction, and is committed once. A route that did not come through here stops the server from starting.
"""

import functools
import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, g, request
from sqlalchemy.exc import DBAPIError

from core.access import Actor, Credential
from core.errors import BadRequest, DomainError, Forbidden, NotFound
from models import audit, faults
from models.session import transaction
from web import identity
from web.access import Access

Handler = Callable[..., Response]
_UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
_ID = re.compile(r"(^|_)id$")
_DECLARED = "declared_operation"
_TRIES = 4


@dataclass(frozen=True)
class Operation:
    """A declared route: what the gate checks and what documentation shows."""

    method: str
    path: str
    access: Access
    id: str = ""
    family: str = ""
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    replies: Mapping[int, Any] = field(default_factory=dict)
    writes: bool = False
    own_transactions: bool = False
    summary: str = ""
    is_page: bool = False


class Operations(Blueprint):
    """A blueprint whose routes can only be added with their access."""

    is_page = False

    def operation(
        self,
        method: str,
        path: str,
        *,
        access: Access,
        id: str = "",  # noqa: A002 - OpenAPI's operationId
        body: Any = None,
        query: Mapping[str, str] | None = None,
        replies: Mapping[int, Any] | None = None,
        writes: bool | None = None,
        own_transactions: bool = False,
        strict_slashes: bool | None = None,
    ) -> Callable[[Handler], Handler]:
        """Declare a route.

        path: relative to the blueprint; parameters named `…id` are whole numbers. body: a schema class; the handler gets
        what it read as `body`. query: parameter name to OpenAPI type, for documentation. writes: False for a POST that
        only reads. own_transactions: the use case opens its own (a slow hash or an upstream call comes first).
        """

        def declare(handler: Handler) -> Handler:
            done = Operation(
                method,
                (self.url_prefix or "") + path,
                access,
                id,
                self.name,
                body() if body is not None else None,
                query or {},
                replies or {},
                method in _UNSAFE if writes is None else writes,
                own_transactions,
                (handler.__doc__ or "").strip().split("\n")[0],
                self.is_page,
            )
            view = _gated(done, handler)
            endpoint = f"{method.lower()}_{handler.__name__}_{len(self.deferred_functions)}"
            self.add_url_rule(path, endpoint, view, methods=[method], strict_slashes=strict_slashes)
            return handler

        return declare


class Pages(Operations):
    """A blueprint of pages: refusals are pages too, and forms carry the session's token."""

    is_page = True


def _gated(operation: Operation, handler: Handler) -> Callable[..., Response]:
    access, loader = operation.access, operation.access.of

    @functools.wraps(handler)
    def view(**path: Any) -> Response:
        actor = identity.actor()
        if not operation.writes:
            return answered(actor, path)
        with audit.acting(_who(actor)):
            return answered(actor, path)

    def answered(actor: Actor, path: dict[str, Any]) -> Response:
        elsewhere = identity.switched_org(actor)
        if elsewhere is not None:
            return elsewhere
        access.check_caller(actor)
        if operation.is_page and access.known and operation.method in _UNSAFE:
            _check_form_token(actor)
        path = {name: _whole_number(name, text) if _ID.search(name) else text for name, text in path.items()}
        if operation.body is not None and loader is None:
            path["body"] = _body(operation.body)
        if operation.own_transactions:
            return handler(actor, **path)
        for left in reversed(range(_TRIES)):
            try:
                return once(actor, path)
            except faults.Overtaken as fault:
                if not left:
                    raise fault.refusal from None
            except DBAPIError as fault:
                # Two writers met, and the database chose this one to begin again: nothing of it was kept.
                if not left or not faults.can_repeat(fault):
                    raise
        raise AssertionError("the last try returns or raises")

    def once(actor: Actor, path: dict[str, Any]) -> Response:
        with transaction(write=operation.writes):
            if loader is None:
                return handler(actor, **path)
            rest = {name: value for name, value in path.items() if name not in loader.params}
            try:
                found = loader.load(actor, *(path[name] for name in loader.params))
            except NotFound as fault:
                raise access.missing(actor, fault) from None
            held = loader.holding(actor, found)
            access.check_object(held, found)
            if operation.body is not None:  # what is wrong with it concerns nobody who may not send it
                rest["body"] = _body(operation.body)
            return handler(held, **{loader.name: found}, **rest)

    setattr(view, _DECLARED, operation)
    return view


def _who(actor: Actor) -> audit.Who:
    """Return the caller as the log of changes knows them."""
    return audit.Who(
        actor.account_id,
        actor.login or actor.name or actor.credential,
        actor.credential,
        max(0, actor.org_id),
        request.remote_addr or "",
        request_id(),
    )


def _whole_number(name: str, text: str) -> int:
    if not re.fullmatch(r"-?\d{1,18}", text):
        head, *rest = name.split("_")
        raise BadRequest(f"{head}{''.join(part.capitalize() for part in rest)} is invalid")
    return int(text)


def _body(schema: Any) -> Any:
    """Return the body as its schema reads it. Raises what the schema refuses with."""
    return schema.read(_json(schema.refused()))


def _json(refusal: DomainError) -> Any:
    """Return the parsed body. Raises the refusal where it is not JSON or is not called JSON."""
    if request.mimetype != "application/json":
        raise refusal
    try:
        return orjson.loads(request.get_data())
    except orjson.JSONDecodeError:
        raise refusal from None


def form_token(actor: Actor) -> str:
    """Return the token that a form of this session must send back."""
    return hmac.digest(actor.csrf_secret.encode(), b"form", "sha256").hex() if actor.csrf_secret else ""


def _check_form_token(actor: Actor) -> None:
    if actor.credential not in {Credential.SESSION, Credential.PROXY}:
        return  # no cookie, nothing that another site could make use of
    sent = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token") or ""
    if not hmac.compare_digest(sent.encode(), form_token(actor).encode()):
        raise Forbidden("The form has expired; load the page again and repeat")


def declared(app: Flask) -> Iterator[tuple[Any, Operation]]:
    """Yield each URL rule with its declaration."""
    for rule in app.url_map.iter_rules():
        operation = getattr(app.view_functions[rule.endpoint], _DECLARED, None)
        if operation is not None:
            yield rule, operation


def refuse_undeclared(app: Flask) -> None:
    """Stop the start if any route, an extension's included, lacks declared access. Raises RuntimeError naming them."""
    known = {rule.endpoint for rule, _ in declared(app)}
    bare = sorted(
        {f"{rule.rule} ({rule.endpoint})" for rule in app.url_map.iter_rules() if rule.endpoint not in known}
    )
    if bare:
        raise RuntimeError("routes without declared access: " + ", ".join(bare))


def request_id() -> str:
    """Return the number under which the log knows this request."""
    return str(g.get("request_id", "-"))
