"""A server read through its API: a real one of ours, which holds what came from the database of a Grafana."""

import gzip
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

from tests.importing.test_grafana import CONTENTS, HERE, auth
from tests.serving import ADMIN, ROOT, belvedere

pytestmark = pytest.mark.once
FLASK = str(Path(sys.executable).parent / "flask")


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that holds what the database held, and a folder in a folder."""
    folder = tmp_path_factory.mktemp("origin")
    database = folder / "grafana.db"
    database.write_bytes(gzip.decompress((HERE / "grafana-9.3.2.db.gz").read_bytes()))
    settings = {"GF_PATHS_DATA": str(folder / "data"), "GF_BELVEDERE_SAMPLE_CONTENT": "false"}
    command = [FLASK, "--app", "app", "import", "grafana", "--db", str(database)]
    key = ["--secret-key", CONTENTS["secret_key"]]
    subprocess.run([*command, *key], cwd=ROOT, env={**os.environ, **settings}, check=True)
    with belvedere(folder, **settings) as address:
        folders = requests.get(address + "/api/folders", auth=ADMIN, timeout=20).json()
        moved = {"parentUid": folders[0]["uid"]}
        path = f"{address}/api/folders/{folders[1]['uid']}/move"
        assert requests.post(path, json=moved, auth=ADMIN, timeout=20).status_code == 200
        yield address


@pytest.fixture
def token(origin: str) -> str:
    """A token of a service account that is an admin."""

    def post(path: str, **body: Any) -> Any:
        return requests.post(origin + path, json=body, auth=ADMIN, timeout=20).json()

    name = os.urandom(4).hex()
    account = post("/api/serviceaccounts", name=name, role="Admin")["id"]
    return str(post(f"/api/serviceaccounts/{account}/tokens", name=name)["key"])


def bring(app: Flask, origin: str, token: str) -> Any:
    return app.test_cli_runner().invoke(args=["import", "grafana", "--url", origin, "--token", token])


PATHS = (
    "folders", "org/users/lookup", "teams/search", "playlists", "library-elements", "annotations?limit=1000",
    "org/preferences", "datasources",
)  # fmt: skip


def plain(answer: Any) -> Any:
    """Return an answer without what the API does not tell, or what is counted anew."""
    if isinstance(answer, list):
        return [plain(one) for one in answer]
    if not isinstance(answer, dict):
        return answer
    varying = {
        "id",
        "userId",
        "avatarUrl",
        "secureJsonFields",
        "created",
        "updated",
        "lastSeenAt",
        "memberCount",
    }
    return {name: plain(value) for name, value in answer.items() if name not in varying}


def test_what_the_api_tells_comes_along(app: Flask, origin: str, token: str) -> None:
    told = bring(app, origin, token)
    assert told.exit_code == 0, told.output
    here = app.test_client()

    def both(path: str) -> tuple[Any, Any]:
        there = requests.get(f"{origin}/api/{path}", auth=ADMIN, timeout=20).json()
        return there, here.get(f"/api/{path}", auth=ADMIN).get_json()

    listed = requests.get(f"{origin}/api/search?limit=5000", auth=ADMIN, timeout=20).json()
    assert len(listed) > 40
    for one in listed:
        if one["type"] == "dash-folder":
            path = f"folders/{one['uid']}"
            there, mine = both(path)
            assert (mine["title"], mine["parentUid"]) == (there["title"], there["parentUid"])
        else:
            path = f"dashboards/uid/{one['uid']}"
            there, mine = both(path)
            assert {**mine["dashboard"], "id": 0} == {**there["dashboard"], "id": 0}
            versions = both(path + "/versions")
            assert [row["version"] for row in versions[1]] == [row["version"] for row in versions[0]]
        there, mine = (plain(found) for found in both(path + "/permissions"))
        assert mine == there, path
    for path in ("teams/search", "playlists", "library-elements", "annotations?limit=1000", "datasources"):
        there, mine = both(path)
        assert len(str(there)) > 10, path
        assert plain(mine) == plain(there), path


def test_what_it_does_not_tell_is_said(app: Flask, origin: str, token: str) -> None:
    told = bring(app, origin, token).output
    for words in (
        "Passwords are not told",
        "Keys and tokens are not told",
        "Secrets are not told",
        "alert rules: not told",
    ):
        assert words in told
    assert app.test_client().get("/api/user", auth=auth("ann")).status_code == 401


def test_a_second_run_changes_nothing(app: Flask, origin: str, token: str) -> None:
    bring(app, origin, token)
    before = app.test_client().get("/api/search?limit=5000", auth=ADMIN).get_json()
    told = bring(app, origin, token)
    assert "dashboards and folders: 0 brought" in told.output
    assert app.test_client().get("/api/search?limit=5000", auth=ADMIN).get_json() == before


def test_what_is_no_grafana_and_no_token_is_said(app: Flask, origin: str) -> None:
    refused = bring(app, origin, "glsa_nothing")
    assert (refused.exit_code, "the token is refused" in refused.output) == (1, True)
    nobody = bring(app, "http://127.0.0.1:9", "x")
    assert (nobody.exit_code, "127.0.0.1:9" in nobody.output) == (1, True)
    odd = app.test_cli_runner().invoke(args=["import", "grafana"])
    assert (odd.exit_code, "Name either --db or --url" in odd.output) == (2, True)
    assert app.test_client().get("/api/search", auth=ADMIN).get_json() == []
