"""TLS of one data source: its own authority, a client certificate, a name to expect, or no verification at all."""

import ssl
import tempfile
from pathlib import Path

from datasources.base import SourceConfig, SourceError

Key = tuple[str, str, str, str, bool]
PLAIN: Key = ("", "", "", "", False)


def key_of(config: SourceConfig) -> Key:
    """Return all that the TLS of a source depends on: authority, certificate, key, server name, whether it is unverified."""
    given, secrets = config.json_data, config.secrets
    has_client, has_authority = bool(given.get("tlsAuth")), bool(given.get("tlsAuthWithCACert"))
    return (
        secrets.get("tlsCACert", "") if has_authority else "",
        secrets.get("tlsClientCert", "") if has_client else "",
        secrets.get("tlsClientKey", "") if has_client else "",
        str(given.get("serverName") or "") if has_client or has_authority else "",
        bool(given.get("tlsSkipVerify")),
    )


def context(key: Key) -> ssl.SSLContext:
    """Return the context for a source. Raises SourceError for certificates that are none."""
    authority, certificate, secret, _, unverified = key
    made = ssl.create_default_context()
    try:
        if authority:
            made.load_verify_locations(cadata=authority)
        if certificate:
            _load_client(made, certificate, secret)
    except (ssl.SSLError, ValueError) as fault:
        raise SourceError(
            f"The TLS certificates of this data source cannot be read: {fault}", unreadable=True
        ) from None
    if unverified:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made


def _load_client(made: ssl.SSLContext, certificate: str, secret: str) -> None:
    """Python reads a client's certificate from files alone; they are gone as soon as they are read."""
    with tempfile.TemporaryDirectory(prefix="belvedere-tls-") as folder:
        paths = []
        for name, text in (("cert", certificate), ("key", secret)):
            path = Path(folder) / name
            path.touch(mode=0o600)
            path.write_text(text)
            paths.append(str(path))
        made.load_cert_chain(*paths)
