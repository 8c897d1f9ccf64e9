"""Headers that tell browsers what they must not do, and caches what they must not keep."""

from flask import Response, request

from core.settings import Settings

# Scripts and styles come from files of ours alone; style attributes place panels on the grid.
_PROXIED = "/api/datasources/proxy/"  # what may be kept of those answers is for the source to say
_POLICY = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src * data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors {}"


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
    if response.mimetype == "text/html" and not request.path.startswith("/swagger-ui"):
        found.setdefault("Content-Security-Policy", _POLICY.format("*" if embeddable else "'none'"))
        found.setdefault("Referrer-Policy", "same-origin")
    return response
