"""What the server makes of names, addresses and origins that a proxy or another site hands it."""

from typing import Any

import pytest

from core.settings import BadSetting, load


def caller(client: Any, make_app: Any, **settings: str) -> Any:
    return type(client)(make_app(**settings).test_client())


@pytest.mark.parametrize(
    ("trusted", "remote", "given", "want"),
    [
        ("", "10.0.0.1", "203.0.113.9", "10.0.0.1"),
        ("10.0.0.0/8", "10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.0/8", "10.0.0.1", "1.2.3.4, 203.0.113.9, 10.9.9.9", "203.0.113.9"),
        ("10.0.0.0/8 ::1", "::1", "2001:db8::7", "2001:db8::7"),
        ("10.0.0.0/8", "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        ("10.0.0.0/8", "10.0.0.1", "nonsense", "nonsense"),
    ],
)
def test_only_trusted_proxies_say_who_the_client_is(
    client: Any, make_app: Any, trusted: str, remote: str, given: str, want: str
) -> None:
    one = caller(client, make_app, GF_BELVEDERE_TRUSTED_PROXIES=trusted)
    one.inner.post("/login", json={"user": "viewer", "password": "secret"}, headers={"X-Forwarded-For": given}, environ_base={"REMOTE_ADDR": remote})  # fmt: skip
    assert one.inner.get("/api/user/auth-tokens").get_json()[0]["clientIp"] == want


def test_scheme_and_host_come_from_trusted_proxies(client: Any, make_app: Any) -> None:
    headers = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "boards.example",
        "Origin": "https://boards.example",
    }
    for trusted, status in (("127.0.0.1", 200), ("", 403)):
        one = caller(client, make_app, GF_BELVEDERE_TRUSTED_PROXIES=trusted, GF_SECURITY_STRICT_TRANSPORT_SECURITY="true")  # fmt: skip
        one.sign_in("editor")
        reply = one.inner.post("/api/folders", json={"title": f"F{status}"}, headers=headers)
        assert reply.status_code == status
        assert ("Strict-Transport-Security" in reply.headers) is (status == 200)


def test_networks_that_are_none_stop_the_start(make_app: Any) -> None:
    with pytest.raises(BadSetting, match="trusted_proxies"):
        make_app(GF_BELVEDERE_TRUSTED_PROXIES="10.0.0.0/99")


def test_a_refused_origin_names_what_would_help(client: Any, make_app: Any) -> None:
    one = caller(client, make_app, GF_SECURITY_CSRF_TRUSTED_ORIGINS="https://portal.example")
    one.sign_in("editor")
    reply = one.inner.post("/api/folders", json={"title": "F"}, headers={"Origin": "https://evil.example"})
    assert reply.status_code == 403
    for word in ("https://evil.example", "server.root_url", "security.csrf_trusted_origins"):
        assert word in reply.get_json()["message"]
    trusted = one.inner.post(
        "/api/folders", json={"title": "F"}, headers={"Origin": "https://portal.example"}
    )
    assert trusted.status_code == 200
    for origin in ("null", "", "nonsense"):
        assert (
            one.inner.post("/api/folders", json={"title": "G"}, headers={"Origin": origin}).status_code == 403
        )


def test_the_servers_own_name_is_enforced(client: Any, make_app: Any) -> None:
    one = caller(client, make_app, GF_SERVER_ENFORCE_DOMAIN="true", GF_SERVER_DOMAIN="boards.example")
    reply = one.get("/login", headers={"Host": "other.example:3000"})
    assert (reply.status_code, reply.headers["Location"]) == (302, "http://boards.example:3000/")
    assert one.get("/login", headers={"Host": "boards.example:9"}).status_code == 200
    assert one.get("/api/health", headers={"Host": "10.0.0.9"}).status_code == 200


@pytest.mark.parametrize(
    ("embedding", "origins", "ancestors", "frames"),
    [
        ("false", "", "'none'", "deny"),
        ("true", "", "*", None),
        ("true", "https://a.example, https://b.example", "https://a.example  https://b.example", None),
    ],
)
def test_who_may_embed(
    client: Any, make_app: Any, embedding: str, origins: str, ancestors: str, frames: str | None
) -> None:
    one = caller(
        client, make_app, GF_SECURITY_ALLOW_EMBEDDING=embedding, GF_BELVEDERE_EMBEDDING_ORIGINS=origins
    )
    reply = one.get("/login")
    assert f"frame-ancestors {ancestors}" in reply.headers["Content-Security-Policy"]
    assert reply.headers.get("X-Frame-Options") == frames


def test_a_certificate_that_is_not_there_stops_the_start() -> None:
    with pytest.raises(BadSetting, match=r"\[server\] cert_file"):
        load(environment={"GF_SERVER_PROTOCOL": "https", "GF_SERVER_CERT_FILE": "/no/such/file"})
