"""What a fresh server needs before its first request: a key, tables, an organisation, an administrator, samples."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import alembic.command
import alembic.config
import orjson
from sqlalchemy import Engine, inspect, select, text

from core import clock, crypto
from core.access import Actor, Credential, Role, grants_of
from core.settings import ROOT, Settings
from dashboards import document
from models import Base, Org, OrgUser, User, db
from models.session import transaction
from services import data_sources, orgs, saving


def secret_key(settings: Settings) -> str:
    """Return `security.secret_key`, or the key that this data folder made for itself."""
    given = settings.text("security", "secret_key")
    if given:
        return given
    path = settings.path("paths", "data") / "secret_key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text()


def alembic_config(migrations: Path) -> alembic.config.Config:
    """Return Alembic's view of our migrations."""
    config = alembic.config.Config()
    config.set_main_option("script_location", str(migrations))
    return config


def prepare(settings: Settings, migrations: Path) -> None:
    """Make the tables of a new database, or bring an older one up to date; of several servers one at a time."""
    settings.database_path.parent.mkdir(parents=True, exist_ok=True)
    bring_up(db.engine, migrations)


def bring_up(engine: Engine, migrations: Path) -> None:
    """Give a database the tables of today."""
    config = alembic_config(migrations)
    config.attributes["engine"] = engine
    with _alone(engine):
        if set(inspect(engine).get_table_names()):
            alembic.command.upgrade(config, "head")
            return
        if engine.dialect.name in {"mysql", "mariadb"}:
            with engine.begin() as connection:
                connection.execute(text("ALTER DATABASE CHARACTER SET utf8mb4"))
        Base.metadata.create_all(engine)
        alembic.command.stamp(config, "head")


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """Keep other servers that start at the same time waiting (SQLite has one server)."""
    take, give = {
        "postgresql": ("SELECT pg_advisory_lock(7241)", "SELECT pg_advisory_unlock(7241)"),
        "mysql": ("SELECT GET_LOCK('belvedere', 120)", "SELECT RELEASE_LOCK('belvedere')"),
    }.get("mysql" if engine.dialect.name == "mariadb" else engine.dialect.name, ("SELECT 1", "SELECT 1"))
    with engine.connect() as connection:
        connection.execute(text(take))
        try:
            yield
        finally:
            connection.execute(text(give))


def first_content(settings: Settings) -> None:
    """Make the first organisation and administrator where there is none, and the samples if they are asked for."""
    with _alone(db.engine):
        _first_content(settings)


def _first_content(settings: Settings) -> None:
    if db.session.scalar(select(Org.id).limit(1)):
        db.session.rollback()
        return
    password = crypto.hash_password(settings.text("security", "admin_password"))
    now = clock.now()
    with transaction() as session:
        session.add(Org(name=orgs.MAIN, created=now, updated=now))
        session.flush()
        org_id = int(session.scalars(select(Org.id)).one())
        if settings.flag("security", "disable_initial_admin_creation"):
            return
        login, email = settings.text("security", "admin_user"), settings.text("security", "admin_email")
        user = User(
            login=login,
            email=email,
            name="",
            password=password,
            org_id=org_id,
            is_admin=True,
            last_seen=now,
            created=now,
            updated=now,
        )
        session.add(user)
        session.flush()
        session.add(OrgUser(org_id=org_id, user_id=user.id, role=Role.ADMIN, created=now, updated=now))
        session.flush()
        if settings.flag("belvedere", "sample_content"):
            _samples(_as_admin(user, org_id))


def _as_admin(user: User, org_id: int) -> Actor:
    grants = grants_of(Role.ADMIN, server_admin=True)
    return Actor(
        user_id=user.id,
        account_id=user.id,
        login=user.login,
        org_id=org_id,
        role=Role.ADMIN,
        server_admin=True,
        credential=Credential.BASIC,
        grants=grants,
    )


def _samples(actor: Actor) -> None:
    data_sources.create(
        actor, data_sources.Wanted(name="TestData", type="testdata", uid="testdata", is_default=True)
    )
    for path in sorted((ROOT / "conf" / "samples").glob("*.json")):
        body: dict[str, Any] = orjson.loads(path.read_bytes())
        saving.save(actor, saving.Save(document.members(**body), message="Sample"))
