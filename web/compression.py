"""Compression of answers: pages and panels always, everything else where `server.enable_gzip` asks for it.

A stream is flushed after each of its lines, so that a panel arrives when it is drawn and not when a buffer is full;
that is what the compression extensions for Flask do not do.
"""

import gzip
import zlib
from collections.abc import Iterable, Iterator

from flask import Response, request

from core.settings import Settings

_LEVEL, _LEAST = 5, 1024  # below a kilobyte the header costs more than it saves
_PAGES = {"text/html", "application/x-ndjson"}
_TEXTS = {"application/json", "text/plain", "text/css", "text/csv", "text/javascript", "image/svg+xml"}


def compressed(response: Response, settings: Settings) -> Response:
    """Return the answer compressed where the caller understands it and it is worth while."""
    if response.mimetype not in _PAGES and not (
        response.mimetype in _TEXTS and settings.flag("server", "enable_gzip")
    ):
        return response
    response.vary.add("Accept-Encoding")
    if (
        "gzip" not in request.headers.get("Accept-Encoding", "")
        or response.direct_passthrough
        or "Content-Encoding" in response.headers
        or response.status_code in {204, 304}
    ):
        return response
    if response.is_streamed:
        response.response = _flushed(response.iter_encoded())
        response.headers.pop("Content-Length", None)
    else:
        body = response.get_data()
        if len(body) < _LEAST:
            return response
        response.set_data(gzip.compress(body, _LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    return response


def _flushed(parts: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(_LEVEL, wbits=31)
    for part in parts:
        yield packer.compress(part) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()
