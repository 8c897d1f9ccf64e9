"""Calls to sources over HTTP: one pool per process, every call with a deadline and a size limit."""

import base64
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from urllib.parse import urlencode, urlsplit

import urllib3

from datasources import tls
from datasources.base import Deadline, SourceConfig, SourceError

MAX_BYTES, ANY_SIZE = 64 * 1024 * 1024, 0
_CHUNK = 1 << 16
urllib3.disable_warnings(
    urllib3.exceptions.InsecureRequestWarning
)  # who switches verification off has been asked


@cache
def _pool_of(pid: int, key: tls.Key) -> urllib3.PoolManager:
    del pid  # a pool must not be shared over a fork: connections would be used by two processes
    if key == tls.PLAIN:
        return urllib3.PoolManager(num_pools=64, maxsize=32, retries=False)
    name = {"server_hostname": key[3], "assert_hostname": key[3]} if key[3] else {}
    context = tls.context(key)
    if key[4]:
        name["assert_hostname"] = False  # type: ignore[assignment]  # the library's own way to say so
    return urllib3.PoolManager(num_pools=4, maxsize=32, retries=False, ssl_context=context, **name)  # type: ignore[arg-type]


def pool(config: SourceConfig) -> urllib3.PoolManager:
    """Return this process's connections for a source. Raises SourceError for certificates that are none."""
    return _pool_of(os.getpid(), tls.key_of(config))


def headers_for(config: SourceConfig) -> dict[str, str]:
    """Return the headers that prove to a source who asks."""
    headers = {}
    if config.basic_auth:
        pair = f"{config.basic_auth_user}:{config.secrets.get('basicAuthPassword', '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    elif config.type == "influxdb" and config.user:
        pair = f"{config.user}:{config.secrets.get('password', '')}"
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
    headers = headers_for(config)
    if fields is not None and method == "POST":
        body, content_type = urlencode(fields).encode(), "application/x-www-form-urlencoded"
    elif fields:
        url += ("&" if "?" in url else "?") + urlencode(fields)
    if content_type:
        headers["Content-Type"] = content_type
    reply = send(config, method, url, headers, body, deadline)
    if 300 <= reply.status < 400 and (where := reply.headers.get("Location")):
        reply.close()
        raise SourceError(
            f"The address leads on to {where}: enter that one, if it is right", status=502, unreadable=True
        )
    whole = b"".join(body_of(reply, url, deadline, MAX_BYTES))
    return reply.status, whole, reply.headers.get("Content-Type", "")


def send(
    config: SourceConfig,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | Iterable[bytes] | None,
    deadline: Deadline,
) -> urllib3.BaseHTTPResponse:
    """Send one request and return its answer as it begins. No redirect is followed. Raises SourceError."""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise SourceError(
            f"The address {config.url!r} must start with http:// or https://", status=400, unreadable=True
        )
    timeout = urllib3.Timeout(connect=min(10.0, deadline.left), read=deadline.left)
    try:
        return pool(config).request(
            method, url, body=body, headers=headers, timeout=timeout, preload_content=False, redirect=False
        )
    except urllib3.exceptions.HTTPError as fault:
        raise SourceError(_words(fault, url), status=502, unreadable=True) from fault


def body_of(
    reply: urllib3.BaseHTTPResponse, url: str, deadline: Deadline, most: int, *, decode: bool = True
) -> Iterator[bytes]:
    """Yield an answer's body in parts, each as it comes. most: bytes, or ANY_SIZE. Raises SourceError."""
    size = 0
    try:
        while part := reply.read1(_CHUNK, decode_content=decode):
            size += len(part)
            if most and size > most:
                raise SourceError(f"The answer is larger than {most >> 20} MiB", status=502, unreadable=True)
            if deadline.left <= 0.1:
                raise SourceError("The answer took too long", status=504, unreadable=True)
            yield part
    except urllib3.exceptions.HTTPError as fault:
        reply.close()
        raise SourceError(_words(fault, url), status=502, unreadable=True) from fault
    except BaseException:
        reply.close()
        raise
    reply.release_conn()


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
