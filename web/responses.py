"""Answers: JSON as orjson bytes, and stored JSON spliced in without being read again."""

from typing import Any

import orjson
from flask import Response

JSON = "application/json"
JSON_UTF8 = "application/json; charset=UTF-8"  # some routes of the original name it, and clients compare


def answer(data: Any, status: int = 200, content_type: str = JSON) -> Response:
    """Return data as JSON."""
    return Response(orjson.dumps(data, option=orjson.OPT_SERIALIZE_NUMPY), status, content_type=content_type)


def said(message: str, status: int = 200, **more: Any) -> Response:
    """Return the plain envelope: a message, and members beside it."""
    return answer({**more, "message": message}, status)


def spliced(members: dict[str, Any], **stored: str) -> Response:
    """Return an object whose `stored` members are JSON text that goes out exactly as it was kept."""
    head = orjson.dumps(members)[:-1]
    parts = [head]
    for name, text in stored.items():
        parts.append(
            b"%s%s:%s"
            % (b"," if len(parts[0]) > 1 or len(parts) > 1 else b"", orjson.dumps(name), text.encode())
        )
    return Response(b"".join([*parts, b"}"]), content_type=JSON)
