"""Secrets as Grafana keeps them: its hashes of passwords and keys, and what it encrypts.

Source: its documentation of `security.secret_key` and of database encryption, and databases of version 9.3.
"""

import base64
import binascii
import hashlib
import hmac
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES

PREFIX = "pbkdf2$"
_ROUNDS, _LENGTH, _SALT, _IV, _NONCE = 10_000, 50, 8, 16, 12
_ENVELOPE = re.compile(rb"#([A-Za-z0-9+/=_-]+)#(.*)", re.DOTALL)
_NAMED = re.compile(rb"\*([A-Za-z0-9+/=_-]+)\*(.*)", re.DOTALL)


class Unreadable(Exception):
    """A secret does not open with the key that was given, or has no known form."""


def digest(secret: str, salt: str) -> str:
    """Return the hash of a password or key as it stands in the database, in hex."""
    return hashlib.pbkdf2_hmac("sha256", secret.encode(), salt.encode(), _ROUNDS, _LENGTH).hex()


def kept_password(hashed: str, salt: str) -> str | None:
    """Return what is kept here of a password; None for who has none."""
    return f"{PREFIX}{salt}${hashed}" if hashed else None


def password_fits(kept: str, password: str) -> bool:
    """Say whether a password is the one of a hash that came from there."""
    salt, _, hashed = kept.removeprefix(PREFIX).rpartition("$")
    return hmac.compare_digest(digest(password, salt), hashed)


def _decoded(text: bytes) -> bytes:
    return base64.b64decode(
        text + b"=" * (-len(text) % 4), altchars=b"-_" if b"-" in text or b"_" in text else None
    )


def _opened(payload: bytes, secret: bytes) -> bytes:
    """Decrypt one layer: the algorithm's name (CFB where there is none), a salt, and what the cipher needs."""
    named = _NAMED.fullmatch(payload)
    algorithm, rest = (_decoded(named[1]), named[2]) if named else (b"aes-cfb", payload)
    salt, rest = rest[:_SALT], rest[_SALT:]
    key = hashlib.pbkdf2_hmac("sha256", secret, salt, _ROUNDS, 32)
    if algorithm == b"aes-gcm":
        return AESGCM(key).decrypt(rest[:_NONCE], rest[_NONCE:], None)
    if algorithm != b"aes-cfb" or len(rest) < _IV:
        raise Unreadable(f"unknown cipher {algorithm!r}")
    decryptor = Cipher(AES(key), CFB(rest[:_IV])).decryptor()
    return decryptor.update(rest[_IV:]) + decryptor.finalize()


class Keys:
    """The keys of an instance: its secret key, and the data keys that this one opens."""

    def __init__(self, secret_key: str, data_keys: dict[str, bytes]) -> None:
        self._secret = secret_key.encode()
        self._data_keys = data_keys

    def open(self, payload: bytes | str) -> str:
        """Return a secret in clear: of the database's own form, or (text) base64 of it. Raises Unreadable."""
        try:
            raw = _decoded(payload.encode()) if isinstance(payload, str) else payload
            enveloped = _ENVELOPE.fullmatch(raw)
            if enveloped is None:
                return _opened(raw, self._secret).decode()
            name = _decoded(enveloped[1]).decode()
            if name not in self._data_keys:
                raise Unreadable(f"no data key {name}")
            return _opened(enveloped[2], _opened(self._data_keys[name], self._secret)).decode()
        except (UnicodeDecodeError, InvalidTag, binascii.Error) as fault:
            raise Unreadable("it does not open with this secret key") from fault
