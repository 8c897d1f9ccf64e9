"""What a fresh server needs before its first request: a key, tables, an organisation, an administrator, samples."""

import secrets
from pathlib import Path
from typing import Any

import alembic.command
import alembic.config
import orjson
from sqlalchemy import inspect, select

from core import clock, crypto
from core.access import Actor, Credential, Role, grants_of
from core.settings import ROOT, Settings
from dashboards import document
from models import Base, Org, OrgUser, User, db
from models.session import transaction
from services import dashboards, data_sources, orgs


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
    """Make the tables of a new database, or bring an older one up to date."""
    settings.database_path.parent.mkdir(parents=True, exist_ok=True)
    config = alembic_config(migrations)
    with db.engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
    config.attributes["engine"] = db.engine
    if not tables:
        Base.metadata.create_all(db.engine)
        alembic.command.stamp(config, "head")
    else:
        alembic.command.upgrade(config, "head")


def first_content(settings: Settings) -> None:
    """Make the first organisation and administrator where there is none, and the samples if they are asked for."""
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
        dashboards.save(actor, dashboards.Save(document.members(**body), message="Sample"))
