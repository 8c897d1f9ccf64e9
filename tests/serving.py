"""Belvedere as it runs in production, in a process group of its own, for tests that need the real thing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.servers import free_port

ROOT = Path(__file__).parent.parent
ADMIN = ("admin", "admin")


def wait_for(url: str, seconds: float = 30, check: Any = None) -> None:
    """Ask until the answer is 200 (and check says so)."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            reply = requests.get(
                url, timeout=2, verify=False
            )  # certificates here are of the tests' own making
            if reply.status_code == 200 and (check is None or check(reply)):
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise AssertionError(f"{url} did not answer within {seconds} s")


@contextmanager
def running(command: list[str], log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            stdout=out,
            stderr=out,
            cwd=ROOT,
            env={**os.environ, **environment},
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=40)


class Served(str):
    """The address of a running server, with its process."""

    __slots__ = ("process",)

    process: "subprocess.Popen[bytes]"

    def workers(self) -> list[int]:
        """Return the process numbers of its workers."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(one) for one in path.read_text().split()]


@contextmanager
def belvedere(folder: Path, **settings: str) -> Iterator[Served]:
    """Serve as `make run` does, with data of its own; yield the address."""
    port = int(settings.get("GF_SERVER_HTTP_PORT") or free_port())
    environment = {
        "GF_SERVER_HTTP_ADDR": "127.0.0.1",
        "GF_SERVER_HTTP_PORT": str(port),
        "GF_PATHS_DATA": str(folder / "data"),
        "GF_BELVEDERE_SAMPLE_CONTENT": "true",
        **settings,
    }
    flask = [str(Path(sys.executable).parent / "flask"), "--app", "app", "serve"]
    with running(flask, folder / "server.log", **environment) as process:
        base = Served(f"{settings.get('GF_SERVER_PROTOCOL', 'http')}://127.0.0.1:{port}")
        base.process = process
        try:
            wait_for(base + "/api/health")
        except AssertionError as fault:
            raise AssertionError((folder / "server.log").read_text()) from fault
        yield base
