"""Data sources and dashboards from files, as `paths.provisioning` holds them: read at start, on request, and when they change."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from core.access import Actor, Credential, Role, grants_of
from core.errors import DomainError
from core.settings import Settings
from models import Org, audit, db
from services.provisioning import boards, data_sources
from services.provisioning.files import BadFile, configurations, mappings_of

log = logging.getLogger("belvedere.provisioning")
_turn = threading.Lock()
_said: dict[Path, frozenset[str]] = {}


def _actor(org_id: int) -> Actor:
    """Return who provisions: nobody in particular, who may do everything in an organisation. Raises BadFile."""
    name = db.session.scalar(select(Org.name).where(Org.id == org_id))
    if name is None:
        raise BadFile(f"there is no organization {org_id}")
    grants = grants_of(Role.ADMIN, server_admin=False)
    return Actor(
        login="provisioning",
        org_id=org_id,
        org_name=name,
        role=Role.ADMIN,
        credential=Credential.BASIC,
        grants=grants,
    )


def read_sources(settings: Settings) -> list[str]:
    """Make, change and delete data sources as files say; return what is wrong with them, a line each."""
    return _each(_folder(settings, "datasources"), lambda content: data_sources.apply(content, _actor))


def read_boards(settings: Settings, *, due_only: bool = False) -> list[str]:
    """Make, change and delete dashboards as files say; return what is wrong with them. due_only: where it is time to look."""

    def provider(content: Any) -> list[str]:
        wrong: list[str] = []
        for one in mappings_of(content, "providers"):
            wrong += boards.apply(one, _actor, due_only=due_only)
        return wrong

    return _each(_folder(settings, "dashboards"), provider)


def _folder(settings: Settings, kind: str) -> Path:
    return settings.path("paths", "provisioning") / kind


def _each(folder: Path, do: Callable[[Any], list[str]]) -> list[str]:
    wrong: list[str] = []
    with _turn, audit.acting(audit.Who(name="provisioning")):
        for path, content in configurations(folder, wrong):
            try:
                wrong += [f"{path}: {one}" for one in do(content)]
            except (BadFile, DomainError) as fault:
                wrong.append(f"{path}: {fault}")
            except SQLAlchemyError as fault:
                db.session.rollback()
                wrong.append(f"{path}: {getattr(fault, 'orig', fault)}")
    db.session.remove()
    for one in wrong:
        if one not in _said.get(folder, ()):  # what stays wrong is said once
            log.warning("%s", one)
    _said[folder] = frozenset(wrong)
    return wrong


def at_start(settings: Settings) -> None:
    """Read all files; what is wrong with one is said in the log and holds nothing else up."""
    read_sources(settings)
    read_boards(settings)
