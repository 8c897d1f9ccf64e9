"""Headers that tell browsers what they must not do, and caches what they must not keep."""

from typing import cast

from flask import Response, redirect, request

from core.settings import Settings

# Scripts and styles come from files of ours alone; style attributes place panels on the grid.
_PROXIED = "/api/datasources/proxy/"  # what may be kept of those answers is for the source to say
_POLICY = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src * data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors {}"


def elsewhere(settings: Settings) -> Response | None:
    """Lead whoever came by another name to the server's own (`server.enforce_domain`), probes excepted."""
    if not settings.flag("server", "enforce_domain") or request.path in {
        "/api/health",
        "/healthz",
        "/metrics",
    }:
        return None
    name = (
        request.host.rpartition(":")[0]
        if ":" in request.host and not request.host.endswith("]")
        else request.host
    )
    if name.lower() == settings.text("server", "domain").lower():
        return None
    return cast(Response, redirect(settings.root_url))


def headers(response: Response, settings: Settings) -> Response:
    """Add what the settings ask for; what a route has set itself stays."""
    found = response.headers
    if "Cache-Control" not in found and not request.path.startswith(_PROXIED):
        found["Cache-Control"] = "no-cache"
        found["Pragma"] = "no-cache"
        found["Expires"] = "-1"
    embeddable = settings.flag("security", "allow_embedding")
    if not embeddable:
        found.setdefault("X-Frame-Options", "deny")
    if settings.flag("security", "x_content_type_options"):
        found.setdefault("X-Content-Type-Options", "nosniff")
    if settings.flag("security", "x_xss_protection"):
        found.setdefault("X-XSS-Protection", "1; mode=block")
    if settings.flag("security", "strict_transport_security") and request.scheme == "https":
        found.setdefault("Strict-Transport-Security", _transport(settings))
    if response.mimetype == "text/html":
        origins = settings.text("belvedere", "embedding_origins").replace(",", " ").strip() or "*"
        found.setdefault("Content-Security-Policy", _POLICY.format(origins if embeddable else "'none'"))
        found.setdefault("Referrer-Policy", "same-origin")
    return response


def _transport(settings: Settings) -> str:
    parts = [f"max-age={settings.number('security', 'strict_transport_security_max_age_seconds')}"]
    if settings.flag("security", "strict_transport_security_subdomains"):
        parts.append("includeSubDomains")
    if settings.flag("security", "strict_transport_security_preload"):
        parts.append("preload")
    return "; ".join(parts)
