"""Dashboards from files: made and changed as their files are, gone when those are gone."""

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select

from core.access import Actor
from core.errors import DomainError
from core.settings import ROOT
from dashboards import document
from models import Dashboard, ProvisionedBoard, db
from models.base import table
from models.session import transaction
from services import dashboards, folders, saving, trash
from services.provisioning.files import BadFile, flag, number, word

Acting = Callable[[int], Actor]
LEAST_S, EVERY_S = 3, 10
_due: dict[tuple[int, str], float] = {}
# Files as they were when they were brought last: such a one need not be read again.
_brought: dict[tuple[int, str, Path], tuple[int, int]] = {}
_P = table(ProvisionedBoard).c


@dataclass(frozen=True)
class Provider:
    """Where dashboards come from, and how they are kept."""

    name: str
    org_id: int
    path: Path
    folder: str
    folder_uid: str
    by_folders: bool
    may_delete: bool
    may_edit: bool
    every_s: int


def provider_of(entry: dict[str, Any]) -> Provider:
    """Read a provider. Raises BadFile."""
    options = entry.get("options") or {}
    if not isinstance(options, dict):
        raise BadFile("options are names with values")
    kind, path = word(entry, "type", "file") or "file", word(options, "path") or word(options, "folder")
    if kind != "file" or not path:
        raise BadFile("a provider has the type file and options.path")
    by_folders = flag(options, "foldersFromFilesStructure")
    if by_folders and (word(entry, "folder") or word(entry, "folderUid")):
        raise BadFile("with foldersFromFilesStructure there is no folder and no folderUid")
    return Provider(
        name=word(entry, "name") or path, org_id=number(entry, "orgId", 1) or 1, path=ROOT / Path(path).expanduser(),
        folder=word(entry, "folder"), folder_uid=word(entry, "folderUid"), by_folders=by_folders,
        may_delete=not flag(entry, "disableDeletion"), may_edit=flag(entry, "allowUiUpdates"),
        every_s=max(LEAST_S, number(entry, "updateIntervalSeconds", EVERY_S)),
    )  # fmt: skip


def apply(entry: dict[str, Any], acting: Acting, *, due_only: bool) -> list[str]:
    """Bring a provider's dashboards in line with its files; return what could not be done. Raises BadFile."""
    provider = provider_of(entry)
    now, key = time.monotonic(), (provider.org_id, provider.name)
    if due_only and now < _due.get(key, 0):
        return []
    _due[key] = now + provider.every_s
    actor, wrong = acting(provider.org_id), []
    known = {
        row.path: row
        for row in db.session.execute(
            select(table(ProvisionedBoard)).where(_P.org_id == actor.org_id, _P.provider == provider.name)
        )
    }
    db.session.rollback()
    if not provider.path.is_dir():
        return [f"{provider.name}: {provider.path} is no folder; nothing is deleted"]
    seen: set[str] = set()
    for path in _files(provider.path):
        name = str(path.relative_to(provider.path))
        seen.add(name)
        try:
            state, stamp = path.stat(), (*key, path)
            as_before = _brought.get(stamp) == (state.st_mtime_ns, state.st_size)
            if due_only and as_before and name in known:
                continue
            _bring(actor, provider, path, name, known.get(name))
            _brought[stamp] = state.st_mtime_ns, state.st_size
        except (BadFile, DomainError, OSError) as fault:
            wrong.append(f"{provider.name}: {path}: {fault}")
    for name, row in known.items():
        if name not in seen:
            _gone(actor, provider, row)
    return wrong


def _files(folder: Path) -> Iterator[Path]:
    """Yield the JSON files below a folder; what begins with a dot is not looked at."""
    for path in sorted(folder.rglob("*.json")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith(".") for part in parts):
            yield path


def _bring(actor: Actor, provider: Provider, path: Path, key: str, row: Any) -> None:
    data = path.read_bytes()
    folder = _folder_path(provider, path)
    checksum = hashlib.sha256(data + f"\0{'/'.join(folder)}\0{provider.folder_uid}".encode()).hexdigest()
    if row is not None and row.checksum == checksum and row.locked is (not provider.may_edit):
        return
    body = document.read(data)
    facts = document.facts(body)
    body.pop("version", None)
    if not facts.uid:
        uid = hashlib.sha256(f"{provider.name}\0{key}".encode()).hexdigest()[:14]
        body |= document.members(uid=uid)
    body.pop("id", None)
    with transaction():
        _check_owner(actor, provider, document.facts(body).uid, key)
        folder_uid = _folder_uid(actor, provider, folder)
        wanted = saving.Save(body, folder_uid=folder_uid, overwrite=True, message=f"From {key}")
        saved = saving.save(actor, wanted, provisioned=True)
        db.session.execute(delete(ProvisionedBoard).where(ProvisionedBoard.dashboard_id == saved.id))
        db.session.execute(
            insert(table(ProvisionedBoard)).values(
                org_id=actor.org_id,
                dashboard_id=saved.id,
                provider=provider.name,
                path=key,
                checksum=checksum,
                locked=not provider.may_edit,
            )
        )


def _check_owner(actor: Actor, provider: Provider, uid: str, key: str) -> None:
    """Refuse a file whose uid is another file's. Raises BadFile."""
    query = (
        select(_P.path, _P.provider)
        .join(table(Dashboard), table(Dashboard).c.id == _P.dashboard_id)
        .where(_P.org_id == actor.org_id, table(Dashboard).c.uid == uid)
    )
    other = db.session.execute(query).first()
    if (
        other is not None
        and (other.provider, other.path) != (provider.name, key)
        and (provider.path / other.path).exists()
    ):
        raise BadFile(f"its uid {uid} is that of {other.path}")


def _folder_path(provider: Provider, path: Path) -> tuple[str, ...]:
    """Return the titles of the folders that a file's dashboard is in, the outermost first."""
    if provider.by_folders:
        return path.parent.relative_to(provider.path).parts
    return (provider.folder,) if provider.folder and provider.folder.lower() != "general" else ()


def _folder_uid(actor: Actor, provider: Provider, titles: tuple[str, ...]) -> str:
    """Return the uid of the innermost of some folders, which are made where they are not there."""
    number, uid = 0, ""
    for title in titles:
        query = select(Dashboard.id, Dashboard.uid).where(
            Dashboard.org_id == actor.org_id, Dashboard.is_folder, Dashboard.folder_id == number, Dashboard.title == title
        )  # fmt: skip
        found = db.session.execute(query).first() or folders.create(actor, title, provider.folder_uid, uid)
        number, uid = found.id, found.uid
    return uid


def _gone(actor: Actor, provider: Provider, row: Any) -> None:
    """Delete a dashboard whose file is gone, or (where nothing is to be deleted) let go of it."""
    with transaction():
        if provider.may_delete:
            trash.remove(actor, dashboards.find_by_id(actor, row.dashboard_id), provisioned=True)
        else:
            db.session.execute(delete(ProvisionedBoard).where(ProvisionedBoard.id == row.id))
