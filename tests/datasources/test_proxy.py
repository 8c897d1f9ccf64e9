"""The data source proxy in front of a real HTTP server."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from datasources.base import SourceError


class Echo(BaseHTTPRequestHandler):
    """Answers what it was asked; some paths misbehave."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_words: Any) -> None:
        pass

    def answer(self) -> None:
        path, _, query = self.path.partition("?")
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size) if size else self._chunks()
        if path.endswith("/redirect"):
            self._send(302, b"", Location="http://169.254.169.254/latest")
        elif path.endswith("/drip"):
            self._drip()
        elif path.endswith("/big"):
            self._send(200, b"x" * 3_000_000)
        elif path.endswith("/garbage"):
            self.wfile.write(b"this is no HTTP\r\n\r\n")
            self.close_connection = True
        else:
            said = {
                "method": self.command,
                "path": path,
                "query": query,
                "headers": dict(self.headers),
                "body": body.decode(),
            }
            self._send(int(self.headers.get("X-Status", 200)), json.dumps(said).encode())

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def _chunks(self) -> bytes:
        whole = b""
        while "chunked" in self.headers.get("Transfer-Encoding", ""):
            size = int(self.rfile.readline(), 16)
            whole += self.rfile.read(size)
            self.rfile.readline()
            if not size:
                break
        return whole

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b".")
                self.wfile.flush()
                time.sleep(0.2)
        except OSError:
            pass

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Set-Cookie": "theirs=1",
            "X-Theirs": "yes",
            **headers,
        }.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve(context: ssl.SSLContext | None = None) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture
def upstream() -> Iterator[str]:
    server = serve()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def add(client: Any, url: str, **more: Any) -> None:
    body = {"name": "S", "uid": "s", "type": "graphite", "access": "proxy", "url": url, **more}
    reply = client.as_orgadmin().post("/api/datasources", body)
    assert reply.status_code == 200, reply.text


P = "/api/datasources/proxy/uid/s"


def test_a_request_goes_on_as_it_was_written(client: Any, upstream: str) -> None:
    add(client, upstream + "/base?own=1")
    path = f"{P}/a%2Fb/c%20d/?x=%2B&y=ü"
    reply = client.as_viewer().post(path, data="some body", content_type="text/x", headers={"X-Mine": "1"}, environ_overrides={"RAW_URI": path})  # fmt: skip
    said = reply.get_json()
    assert (said["method"], said["path"], said["body"]) == ("POST", "/base/a%2Fb/c%20d/", "some body")
    assert said["query"].startswith("own=1&x=%2B&y=")
    assert (said["headers"]["X-Mine"], said["headers"]["Content-Type"]) == ("1", "text/x")
    assert reply.headers["X-Theirs"] == "yes"


def test_what_was_meant_for_us_stays_here(client: Any, upstream: str) -> None:
    add(client, upstream, jsonData={"keepCookies": ["mine"]})
    client.inner.set_cookie("grafana_session", "secret")
    client.inner.set_cookie("mine", "2")
    headers = {"Origin": "http://localhost", "Referer": "http://x", "X-Forwarded-For": "10.1.1.1", "Connection": "close, X-Hop", "X-Hop": "1"}  # fmt: skip
    reply = client.as_viewer().get(P + "/x", headers=headers)
    sent = reply.get_json()["headers"]
    assert sent["Cookie"] == "mine=2"
    assert not {"Authorization", "Origin", "Referer", "X-Hop", "X-Grafana-User"} & set(sent)
    assert sent["X-Forwarded-For"].startswith("10.1.1.1, 127.0.0.1")
    assert "Set-Cookie" not in reply.headers
    assert reply.headers["Content-Security-Policy"] == "sandbox"
    assert "Cache-Control" not in reply.headers


def test_sources_are_told_who_asks_where_the_settings_say_so(
    make_app: Any, client: Any, upstream: str
) -> None:
    add(client, upstream)
    other = type(client)(make_app(GF_DATAPROXY_SEND_USER_HEADER="true").test_client())
    assert other.as_viewer().get(P + "/x").get_json()["headers"]["X-Grafana-User"] == "viewer"


@pytest.mark.parametrize(
    "tail", ["../../secret", "a/../../../secret", "%2e%2e/secret", "a/%2e%2e/..%2f../secret"]
)
def test_no_dots_lead_above_the_sources_own_path(client: Any, upstream: str, tail: str) -> None:
    add(client, upstream + "/base")
    path = f"{P}/{tail}"
    reply = client.as_viewer().get(path, environ_overrides={"RAW_URI": path})
    if reply.status_code == 200:
        assert reply.get_json()["path"].startswith("/base/")
    else:
        assert reply.status_code in {403, 404}


def test_no_redirect_is_followed(client: Any, upstream: str) -> None:
    add(client, upstream)
    reply = client.as_viewer().get(P + "/redirect")
    assert (reply.status_code, reply.headers["Location"]) == (302, "http://169.254.169.254/latest")


def test_a_query_does_not_follow_a_redirect_either(client: Any, upstream: str) -> None:
    body = {
        "name": "R",
        "uid": "r",
        "type": "prometheus",
        "access": "proxy",
        "url": upstream + "/redirect?x=",
    }
    client.as_orgadmin().post("/api/datasources", body)
    health = client.as_viewer().get("/api/datasources/uid/r/health").get_json()
    assert health["status"] == "ERROR"
    assert "leads on to http://169.254.169.254" in health["message"]


def test_its_refusal_of_us_is_not_ours_of_the_client(client: Any, upstream: str) -> None:
    add(client, upstream)
    reply = client.as_viewer().get(P + "/x", headers={"X-Status": "401"})
    assert (reply.status_code, reply.text) == (400, "Authentication to data source failed")


def test_writing_to_prometheus_has_its_rules(client: Any, upstream: str) -> None:
    body = {"name": "P", "uid": "p", "type": "prometheus", "access": "proxy", "url": upstream}
    client.as_orgadmin().post("/api/datasources", body)
    base = "/api/datasources/proxy/uid/p/"
    asked = [
        (client.as_viewer().post(base + "api/v1/query", {}), 200),
        (client.as_viewer().post(base + "api/v1/admin/tsdb/delete_series", {}), 403),
        (client.as_orgadmin().delete(base + "api/v1/x"), 403),
        (client.as_viewer().post(base + "rules/x", {}), 403),
        (client.as_editor().post(base + "rules/x", {}), 200),
        (client.as_editor().delete(base + "config/v1/rules/x"), 200),
    ]
    assert [reply.status_code for reply, _ in asked] == [want for _, want in asked]


def test_only_listed_hosts_are_asked(make_app: Any, client: Any, upstream: str) -> None:
    add(client, upstream)
    for allowed, status in (("127.0.0.1:1 other:80", 403), (upstream.removeprefix("http://"), 200)):
        other = type(client)(make_app(GF_SECURITY_DATA_SOURCE_PROXY_WHITELIST=allowed).test_client())
        assert other.as_viewer().get(P + "/x").status_code == status


def test_large_answers_pass_unless_they_are_limited(make_app: Any, client: Any, upstream: str) -> None:
    add(client, upstream)
    assert len(client.as_viewer().get(P + "/big").data) == 3_000_000
    other = type(client)(make_app(GF_DATAPROXY_RESPONSE_LIMIT="1000000").test_client())
    with pytest.raises(SourceError, match="larger than"):
        _ = other.as_viewer().get(P + "/big").data


def test_a_source_that_drips_is_left(make_app: Any, client: Any, upstream: str) -> None:
    add(client, upstream)
    other = type(client)(make_app(GF_DATAPROXY_TIMEOUT="1").test_client())
    got: list[bytes] = []
    with pytest.raises(SourceError, match="too long"):
        got.extend(other.as_viewer().get(P + "/drip", buffered=False).iter_encoded())
    assert 0 < len(b"".join(got)) < 20


@pytest.mark.parametrize("path", ["garbage"])
def test_garbage_is_502_in_words(client: Any, upstream: str, path: str) -> None:
    add(client, upstream)
    reply = client.as_viewer().get(f"{P}/{path}")
    assert reply.status_code == 502
    assert "broke the connection" in reply.get_json()["message"]


def test_nothing_listens(client: Any) -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    add(client, f"http://127.0.0.1:{port}")
    reply = client.as_viewer().get(P + "/x")
    assert (reply.status_code, "Is it running?" in reply.get_json()["message"]) == (502, True)


def certificate(name: str, issuer: tuple[Any, Any] | None = None) -> tuple[Any, Any]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    signer, above = (issuer[1], issuer[0].subject) if issuer else (key, subject)
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(above)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(digital_signature=True, key_cert_sign=issuer is None, crl_sign=issuer is None, content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False),
            critical=True,
        )
    )  # fmt: skip
    return made.sign(signer, SHA256()), key


def pem(one: Any) -> str:
    if isinstance(one, x509.Certificate):
        return one.public_bytes(Encoding.PEM).decode()
    text: str = one.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return text


def test_tls_with_a_certificate_of_each_side(client: Any, tmp_path: Path) -> None:
    authority = certificate("authority")
    theirs, ours = certificate("metrics.internal", authority), certificate("belvedere", authority)
    for name, one in (("cert", theirs[0]), ("key", theirs[1]), ("ca", authority[0])):
        (tmp_path / name).write_text(pem(one))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    context.load_verify_locations(tmp_path / "ca")
    context.verify_mode = ssl.CERT_REQUIRED
    server = serve(context)
    url = f"https://127.0.0.1:{server.server_port}"
    full = {
        "jsonData": {"tlsAuth": True, "tlsAuthWithCACert": True, "serverName": "metrics.internal"},
        "secureJsonData": {
            "tlsCACert": pem(authority[0]),
            "tlsClientCert": pem(ours[0]),
            "tlsClientKey": pem(ours[1]),
        },
    }
    cases = {
        "whole": (full, 200),
        "unverified": ({**full, "jsonData": {"tlsAuth": True, "tlsSkipVerify": True}}, 200),
        "unknown authority": ({}, 502),
        "another name": ({**full, "jsonData": {**full["jsonData"], "serverName": "other.internal"}}, 502),
        "no certificate of ours": (
            {**full, "jsonData": {"tlsAuthWithCACert": True, "serverName": "metrics.internal"}},
            502,
        ),
        "a key that is none": (
            {**full, "secureJsonData": {**full["secureJsonData"], "tlsClientKey": "no key"}},
            502,
        ),
    }
    found = {}
    for i, (name, (more, _)) in enumerate(cases.items()):
        body = {"name": name, "uid": f"t{i}", "type": "graphite", "access": "proxy", "url": url, **more}
        assert client.as_orgadmin().post("/api/datasources", body).status_code == 200
        found[name] = client.as_viewer().get(f"/api/datasources/proxy/uid/t{i}/x").status_code
    server.shutdown()
    server.server_close()
    assert found == {name: status for name, (_, status) in cases.items()}
