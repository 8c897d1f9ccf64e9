"""What a proxy in front says of the client: believed only from those who are named as trusted."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from core.settings import BadSetting

Networks = tuple[IPv4Network | IPv6Network, ...]


def networks(texts: Iterable[str]) -> Networks:
    """Read addresses and networks. Raises BadSetting."""
    try:
        return tuple(ip_network(one, strict=False) for one in texts)
    except ValueError as fault:
        raise BadSetting(f"[belvedere] trusted_proxies: {fault}") from None


PEER = "belvedere.peer"


class Forwarded:
    """WSGI layer that takes client address, scheme and host from `X-Forwarded-*` of trusted proxies."""

    def __init__(self, inner: Any, trusted: Networks) -> None:
        self._inner = inner
        self._trusts = lru_cache(4096)(lambda address: within(address, trusted))

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Hand the request on as the client sent it, noting who handed it to us."""
        environ[PEER] = environ.get("REMOTE_ADDR", "")
        if self._trusts(environ.get("REMOTE_ADDR", "")):
            self._believe(environ)
        answer: Iterable[bytes] = self._inner(environ, start_response)
        return answer

    def _believe(self, environ: dict[str, Any]) -> None:
        hops = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        # The nearest hop that is no proxy of ours is the client; what stands before it anybody may have written.
        client = next((hop for hop in reversed(hops) if not self._trusts(hop)), hops[0] if hops else "")
        if client:
            environ["REMOTE_ADDR"] = client
        scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
        if scheme in {"http", "https"}:
            environ["wsgi.url_scheme"] = scheme
        host = environ.get("HTTP_X_FORWARDED_HOST", "").rpartition(",")[2].strip()
        if host:
            environ["HTTP_HOST"] = host


def within(address: str, trusted: Networks) -> bool:
    """Say whether an address is in one of the networks."""
    try:
        one = ip_address(address)
    except ValueError:
        return False
    return any(one in network for network in trusted)
