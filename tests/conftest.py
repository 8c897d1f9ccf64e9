"""Every test begins with the same database: a copy of a file that was made once, or (`--database`) what was put back
on a real server.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import URL, create_engine, event
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app import create_app
from core import settings as configuration
from core.settings import Settings
from models import db
from services import orgs, users
from tests.servers import SERVERS, Baseline, make_database, server_folder

# The same examples every time, so that a change is told by what it changes; HYPOTHESIS_PROFILE=random looks for new ones.
hypothesis.settings.register_profile("steady", derandomize=True, database=None)
hypothesis.settings.register_profile("random", derandomize=False)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
SECRET = {"GF_SECURITY_SECRET_KEY": "a key for tests", "GF_BELVEDERE_SAMPLE_CONTENT": "false"}
ROLES = ("viewer", "editor", "orgadmin")


# Making an application takes mostly what werkzeug takes to compile routes, which are the same in every test.
_compiled: dict[tuple[str, bool], Any] = {}
_compile = Rule._compile_builder


def _compile_once(rule: Rule, append_unknown: bool = True) -> Any:  # noqa: FBT002 - as werkzeug calls it
    key = rule.rule, append_unknown
    if key not in _compiled:
        _compiled[key] = _compile(rule, append_unknown)
    return _compiled[key]


Rule._compile_builder = _compile_once  # type: ignore[method-assign]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=["sqlite3", *SERVERS], default="sqlite3", help="where tests keep data"
    )


def settings_for(folder: Path, url: URL | None = None, **more: str) -> Settings:
    given = {"GF_DATABASE_URL": shown(url)} if url is not None else {}
    return configuration.load(environment={"GF_PATHS_DATA": str(folder), **SECRET, **given, **more})


def shown(url: URL) -> str:
    """Return an address as `database.url` has it."""
    kind = {"postgresql": "postgres"}.get(url.get_backend_name(), url.get_backend_name())
    return url.set(drivername=kind).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def database_server(pytestconfig: pytest.Config) -> Iterator[URL | None]:
    """A running server, or None for SQLite."""
    kind = pytestconfig.getoption("--database")
    if kind == "sqlite3":
        yield None
        return
    with server_folder() as folder, SERVERS[kind](folder) as url:
        yield url


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, database_server: URL | None) -> "Template":
    """A database with an organisation of each role's person, and another organisation beside it."""
    folder = tmp_path_factory.mktemp("template")
    url = make_database(database_server, "belvedere") if database_server is not None else None
    app = create_app(settings_for(folder, url))
    with app.app_context():
        made = {
            name: users.create(
                login=name,
                email=f"{name}@example.test",
                name=name.title(),
                password="secret",
                org_id=0,
                default_org=1,
                default_role="Viewer",
            )
            for name in ROLES
        }
        with_other = users.create(
            login="stranger",
            email="stranger@example.test",
            name="Stranger",
            password="secret",
            org_id=0,
            default_org=1,
            default_role="Viewer",
        )
        from core.access import Actor
        from models.session import transaction

        with transaction():
            orgs.change_role(1, made["editor"], "Editor")
            orgs.change_role(1, made["orgadmin"], "Admin")
            other = orgs.create("Other Org.", Actor(user_id=with_other))
            users.use_org(with_other, other)
            orgs.remove_member(1, with_other)
        db.engine.dispose()
    path = folder / "belvedere.db"
    if url is None:
        sqlite3.connect(path).execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return Template(path)
    return Template(path, url, Baseline(create_engine(url)))


@dataclass
class Template:
    """Where a test's database comes from: a file to copy, or a server to put things back on."""

    path: Path
    url: URL | None = None
    baseline: Baseline | None = None


@pytest.fixture
def make_app(template: Template, tmp_path: Path) -> Iterator[Any]:
    apps: list[Flask] = []
    if template.baseline is not None:
        template.baseline.restore()

    def make(**more: str) -> Flask:
        if template.url is None and not (tmp_path / "belvedere.db").exists():
            shutil.copy(template.path, tmp_path / "belvedere.db")
        apps.append(create_app(settings_for(tmp_path, template.url, **more)))
        return apps[-1]

    yield make
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def app(make_app: Any) -> Flask:
    made: Flask = make_app()
    return made


class Client:
    """A caller: `as_viewer().get(path)` and so on; admin is the server's administrator."""

    def __init__(self, inner: FlaskClient, login: str = "", password: str = "secret") -> None:
        self.inner = inner
        self.auth = (login, password) if login else None

    def _as(self, login: str, password: str = "secret") -> "Client":
        return Client(self.inner, login, password)

    def as_viewer(self) -> "Client":
        return self._as("viewer")

    def as_editor(self) -> "Client":
        return self._as("editor")

    def as_orgadmin(self) -> "Client":
        return self._as("orgadmin")

    def as_admin(self) -> "Client":
        return self._as("admin", "admin")

    def as_stranger(self) -> "Client":
        return self._as("stranger")

    def send(self, method: str, path: str, **more: Any) -> TestResponse:
        # Read to its end and closed, as a server does: what a stream holds is given back.
        reply: TestResponse = self.inner.open(
            path, method=method, auth=self.auth, **{"buffered": True, **more}
        )
        return reply

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.send("GET", path, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> TestResponse:
        return self.send("POST", path, **({"json": json} if json is not None else {}), **more)

    def put(self, path: str, json: Any = None, **more: Any) -> TestResponse:
        return self.send("PUT", path, json=json, **more)

    def patch(self, path: str, json: Any = None, **more: Any) -> TestResponse:
        return self.send("PATCH", path, json=json, **more)

    def delete(self, path: str, **more: Any) -> TestResponse:
        return self.send("DELETE", path, **more)

    def sign_in(self, login: str, password: str = "secret") -> FlaskClient:
        """Return a browser with a session."""
        assert self.inner.post("/login", json={"user": login, "password": password}).status_code == 200
        return self.inner


@pytest.fixture
def client(app: Flask) -> Client:
    return Client(app.test_client())


@pytest.fixture
def make_dashboard(client: Client) -> Any:
    """Save a dashboard as an editor of the organisation, or (org="other") as the stranger of the other one."""

    def make(org: str = "own", **members: Any) -> dict[str, Any]:
        who = client.as_stranger() if org == "other" else client.as_editor()
        body = {"title": "Board", "uid": "board", "panels": [], **members}
        reply = who.post("/api/dashboards/db", {"dashboard": body})
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.get_json()
        return found

    return make


@pytest.fixture
def count_queries(app: Flask) -> Any:
    @contextmanager
    def counting(at_most: int) -> Iterator[list[str]]:
        seen: list[str] = []
        with app.app_context():
            engine = db.engine

        def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)
        selects = [one for one in seen if one.startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))]
        assert len(selects) <= at_most, "\n".join(selects)

    return counting


@pytest.fixture
def testdata(client: Client) -> str:
    """The uid of a TestData source."""
    reply = client.as_orgadmin().post(
        "/api/datasources", {"name": "TestData", "type": "testdata", "uid": "td", "isDefault": True}
    )
    assert reply.status_code == 200
    return "td"
