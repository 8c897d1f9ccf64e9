"""Addresses under a sub-path: SCRIPT_NAME is set whether or not the proxy in front took the prefix away."""

from collections.abc import Iterable
from typing import Any

from flask import request


class Prefix:
    """WSGI layer that moves root_url's path from PATH_INFO to SCRIPT_NAME."""

    def __init__(self, inner: Any, prefix: str) -> None:
        self._inner = inner
        self._prefix = prefix

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Hand the request on with its prefix where WSGI wants it."""
        path = environ.get("PATH_INFO", "")
        if path == self._prefix or path.startswith(self._prefix + "/"):
            environ["PATH_INFO"] = path[len(self._prefix) :] or "/"
        environ["SCRIPT_NAME"] = self._prefix
        answer: Iterable[bytes] = self._inner(environ, start_response)
        return answer


def url(path: str) -> str:
    """Return a path as the browser must ask for it."""
    return request.script_root + path
