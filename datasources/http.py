"""Calls to sources over HTTP: one pool per process, every call with a deadline and a size limit."""

import base64
import os
from collections.abc import Mapping
from functools import cache
from urllib.parse import urlencode, urlsplit

import urllib3

from datasources.base import Deadline, SourceConfig, SourceError

MAX_BYTES = 64 * 1024 * 1024
_CHUNK = 1 << 16


@cache
def _pool_of(pid: int) -> urllib3.PoolManager:
    del pid  # a pool must not be shared over a fork: connections would be used by two processes
    return urllib3.PoolManager(num_pools=64, maxsize=32, retries=False)


def pool() -> urllib3.PoolManager:
    """Return this process's connections."""
    return _pool_of(os.getpid())


def headers_for(config: SourceConfig) -> dict[str, str]:
    """Return the headers that prove to a source who asks."""
    headers = {}
    if config.basic_auth:
        pair = f"{config.basic_auth_user}:{config.secrets.get('basicAuthPassword', '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    for name, value in config.json_data.items():
        if name.startswith("httpHeaderName") and isinstance(value, str) and value:
            headers[value] = config.secrets.get("httpHeaderValue" + name.removeprefix("httpHeaderName"), "")
    return headers


def call(
    config: SourceConfig,
    method: str,
    path: str,
    deadline: Deadline,
    *,
    fields: Mapping[str, str] | None = None,
    query: str = "",
    body: bytes | None = None,
    content_type: str = "",
) -> tuple[int, bytes, str]:
    """Send one request and return status, body and content type.

    fields go into the query of a GET and the form of a POST. Raises SourceError in words for people.
    """
    url = config.url.rstrip("/") + "/" + path.lstrip("/") + ("?" + query if query else "")
    if urlsplit(url).scheme not in {"http", "https"}:
        raise SourceError(
            f"The address {config.url!r} must start with http:// or https://", status=400, unreadable=True
        )
    headers = headers_for(config)
    timeout = urllib3.Timeout(connect=min(10.0, deadline.left), read=deadline.left)
    try:
        if fields is not None and method == "POST":
            body, content_type = urlencode(fields).encode(), "application/x-www-form-urlencoded"
        elif fields:
            url += ("&" if "?" in url else "?") + urlencode(fields)
        if content_type:
            headers["Content-Type"] = content_type
        reply = pool().request(
            method, url, body=body, headers=headers, timeout=timeout, preload_content=False, redirect=False
        )
        return reply.status, _read(reply, deadline), reply.headers.get("Content-Type", "")
    except urllib3.exceptions.HTTPError as fault:
        raise SourceError(_words(fault, url), status=502, unreadable=True) from fault


def _read(reply: urllib3.BaseHTTPResponse, deadline: Deadline) -> bytes:
    parts, size = [], 0
    try:
        for part in reply.stream(_CHUNK):
            size += len(part)
            if size > MAX_BYTES:
                raise SourceError(
                    f"The answer is larger than {MAX_BYTES >> 20} MiB", status=502, unreadable=True
                )
            if deadline.left <= 0.1:
                raise SourceError("The answer took too long", status=504, unreadable=True)
            parts.append(part)
    except BaseException:
        reply.close()
        raise
    reply.release_conn()
    return b"".join(parts)


def _words(fault: Exception, url: str) -> str:
    host = urlsplit(url).netloc
    if isinstance(fault, urllib3.exceptions.TimeoutError) and not isinstance(
        fault, urllib3.exceptions.NewConnectionError
    ):
        return f"{host} did not answer in time"
    if isinstance(fault, urllib3.exceptions.NameResolutionError):
        return f"The name {host} is not known"
    if isinstance(fault, urllib3.exceptions.NewConnectionError):
        return f"Connection refused: nothing listens on {host}. Is it running?"
    if isinstance(fault, urllib3.exceptions.SSLError):
        return f"{host}: the TLS certificate does not hold: {fault.args[0] if fault.args else fault}"
    return f"{host} broke the connection: {fault}"
