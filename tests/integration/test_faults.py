"""What happens when something breaks: nothing that was acknowledged is lost, and nobody waits for ever.

Every request here has a time limit; one that is not kept raises.
"""

import json
import os
import random
import signal
import socket
import sqlite3
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import URL

from tests.conftest import shown
from tests.servers import SERVERS, free_port, make_database, self_signed, server_folder
from tests.serving import ADMIN, Served, belvedere, wait_for

LIMIT = 30.0


@pytest.fixture
def store(tmp_path: Path, database_server: URL | None) -> dict[str, str]:
    """Settings of an empty database on the server that tests run on."""
    if database_server is None:
        return {}
    return {"GF_DATABASE_URL": shown(make_database(database_server, "faults"))}


def post(base: str, path: str, body: Any, session: requests.Session | None = None) -> requests.Response:
    return (session or requests).post(base + path, json=body, auth=ADMIN, timeout=LIMIT)


def get(base: str, path: str, timeout: float = LIMIT) -> requests.Response:
    return requests.get(base + path, auth=ADMIN, timeout=timeout)


def save(base: str, uid: str, session: requests.Session | None = None) -> int:
    """Save a dashboard and return the status; 0 where the connection broke."""
    body = {
        "dashboard": {"uid": uid, "title": f"Board {uid}", "tags": [uid], "panels": []},
        "overwrite": True,
    }
    try:
        return post(base, "/api/dashboards/db", body, session).status_code
    except requests.RequestException:
        return 0


def kept(base: str) -> set[str]:
    return {one["uid"] for one in get(base, "/api/search?limit=5000").json()}


def test_killed_workers_lose_nothing_that_was_acknowledged(tmp_path: Path, store: dict[str, str]) -> None:
    with belvedere(tmp_path, **store) as base:
        stop = threading.Event()
        statuses: dict[str, int] = {}

        def acknowledged_so_far() -> int:
            return list(statuses.values()).count(200)

        def kill() -> None:
            least = 10
            while not stop.wait(0.02):
                workers = base.workers()
                if workers and acknowledged_so_far() >= least:
                    os.kill(random.choice(workers), signal.SIGKILL)
                    least = acknowledged_so_far() + 10

        def one(name: str) -> None:
            statuses[name] = save(base, name)

        killer = threading.Thread(target=kill)
        killer.start()
        with ThreadPoolExecutor(20) as pool:
            list(pool.map(one, (f"k{n}" for n in range(200))))
        stop.set()
        killer.join()
        wait_for(base + "/api/health")
        acknowledged = {name for name, status in statuses.items() if status == 200}
        assert acknowledged <= kept(base)
        assert len(acknowledged) > 50
        assert set(statuses.values()) <= {200, 0, 503}
        assert save(base, "after") == 200


def test_two_hundred_savers_at_once_lose_no_version(tmp_path: Path, store: dict[str, str]) -> None:
    """Half of them save one dashboard, the others one each; then all try to be the next version of the one."""
    savers = 200
    with belvedere(tmp_path, **store, GF_DASHBOARDS_VERSIONS_TO_KEEP="1000") as base:
        names = ["shared" if n % 2 else f"own{n}" for n in range(savers)]
        with ThreadPoolExecutor(savers) as pool:
            statuses = list(pool.map(lambda name: save(base, name), names))
        assert set(statuses) == {200}
        assert kept(base) >= set(names)
        listed = get(base, "/api/dashboards/uid/shared/versions").json()
        assert [one["version"] for one in listed] == list(range(savers // 2, 0, -1))

        def next_version(n: int) -> int:
            board = {"uid": "shared", "title": f"By {n}", "version": savers // 2, "panels": []}
            return post(base, "/api/dashboards/db", {"dashboard": board}).status_code

        with ThreadPoolExecutor(savers) as pool:
            answers = list(pool.map(next_version, range(savers)))
        assert sorted(set(answers)) == [200, 412]
        assert answers.count(200) == 1
        now = get(base, "/api/dashboards/uid/shared").json()["dashboard"]
        assert (now["version"], now["title"]) == (savers // 2 + 1, f"By {answers.index(200)}")


def test_a_stop_under_load_finishes_what_it_began(tmp_path: Path, store: dict[str, str]) -> None:
    names = [f"s{n}" for n in range(300)]
    with belvedere(tmp_path, **store) as base, ThreadPoolExecutor(16) as pool:
        asked = [pool.submit(save, base, name) for name in names]
        while sum(one.done() for one in asked) < 40:
            time.sleep(0.01)
        base.process.send_signal(signal.SIGTERM)
        statuses = dict(zip(names, (one.result() for one in asked), strict=True))
        assert base.process.wait(timeout=40) == 0
    acknowledged = {name for name, status in statuses.items() if status == 200}
    assert 40 <= len(acknowledged) <= 300
    with belvedere(tmp_path, **store) as again:
        assert acknowledged <= kept(again)


def test_a_database_that_goes_away_and_comes_back(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    kind = pytestconfig.getoption("--database")
    if kind == "sqlite3":
        _locked_and_let_go(tmp_path)
        return
    port = free_port()
    with ExitStack() as stack:
        folder = stack.enter_context(server_folder())
        with ExitStack() as first:
            url = first.enter_context(SERVERS[kind](folder, port))
            where = {"GF_DATABASE_URL": shown(make_database(url, "comes_and_goes"))}
            base = stack.enter_context(belvedere(tmp_path, **where))
            assert save(base, "before") == 200
        reply = get(base, "/api/search")
        assert (reply.status_code, "try again" in reply.json()["message"]) == (503, True)
        assert get(base, "/api/health").status_code == 503
        assert get(base, "/d/before/x").status_code == 503
        assert save(base, "meanwhile") == 503
        stack.enter_context(SERVERS[kind](folder, port))
        wait_for(base + "/api/health")
        assert kept(base) >= {"before"}
        assert "meanwhile" not in kept(base)
        assert save(base, "after") == 200


def _locked_and_let_go(tmp_path: Path) -> None:
    """SQLite's way to be away: somebody else holds the lock on the file."""
    with belvedere(tmp_path) as base:
        assert save(base, "before") == 200
        other = sqlite3.connect(tmp_path / "data" / "belvedere.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert save(base, "meanwhile") == 503
        assert kept(base) >= {"before"}  # readers do not wait for a writer
        other.execute("ROLLBACK")
        other.close()
        assert save(base, "after") == 200
        assert "meanwhile" not in kept(base)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk to fill")
def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--database") != "sqlite3":
        pytest.skip("the disk of another server is its own matter")
    with small_disk(tmp_path / "disk", 8) as disk, belvedere(tmp_path, GF_PATHS_DATA=str(disk)) as base:
        filler = {"text": "x" * 400_000}
        statuses: list[int] = []
        while not statuses or statuses[-1] == 200:
            board = {"uid": f"f{len(statuses)}", "title": f"Full {len(statuses)}", "panels": [filler]}
            reply = post(base, "/api/dashboards/db", {"dashboard": board})
            statuses.append(reply.status_code)
            assert len(statuses) < 60
        assert statuses[-1] == 503
        assert "disk is full" in reply.json()["message"]
        saved = [f"f{n}" for n in range(len(statuses) - 1)]
        assert len(saved) > 3
        for uid in saved:
            assert get(base, f"/api/dashboards/uid/{uid}").json()["dashboard"]["panels"] == [filler]
        assert get(base, "/api/dashboards/uid/" + f"f{len(statuses) - 1}").status_code == 404


class Bad:
    """A server of data that misbehaves by path: answers 50 MB, never, in drips, or with a certificate of its own."""

    def __init__(self, folder: Path) -> None:
        self._open: list[socket.socket] = []
        self.plain = self._listen(None)
        certificate, key = self_signed(folder, "nobody")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.secure = self._listen(context)

    def _listen(self, context: ssl.SSLContext | None) -> str:
        listener = socket.create_server(("127.0.0.1", 0), backlog=400)
        self._open.append(listener)

        def accept() -> None:
            while True:
                try:
                    one, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=self._answer, args=(one, context), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        return f"{'https' if context else 'http'}://127.0.0.1:{listener.getsockname()[1]}"

    def _answer(self, one: socket.socket, context: ssl.SSLContext | None) -> None:
        try:
            if context is not None:
                one = context.wrap_socket(one, server_side=True)
            asked = one.recv(65536).decode("latin-1")
            if "/never/" in asked:
                time.sleep(120)
            elif "/drip/" in asked:
                one.sendall(
                    b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"status":"success","data":'
                )
                for _ in range(120):
                    one.sendall(b" ")
                    time.sleep(1)
            elif "/endless/" in asked:
                one.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                while True:
                    one.sendall(b"x" * 65536)
            else:
                body = (
                    b'{"status":"success","data":{"resultType":"matrix","result":[]},"x":"'
                    + b"y" * 50_000_000
                    + b'"}'
                )
                one.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                one.shutdown(socket.SHUT_WR)
                while one.recv(65536):  # what is left unread would cut off what is on its way
                    pass
        except OSError:
            pass
        finally:
            one.close()

    def close(self) -> None:
        for one in self._open:
            one.close()


@pytest.fixture
def bad(tmp_path: Path) -> Iterator[Bad]:
    made = Bad(tmp_path)
    yield made
    made.close()


def add_source(base: str, uid: str, url: str) -> None:
    body = {"name": uid, "uid": uid, "type": "prometheus", "access": "proxy", "url": url}
    assert post(base, "/api/datasources", body).status_code == 200


def panel(number: int, source: str, **more: Any) -> dict[str, Any]:
    target = {
        "refId": "A",
        "datasource": {"uid": source},
        "expr": "up",
        "scenarioId": "csv_metric_values",
        "stringInput": "1,2,3",
    }
    place = {"x": 0, "y": number * 4, "w": 12, "h": 4}
    return {
        "id": number,
        "type": "stat",
        "title": f"P{number}",
        "gridPos": place,
        "targets": [target],
        **more,
    }


def lines(reply: requests.Response) -> dict[str, dict[str, Any]]:
    found = [json.loads(line) for line in reply.iter_lines()]
    return {line["panelId"]: line for line in found if "panelId" in line}


@pytest.mark.once
def test_sources_that_misbehave_are_faults_of_their_panels_alone(
    tmp_path: Path, store: dict[str, str], bad: Bad
) -> None:
    ways = {
        "never": "did not answer in time",
        "drip": "took too long",
        "endless": "larger than",
        "tls": "certificate",
    }
    with belvedere(tmp_path, GF_DATAPROXY_TIMEOUT="8", **store) as base:
        for way in (*ways, "big"):
            add_source(base, way, bad.secure + "/x" if way == "tls" else f"{bad.plain}/{way}")
        panels = [panel(i, way) for i, way in enumerate(ways, 1)] + [panel(8, "big"), panel(9, "testdata")]
        post(base, "/api/dashboards/db", {"dashboard": {"uid": "bad", "title": "Bad", "panels": panels}})
        found = lines(get(base, "/d/bad/panels?ids=1,2,3,4,8,9"))
        assert found["9"]["state"] == "done"
        assert found["8"]["state"] == "done", found["8"]["html"]  # 50 MB are many, and are read
        for i, words in enumerate(ways.values(), 1):
            assert (found[str(i)]["state"], words in found[str(i)]["html"]) == ("error", True), found[str(i)][
                "html"
            ]
        for way in ways:
            assert get(base, f"/api/datasources/uid/{way}/health").json()["status"] == "ERROR"


def test_large_dashboards(tmp_path: Path, store: dict[str, str]) -> None:
    with belvedere(tmp_path, **store) as base:
        heavy = {
            "uid": "heavy",
            "title": "Heavy",
            "panels": [panel(1, "testdata", description="x" * 5_000_000)],
        }
        assert post(base, "/api/dashboards/db", {"dashboard": heavy}).status_code == 200
        assert get(base, "/api/dashboards/uid/heavy").json()["dashboard"]["panels"] == heavy["panels"]
        many = {"uid": "many", "title": "Many", "panels": [panel(n, "testdata") for n in range(1, 1001)]}
        assert post(base, "/api/dashboards/db", {"dashboard": many}).status_code == 200
        assert get(base, "/d/many/x").text.count("data-panel-id=") == 1000
        wanted = ",".join(str(n) for n in range(1, 1001))
        found = lines(get(base, f"/d/many/panels?ids={wanted}"))
        assert {one["state"] for one in found.values()} == {"done"}
        assert len(found) == 1000


def test_many_open_streams_leave_room_for_others_and_end_when_their_clients_go(
    tmp_path: Path, store: dict[str, str], bad: Bad
) -> None:
    with belvedere(tmp_path, GF_DATAPROXY_TIMEOUT="6", **store) as base:
        add_source(base, "never", bad.plain + "/never")
        board = {"uid": "wait", "title": "Wait", "panels": [panel(1, "never"), panel(2, "testdata")]}
        post(base, "/api/dashboards/db", {"dashboard": board})
        token = requests.post(
            base + "/login", json={"user": "admin", "password": "admin"}, timeout=LIMIT
        ).cookies
        cookie = f"grafana_session={token['grafana_session']}"
        streams = [_stream(base, cookie) for _ in range(300)]
        for _ in range(5):
            assert get(base, "/api/health", timeout=10).status_code == 200
            assert get(base, "/d/sample-overview/x", timeout=10).status_code == 200
        assert save(base, "meanwhile") == 200
        for one in streams:
            one.close()  # they vanish in the middle
        until = time.monotonic() + LIMIT
        while (reply := get(base, "/d/sample-overview/panels?ids=1,7")).status_code == 503:
            assert time.monotonic() < until
            time.sleep(0.3)
        assert {one["state"] for one in lines(reply).values()} == {"done"}


def _stream(base: Served, cookie: str) -> socket.socket:
    host, port = base.removeprefix("http://").split(":")
    one = socket.create_connection((host, int(port)), timeout=LIMIT)
    one.sendall(
        f"GET /d/wait/panels?ids=1,2 HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookie}\r\n\r\n".encode()
    )
    return one
