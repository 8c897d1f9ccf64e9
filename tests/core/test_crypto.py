import pytest

from core.crypto import (
    Undecryptable,
    Vault,
    hash_password,
    new_api_key,
    read_api_key,
    token_hash,
    verify_password,
)


def test_passwords_are_argon2id() -> None:
    stored = hash_password("secret")
    assert stored.startswith("$argon2id$")
    assert verify_password(stored, "secret")
    assert not verify_password(stored, "Secret")
    assert not verify_password(None, "secret")


def test_secrets_open_under_their_own_key_alone() -> None:
    sealed = Vault("one").seal({"password": "hidden"})
    assert "hidden" not in sealed
    assert Vault("one").open(sealed) == {"password": "hidden"}
    with pytest.raises(Undecryptable):
        Vault("two").open(sealed)


def test_api_keys_carry_name_and_organisation() -> None:
    key, digest = new_api_key("ci", 7)
    read = read_api_key(key)
    assert key.startswith("eyJ")
    assert read
    assert (read.n, read.id, token_hash(read.k)) == ("ci", 7, digest)


@pytest.mark.parametrize("text", ["", "x", "eyJ", "bm90IGpzb24=", "ü"])
def test_what_is_no_key(text: str) -> None:
    assert read_api_key(text) is None
