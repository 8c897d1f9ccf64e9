"""The identity hook: one place that reads credentials from a request and yields an Actor.

Order: API key (bearer, or basic with the name `api_key`), basic, session cookie, guest, nobody.
Source: reference summary, "Auth order"; the ways that are not built yet (render key, JWT, proxy header) belong into
`_CREDENTIALS`, in that order.
"""

import base64
import binascii
from collections.abc import Callable
from urllib.parse import urlsplit

from flask import g, request

from core.access import NOBODY, Actor, Credential
from core.errors import Forbidden, Unauthorized
from services import identity
from web import session
from web.configured import settings


class _Refused(Unauthorized):
    traced = True


class StaleSession(Unauthorized):
    """The cookie stands for no session; it is taken away."""


def actor() -> Actor:
    """Return who sent this request; worked out once. Raises Unauthorized for a credential that does not hold."""
    found: Actor | None = g.get("actor")
    if found is None:
        found = g.actor = _resolve()
    return found


def _resolve() -> Actor:
    for read in _CREDENTIALS:
        found = read()
        if found is not None:
            return found
    return NOBODY


def _wanted_org() -> int:
    text = request.args.get("targetOrgId") or request.headers.get("X-Grafana-Org-Id") or ""
    return int(text) if text.isdecimal() else 0


def _from_authorization() -> Actor | None:
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "bearer":
        return identity.by_api_key(rest.strip())
    try:
        if scheme.lower() != "basic":
            raise ValueError(scheme)
        name, colon, password = base64.b64decode(rest.strip(), validate=True).decode().partition(":")
    except (ValueError, binascii.Error):
        raise _Refused("Invalid Basic Auth Header") from None
    if name == "api_key":
        return identity.by_api_key(password)
    if not settings().flag("auth.basic", "enabled"):
        return None
    if not colon:
        raise _Refused("Invalid Basic Auth Header")
    return identity.by_password(
        name,
        password,
        org_id=_wanted_org(),
        client_ip=request.remote_addr or "",
        credential=Credential.BASIC,
        locks=not settings().flag("security", "disable_brute_force_login_protection"),
    )


def sign_in(login: str, password: str) -> None:
    """Open a session for this browser. Raises WrongPassword."""
    signed = identity.sign_in(
        login,
        password,
        client_ip=request.remote_addr or "",
        user_agent=request.headers.get("User-Agent", ""),
        locks=not settings().flag("security", "disable_brute_force_login_protection"),
    )
    session.issue(signed.token)


def _from_session() -> Actor | None:
    token = session.current().token
    if not token:
        return None
    found = identity.by_session(
        token,
        org_id=_wanted_org(),
        idle=settings().seconds("auth", "login_maximum_inactive_lifetime_duration"),
        lifetime=settings().seconds("auth", "login_maximum_lifetime_duration"),
    )
    if found is None:
        session.current().issued = ""
        return None
    _refuse_foreign_origin()
    return found


def _refuse_foreign_origin() -> None:
    """A browser sends our cookie with requests that another site's page makes; their Origin gives them away."""
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        check_origin()


def check_origin() -> None:
    """Refuse what a page of another site sent. Raises Forbidden naming the settings that would let it in."""
    origin = request.headers.get("Origin")
    if origin is None:
        return
    host = urlsplit(origin).netloc
    trusted = settings().words("security", "csrf_trusted_origins")
    own = {
        request.host,
        urlsplit(settings().root_url).netloc,
        *trusted,
        *(urlsplit(one).netloc for one in trusted),
    }
    if not host or host not in own:
        raise Forbidden(
            f"origin not allowed: {origin} is neither {request.host} nor server.root_url ({settings().root_url}); "
            "set server.root_url to the address in the browser, or name the origin in security.csrf_trusted_origins"
        )


def _as_guest() -> Actor | None:
    """Let anybody look on where `auth.anonymous` says so, unless the address asks for a sign-in."""
    if not settings().flag("auth.anonymous", "enabled") or request.args.get("forceLogin") == "true":
        return None
    guest = identity.guest(
        settings().text("auth.anonymous", "org_name"), settings().text("auth.anonymous", "org_role")
    )
    asked = request.args.get("orgId", "")
    return None if guest is None or (asked.isdecimal() and int(asked) not in {0, guest.org_id}) else guest


_CREDENTIALS: tuple[Callable[[], Actor | None], ...] = (_from_authorization, _from_session, _as_guest)
