"""The identity hook: one place that reads credentials from a request and yields an Actor.

Order: API key (bearer, or basic with the name `api_key`), basic, proxy header, session cookie, guest, nobody.
Source: reference summary, "Auth order"; the ways that are not built yet (render key, JWT) belong into
`_CREDENTIALS`, in that order, and hand over whom they vouch for to `services.external`.
"""

import base64
import binascii
import logging
import quopri
from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Response, current_app, g, redirect, request

from core.access import NOBODY, Actor, Credential
from core.errors import DomainError, Forbidden, NotFound, Unauthorized
from core.settings import Settings
from models.session import transaction
from services import external, identity, users
from services.external import External
from web import session
from web.configured import settings
from web.forwarded import PEER, Networks, networks, within

log = logging.getLogger("belvedere.identity")


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


def switched_org(actor: Actor) -> Response | None:
    """Have a person look at the organisation that `orgId` names, and send them to the same address again (as recorded).

    None where nothing is to be switched. Raises NotFound for an organisation that is not theirs.
    """
    text = request.args.get("orgId", "")
    if not text.isdecimal() or len(text) > 18 or not actor.user_id or request.method not in {"GET", "HEAD"}:
        return None
    org_id = int(text)
    if org_id in {0, actor.org_id} or _wanted_org():
        return None
    with transaction():
        try:
            users.use_org(actor.user_id, org_id)
        except users.NotAMember:
            raise NotFound from None
    return cast(Response, redirect(request.script_root + request.full_path))


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
    try:
        return identity.by_password(
            name,
            password,
            org_id=_wanted_org(),
            client_ip=request.remote_addr or "",
            credential=Credential.BASIC,
            locks=not settings().flag("security", "disable_brute_force_login_protection"),
        )
    except identity.WrongPassword:
        raise _Refused("invalid username or password") from None


def _browser() -> dict[str, Any]:
    return {
        "client_ip": request.remote_addr or "",
        "user_agent": request.headers.get("User-Agent", ""),
        "settings": settings(),
    }


def sign_in(login: str, password: str) -> None:
    """Open a session for this browser; one that it had before is not taken over. Raises WrongPassword, Reached."""
    session.issue(identity.sign_in(login, password, **_browser()).token)


def open_session(user_id: int) -> None:
    """Open a session for who has proved who they are in another way. Raises Reached."""
    session.issue(identity.open_session(user_id, **_browser()).token)


class NotTheProxy(DomainError):
    """The header that names a person comes from somewhere else than the proxy."""

    status, early = 407, True
    message = "The request does not come from the authentication proxy"


@lru_cache(maxsize=4)
def _networks(text: str) -> Networks:
    return networks(text.replace(",", " ").split())


def warn(settings: Settings) -> None:
    """Say at the start what lets in more people than may be meant."""
    if settings.flag("auth.proxy", "enabled") and not settings.text("auth.proxy", "whitelist"):
        log.warning("auth.proxy.whitelist is empty: whoever reaches this server can say who they are")


def _from_proxy() -> Actor | None:
    """Believe the header of `auth.proxy` from whoever is on its whitelist (or from everybody, where that is empty)."""
    given = settings()
    if not given.flag("auth.proxy", "enabled"):
        return None
    name = _header(given.text("auth.proxy", "header_name"))
    if not name:
        return None
    whitelist = _networks(given.text("auth.proxy", "whitelist"))
    if whitelist and not within(request.environ.get(PEER) or request.remote_addr or "", whitelist):
        raise NotTheProxy
    by_email = given.text("auth.proxy", "header_property") == "email"
    told = {
        key.lower(): _header(header)
        for key, _, header in (one.partition(":") for one in given.words("auth.proxy", "headers"))
        if header in request.headers  # what the proxy says nothing of stays as it is
    }
    groups = told.get("groups")
    who = External(
        "authproxy",
        told.get("login", "") if by_email else name,
        name if by_email else told.get("email", ""),
        told.get("name", ""),
        tuple(one.strip() for one in groups.split(",") if one.strip()) if groups is not None else None,
        told.get("role") or None,
        by_email=by_email,
    )
    user_id = external.person(
        given,
        who,
        make=given.flag("auth.proxy", "auto_sign_up"),
        keep_s=60 * given.number("auth.proxy", "sync_ttl"),
    )
    found = identity.by_proxy(user_id, org_id=_wanted_org(), secret=str(current_app.config["SECRET_KEY"]))
    if found is None:
        raise _Refused("invalid username or password")
    if given.flag("auth.proxy", "enable_login_token") and not request.cookies.get(given.session_cookie):
        open_session(user_id)
    _refuse_foreign_origin()
    return found


def _header(name: str) -> str:
    """Return a header of the proxy. One that came twice was sent by the client as well, and is no word of the proxy."""
    text = request.headers.get(name, "").strip()
    if len(request.headers.getlist(name)) > 1 or (
        text.count(",") and name == settings().text("auth.proxy", "header_name")
    ):
        raise NotTheProxy("The header that names a person came more than once")
    return (
        quopri.decodestring(text).decode("utf-8", "replace")
        if settings().flag("auth.proxy", "headers_encoded")
        else text
    )


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


_CREDENTIALS: tuple[Callable[[], Actor | None], ...] = (
    _from_authorization,
    _from_proxy,
    _from_session,
    _as_guest,
)
