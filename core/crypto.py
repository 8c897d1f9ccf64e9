"""Secrets: what is hashed, what is encrypted, and what a key looks like."""

import base64
import hashlib
import secrets
import string
import zlib
from threading import BoundedSemaphore, Lock
from typing import Any

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core import foreign

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_slow = BoundedSemaphore(2)  # 19 MiB and 20 ms each: more at once would starve the other threads
_verified: dict[bytes, None] = {}
_verified_lock = Lock()
_VERIFIED_MAX = 4096
_NOBODY = _hasher.hash(secrets.token_hex(16))


class Undecryptable(Exception):
    """A stored secret does not open with this server's secret key."""


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password. Slow by design: call it before a transaction opens."""
    with _slow:
        return _hasher.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Compare a password with its hash; None takes as long as a wrong password does.

    A pair that has matched is remembered by digest, so that basic auth pays for the slow hash once per process.
    """
    memo = hashlib.sha256(f"{stored}\0{password}".encode()).digest()
    if stored is not None and memo in _verified:
        return True
    with _slow:
        fits = _fits(stored or _NOBODY, password)
    if not fits:
        return False
    with _verified_lock:
        if len(_verified) >= _VERIFIED_MAX:
            _verified.clear()
        _verified[memo] = None
    return stored is not None


_FOREIGN_NOBODY = foreign.kept_password(foreign.digest(secrets.token_hex(16), "salt"), "salt") or ""


def is_foreign(stored: str | None) -> bool:
    """Say whether a hash of a password came from a Grafana, whose own is a weaker one."""
    return stored is not None and stored.startswith(foreign.PREFIX)


def _fits(stored: str, password: str) -> bool:
    """Compare; what does not fit takes as long whichever hash is kept, so that nobody learns which that is."""
    fits = _fits_one(stored, password)
    if not fits:
        _fits_one(_NOBODY if is_foreign(stored) else _FOREIGN_NOBODY, password)
    return fits


def _fits_one(stored: str, password: str) -> bool:
    if is_foreign(stored):
        return foreign.password_fits(stored, password)
    try:
        return _hasher.verify(stored, password)
    except Argon2Error:
        return False


def token_hash(token: str) -> str:
    """Return the digest under which a random token is stored (fast: the token itself is long and random)."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """Return 256 random bits for a cookie."""
    return secrets.token_hex(32)


class ApiKey(msgspec.Struct):
    """What an `eyJ…` key says: k the secret, n the name, id the organisation."""

    k: str
    n: str
    id: int


def new_api_key(name: str, org_id: int) -> tuple[str, str]:
    """Return a key for its owner and the digest to store."""
    key = ApiKey(k=secrets.token_urlsafe(24), n=name, id=org_id)
    return base64.b64encode(msgspec.json.encode(key)).decode(), token_hash(key.k)


def read_api_key(text: str) -> ApiKey | None:
    """Return the content of an `eyJ…` key, or None when it is not one."""
    try:
        return msgspec.json.decode(
            base64.b64decode(text + "=" * (-len(text) % 4), validate=True), type=ApiKey
        )
    except (ValueError, msgspec.DecodeError):
        return None


TOKEN_PREFIX = "glsa_"  # noqa: S105 - how tokens begin, as clients know them
_ALPHABET = string.ascii_letters + string.digits


def _checksum(body: str) -> str:
    """Return the CRC-32 as tokens carry it: four bytes, the least first."""
    return zlib.crc32(body.encode()).to_bytes(4, "little").hex()


def _older_checksum(body: str) -> str:
    """Return the same as tokens carried it that this server made first: the most first."""
    return zlib.crc32(body.encode()).to_bytes(4, "big").hex()


def new_account_token() -> tuple[str, str]:
    """Return a service account's token (`glsa_`, 32 letters, `_`, the checksum of what goes before) and its digest."""
    body = TOKEN_PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(32))
    return f"{body}_{_checksum(body)}", token_hash(body)


def foreign_key_digest(text: str) -> str:
    """Return the digest under which a key stands that came from a Grafana, whose own hash is slow; "" for what is none."""
    if text.startswith(TOKEN_PREFIX):
        secret, _, salt = text.removeprefix(TOKEN_PREFIX).rpartition("_")
    else:
        key = read_api_key(text)
        secret, salt = (key.k, key.n) if key is not None else ("", "")
    if not secret:
        return ""
    with _slow:
        return kept_key_digest(foreign.digest(secret, salt))


def kept_key_digest(hashed: str) -> str:
    """Return the digest under which a hash of Grafana's is kept, which is longer than ours."""
    return token_hash(foreign.PREFIX + hashed)


def key_digest(text: str) -> str:
    """Return the digest under which a key or token is stored; "" for what can be none, which no database is asked for."""
    if text.startswith(TOKEN_PREFIX):
        body, _, checksum = text.rpartition("_")
        return token_hash(body) if checksum in {_checksum(body), _older_checksum(body)} else ""
    key = read_api_key(text)
    return token_hash(key.k) if key is not None else ""


class Vault:
    """Encrypts what must come back in clear, under a key derived from `security.secret_key`."""

    def __init__(self, secret_key: str) -> None:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"belvedere secrets v1").derive(
            secret_key.encode()
        )
        self._aead = AESGCM(derived)

    def seal(self, members: dict[str, str]) -> str:
        """Return the members as one encrypted text."""
        nonce = secrets.token_bytes(12)
        return base64.b64encode(
            nonce + self._aead.encrypt(nonce, msgspec.json.encode(members), None)
        ).decode()

    def open(self, sealed: str) -> dict[str, str]:
        """Return the members of a sealed text. Raises Undecryptable if the key is another."""
        if not sealed:
            return {}
        raw = base64.b64decode(sealed)
        try:
            members: Any = msgspec.json.decode(
                self._aead.decrypt(raw[:12], raw[12:], None), type=dict[str, str]
            )
        except InvalidTag:
            raise Undecryptable("a secret was stored under another security.secret_key") from None
        return dict(members)
