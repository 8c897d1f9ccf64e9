"""Real database servers for tests, started in folders of their own on free ports of loopback."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Table,
    create_engine,
    exists,
    literal,
    select,
    text,
    union_all,
)

from models.engine import address


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _as(user: str) -> list[str]:
    """Database servers refuse to run as root; where tests do, the package's own user runs them."""
    return ["runuser", "-u", user, "--"] if os.geteuid() == 0 else []


def _program(name: str) -> str:
    found = shutil.which(name) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), None
    )
    assert found, f"no {name}: apt-get install postgresql mariadb-server"
    return found


@contextmanager
def _served(command: list[str], folder: Path, url: URL, stop: signal.Signals) -> Iterator[URL]:
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, start_new_session=True)
        try:
            _wait(process, url, folder)
            yield url
        finally:
            os.killpg(process.pid, stop)
            process.wait(timeout=60)


def _wait(process: "subprocess.Popen[bytes]", url: URL, folder: Path) -> None:
    engine = create_engine(url)
    until = time.monotonic() + 60
    while True:
        try:
            with engine.connect():
                break
        except Exception as fault:
            if time.monotonic() > until or process.poll() is not None:
                raise AssertionError((folder / "server.log").read_text()) from fault
            time.sleep(0.2)
    engine.dispose()


@contextmanager
def postgres(folder: Path, port: int = 0) -> Iterator[URL]:
    """Start PostgreSQL; a folder that holds a cluster is taken up again."""
    port = port or free_port()
    data = folder / "data"
    _owned(folder, "postgres")
    if not data.exists():
        made = [
            *_as("postgres"),
            _program("initdb"),
            "-D",
            str(data),
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
        ]
        subprocess.run([*made, "--locale=C.UTF-8"], check=True, capture_output=True, cwd=folder)
    options = [
        "-p",
        str(port),
        "-k",
        str(folder),
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "max_connections=200",
    ]
    command = [*_as("postgres"), _program("postgres"), "-D", str(data), *options]
    with _served(
        command, folder, address(f"postgres://postgres@127.0.0.1:{port}/postgres"), signal.SIGINT
    ) as url:
        yield url


@contextmanager
def mariadb(folder: Path, port: int = 0) -> Iterator[URL]:
    """Start MariaDB; a folder that holds its data is taken up again."""
    port = port or free_port()
    data = folder / "data"
    _owned(folder, "mysql")
    if not data.exists():
        made = [
            "--no-defaults",
            f"--datadir={data}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        ]
        install = [*_as("mysql"), _program("mariadb-install-db"), *made]
        # Two that begin at once would give their temporary tables the same names in one folder.
        subprocess.run(
            install, check=True, capture_output=True, cwd=folder, env={**os.environ, "TMPDIR": str(folder)}
        )
    options = [
        f"--datadir={data}",
        f"--port={port}",
        "--bind-address=127.0.0.1",
        f"--socket={folder / 'socket'}",
        f"--tmpdir={folder}",
    ]
    command = [*_as("mysql"), _program("mariadbd"), "--no-defaults", *options, "--max-connections=200"]
    with _served(command, folder, address(f"mysql://root@127.0.0.1:{port}/mysql"), signal.SIGTERM) as url:
        yield url


def _owned(folder: Path, user: str) -> None:
    if os.geteuid() == 0:
        shutil.chown(folder, user)


@contextmanager
def server_folder() -> Iterator[Path]:
    """Make a folder that the package's own user can reach; pytest's are for who runs the tests alone."""
    with tempfile.TemporaryDirectory(prefix="belvedere-tests-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def self_signed(folder: Path, name: str = "localhost") -> tuple[Path, Path]:
    """Make a certificate that nobody vouches for; return it and its key."""
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    certificate, key = folder / "cert.pem", folder / "key.pem"
    files = ["-keyout", str(key), "-out", str(certificate), "-subj", f"/CN={name}"]
    subprocess.run([*made, *files], check=True, capture_output=True)
    return certificate, key


SERVERS = {"postgres": postgres, "mysql": mariadb}


def make_database(url: URL, name: str) -> URL:
    """Make an empty database on a server."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        force = (
            " WITH (FORCE)" if engine.dialect.name == "postgresql" else ""
        )  # an app of an earlier test may still look
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}{force}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return url.set(database=name)


class Baseline:
    """What a test's database holds at its beginning, put back before each test."""

    def __init__(self, engine: Engine) -> None:
        from models import Base

        self._engine = engine
        self._tables = Base.metadata.sorted_tables
        with engine.connect() as connection:
            self._rows = {
                one.name: [dict(row._mapping) for row in connection.execute(one.select())]
                for one in self._tables
            }

    def restore(self) -> None:
        """Empty the tables that were written to (all of them take a fifth of a second), and number rows from 1 again."""
        from models import audit

        with audit.acting(audit.SILENT), self._engine.begin() as connection:
            used = self._used(connection)
            for table in reversed(used):
                connection.execute(table.delete())
            for table in used:
                rows = self._rows[table.name]
                if "id" in table.c:
                    self._number(connection, table, max((row["id"] for row in rows), default=0))
                if rows:
                    connection.execute(table.insert(), rows)

    def _used(self, connection: Connection) -> list[Table]:
        """Return the tables that have rows, or had some, each after those that it points at."""
        if self._engine.dialect.name == "postgresql":
            counters = text(
                "SELECT replace(sequencename, '_id_seq', '') FROM pg_sequences WHERE last_value > 0"
            )
        else:
            counters = text(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND auto_increment > 1"
            )
        full = union_all(
            *(select(literal(one.name)).where(exists().select_from(one)) for one in self._tables)
        )
        names = {*connection.execute(counters).scalars(), *connection.execute(full).scalars()}
        return [one for one in self._tables if one.name in names]

    def _number(self, connection: Connection, table: Table, most: int) -> None:
        """Have the next row come after a number."""
        quoted = self._engine.dialect.identifier_preparer.quote(table.name)
        if self._engine.dialect.name == "postgresql":
            counter = f"pg_get_serial_sequence('{quoted}', 'id')"
            connection.execute(text(f"SELECT setval({counter}, {max(1, most)}, {most > 0})"))
        else:
            connection.execute(text(f"ALTER TABLE {quoted} AUTO_INCREMENT = {most + 1}"))
