"""What a site has besides pages: assets, pictures, robots.txt, well-known addresses."""

import hashlib
import mimetypes

from flask import Response, request, send_from_directory

from blueprints.pages.rendering import go_to
from core.access import Actor
from core.settings import ROOT
from datasources import registry
from schemas.base import Body
from web.access import public, signed_in
from web.operation import Operations

site = Operations("site", __name__)
_DIST = ROOT / "static" / "dist"
_FOREVER = 31_536_000
_HUES = ("#0b7a69", "#b7791f", "#c9353a", "#2f8f4e", "#5b6573")


@site.operation(
    "GET", "/public/build/<path:name>", access=public("scripts, styles and fonts"), own_transactions=True
)
def asset(actor: Actor, name: str) -> Response:
    """Return a built asset; its name holds its digest, so it never changes."""
    del actor
    packed = _DIST / (name + ".gz")
    if (
        "gzip" in request.headers.get("Accept-Encoding", "")
        and packed.is_file()
        and packed.resolve().is_relative_to(_DIST)
    ):
        response = send_from_directory(_DIST, name + ".gz", max_age=_FOREVER)
        response.headers["Content-Encoding"] = "gzip"
        response.content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    else:
        response = send_from_directory(_DIST, name, max_age=_FOREVER)
    response.headers["Cache-Control"] = f"public, max-age={_FOREVER}, immutable"
    response.headers["Vary"] = "Accept-Encoding"
    return response


@site.operation(
    "GET",
    "/public/app/plugins/datasource/<kind>/img/<file>",
    access=public("pictures of kinds"),
    own_transactions=True,
)
def logo(actor: Actor, kind: str, file: str) -> Response:
    """Return a picture that stands for a type of data source: its initials on a tile."""
    del actor, file
    title = registry.title(kind)
    hue = _HUES[hashlib.sha256(kind.encode()).digest()[0] % len(_HUES)]
    return _tile("".join(part[0] for part in title.split()[:2]).upper() or "?", hue)


def _tile(letters: str, hue: str) -> Response:
    safe = "".join(one for one in letters if one.isalnum()) or "?"
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32"><rect width="32" height="32" rx="6" fill="{hue}"/>'
        f'<text x="16" y="21" text-anchor="middle" font-family="Inter, sans-serif" font-size="14" font-weight="600" fill="#fff">{safe}</text></svg>'
    )
    return Response(svg, content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


@site.operation("GET", "/avatar/<digest>", access=public("pictures by a digest"), own_transactions=True)
def avatar(actor: Actor, digest: str) -> Response:
    """Return a picture that stands for a person; no other server is asked."""
    del actor
    return _tile(digest[:1], _HUES[int(hashlib.sha256(digest.encode()).hexdigest()[:2], 16) % len(_HUES)])


@site.operation("GET", "/robots.txt", access=public("for robots"), own_transactions=True)
def robots(actor: Actor) -> Response:
    """Keep search engines out."""
    del actor
    return Response("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")


@site.operation(
    "GET", "/.well-known/change-password", access=public("password managers look here"), own_transactions=True
)
def change_password(actor: Actor) -> Response:
    """Lead password managers to the page that changes the password."""
    del actor
    return go_to("/profile/password")


@site.operation("GET", "/render/<path:rest>", access=signed_in, own_transactions=True)
def render(actor: Actor, rest: str) -> Response:
    """Return a picture that says that panels are not rendered as pictures yet."""
    del actor, rest
    return send_from_directory(ROOT / "static" / "src", "no-picture.png", max_age=0)


class Measurements(Body):
    """What a browser measured."""


@site.operation("POST", "/api/frontend-metrics", access=signed_in, body=Measurements, own_transactions=True)
def frontend_metrics(actor: Actor, body: dict[str, object]) -> Response:
    """Take what old clients measured; it is not kept, for pages here are timed by the server."""
    del actor, body
    return Response(b"null", content_type="text/plain; charset=utf-8")
