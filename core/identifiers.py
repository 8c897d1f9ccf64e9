"""Names that stand for things: uids, slugs, avatar hashes."""

import hashlib
import re
import secrets
import unicodedata

UID = re.compile(r"[a-zA-Z0-9_-]+")
UID_MAX = 40
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NOT_PLAIN = re.compile(r"[^a-zA-Z0-9]")
_SLUG_BREAK = re.compile(r"[^a-z0-9]+")


def new_uid() -> str:
    """Return a fresh uid of 14 letters and digits (83 bits)."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(14))


def is_uid(text: str) -> bool:
    """Say whether a text may serve as a uid."""
    return bool(UID.fullmatch(text)) and len(text) <= UID_MAX


def slug(title: str) -> str:
    """Return the part of an address that a title turns into; never empty.

    Titles without a letter or digit get a stable hash, so that their addresses stay apart.
    """
    plain = unicodedata.normalize("NFKD", title.replace("_", "-")).encode("ascii", "ignore").decode().lower()
    return _SLUG_BREAK.sub("-", plain).strip("-") or hashlib.sha256(title.encode()).hexdigest()[:16]


def avatar_url(email: str, name: str = "") -> str:
    """Return the path of a picture, by the MD5 that picture services use; who has no e-mail has one by the name."""
    text = email or _NOT_PLAIN.sub("", name) + "@localhost"
    return "/avatar/" + hashlib.md5(text.strip().lower().encode(), usedforsecurity=False).hexdigest()
