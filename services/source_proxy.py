"""A client's own request to a data source, sent on with the credentials that only the server knows."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.access import Actor
from core.errors import DomainError, Forbidden
from core.roles import includes
from datasources import forwarding
from datasources.base import Deadline, SourceConfig, SourceError
from datasources.http import ANY_SIZE, body_of, send
from queries import run


class NoAnswer(DomainError):
    """The source could not be reached through the proxy."""

    status = 502


@dataclass(frozen=True)
class Asked:
    """A request as the client sent it. tail: the path behind the data source, as it was written. body: its bytes, in parts.

    length: of the body, where it is known beforehand.
    """

    method: str
    tail: str
    query: str
    headers: forwarding.Headers
    body: Iterable[bytes] | None
    length: int | None
    remote: str


@dataclass(frozen=True)
class Reply:
    """What came back; parts must be read to their end or closed."""

    status: int
    headers: forwarding.Headers
    parts: Iterator[bytes]
    close: Callable[[], None]


@dataclass(frozen=True)
class Limits:
    """allowed: `host:port`s that may be asked, empty for all. most: bytes of an answer. names_user: tell sources who asks."""

    allowed: frozenset[str] = frozenset()
    most: int = ANY_SIZE
    names_user: bool = False


def forward(actor: Actor, config: SourceConfig, asked: Asked, limits: Limits) -> Reply:
    """Send a request on and return the answer as it begins. Raises Forbidden, NoAnswer."""
    _refuse(actor, config, asked, limits)
    deadline = Deadline.after(config.timeout_s)
    headers = forwarding.outgoing(
        config, asked.headers, asked.remote, actor.login if limits.names_user else ""
    )
    url = forwarding.target(config, asked.tail, asked.query)
    if asked.body is not None and asked.length is not None:
        headers["Content-Length"] = str(asked.length)
    try:
        reply = send(config, asked.method, url, headers, asked.body, deadline)
    except SourceError as fault:
        raise NoAnswer(fault.message) from None
    if reply.status == 401:
        # The client would take it for our own refusal and ask its person to sign in.
        reply.close()
        plain = [("Content-Type", "text/plain; charset=utf-8")]
        return Reply(400, plain, iter([b"Authentication to data source failed"]), reply.close)
    parts = body_of(reply, url, deadline, limits.most, decode=False)
    return Reply(reply.status, forwarding.incoming(reply.headers), parts, reply.close)


def _refuse(actor: Actor, config: SourceConfig, asked: Asked, limits: Limits) -> None:
    if limits.allowed and urlsplit(config.url).netloc not in limits.allowed:
        raise Forbidden("Data proxy hostname and ip are not included in whitelist")
    try:
        least = run.kind_of(config).proxy_role(asked.method, asked.tail.lstrip("/"))
    except SourceError as fault:
        raise Forbidden(fault.message) from None
    if not includes(actor.role, least):
        raise Forbidden("plugin proxy route access denied")
