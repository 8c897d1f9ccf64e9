"""What the log says: every request with its number, and no secret."""

import re
from pathlib import Path

import pytest
import requests

from tests.serving import belvedere

PASSWORD, SECRET = "pass-word-of-hers", "secret-of-a-source"


@pytest.mark.once
def test_a_line_a_request_and_no_secret_in_any(tmp_path: Path) -> None:
    settings = {
        "GF_LOG_LEVEL": "debug",
        "GF_DATABASE_LOG_QUERIES": "true",
        "GF_SECURITY_ADMIN_PASSWORD": PASSWORD,
    }
    with belvedere(tmp_path, **settings) as base:
        auth = ("admin", PASSWORD)
        session = requests.Session()
        assert (
            session.post(
                base + "/login", json={"user": "admin", "password": PASSWORD}, timeout=20
            ).status_code
            == 200
        )
        requests.post(base + "/signin", data={"user": "admin", "password": PASSWORD + "x"}, timeout=20)
        key = requests.post(
            base + "/api/auth/keys", json={"name": "k", "role": "Admin"}, auth=auth, timeout=20
        ).json()["key"]
        body = {"name": "P", "type": "prometheus", "url": "http://127.0.0.1:1", "access": "proxy", "uid": "p", "basicAuth": True, "basicAuthUser": "u", "secureJsonData": {"basicAuthPassword": SECRET}}  # fmt: skip
        assert requests.post(base + "/api/datasources", json=body, auth=auth, timeout=20).status_code == 200
        requests.get(f"{base}/api/datasources/uid/p/health?auth_token={key}", headers={"Authorization": f"Bearer {key}"}, timeout=20)  # fmt: skip
        requests.get(base + "/api/datasources/proxy/uid/p/x", auth=auth, timeout=20)
        numbered = requests.get(
            base + "/api/org", auth=auth, headers={"X-Request-Id": "number-7"}, timeout=20
        )
        assert numbered.headers["X-Request-Id"] == "number-7"
        cookie = session.cookies["grafana_session"]
    log = (tmp_path / "server.log").read_text()
    assert re.search(r"number-7 127\.0\.0\.1 GET /api/org 200 \d+ \d+ms", log)
    for secret in (PASSWORD, SECRET, key, cookie, "auth_token"):
        assert secret not in log, secret
