"""Several dashboards and folders at once: all of them, or (where one refuses) none; the caller's transaction decides."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from core.access import Actor
from core.errors import BadRequest, DomainError, Forbidden
from dashboards import document
from services import dashboards, folders, nesting, saving, trash

MOST = 500


class Nothing(BadRequest):
    """Nothing was chosen, or too much."""

    traced = False
    message = f"Choose at least one dashboard or folder, and at most {MOST}"


def _chosen(actor: Actor, uids: Sequence[str]) -> list[Any]:
    """Return what is there of some uids, folders first, so that what is in them need not be looked at."""
    names = list(dict.fromkeys(uids))
    if not 0 < len(names) <= MOST:
        raise Nothing
    rows = [dashboards.find_by_uid(actor, uid) for uid in names]
    return sorted(rows, key=lambda row: (not row.is_folder, len(row.above or "")))


@contextmanager
def _naming(row: Any) -> Iterator[None]:
    """Let a refusal say which one it is about."""
    try:
        yield
    except DomainError as fault:
        fault.text = f"{row.title}: {fault.text}"
        raise


def move(actor: Actor, uids: Sequence[str], folder_uid: str) -> int:
    """Move dashboards and folders into a folder ("" General); return how many were elsewhere before.

    Raises Nothing, DashboardNotFound, and what a save or a folder's move raises.
    """
    moved = 0
    for row in _chosen(actor, uids):
        if (row.folder_uid or "") == folder_uid:
            continue
        with _naming(row):
            if row.is_folder:
                _require(actor, "folders:write", row)
                folders.move(actor, row, folder_uid)
            else:
                _place(actor, row, folder_uid)
        moved += 1
    return moved


def _place(actor: Actor, row: Any, folder_uid: str) -> None:
    """Save a dashboard as it is in another folder, as a version of its own."""
    body = document.read(row.body.encode()) | document.members(id=row.id, uid=row.uid, version=row.version)
    wanted = saving.Save(body, folder_uid=folder_uid, message="Moved to another folder")
    saving.save(actor, wanted)


def remove(actor: Actor, uids: Sequence[str]) -> int:
    """Put dashboards and folders into the trash; return how many were chosen. Raises Nothing, DashboardNotFound, Forbidden."""
    rows = _chosen(actor, uids)
    gone: set[int] = set()
    for row in rows:
        if gone.intersection(nesting.around(row)):
            continue  # it went with its folder
        with _naming(row):
            _require(actor, "folders:delete" if row.is_folder else "dashboards:delete", row)
            trash.remove(actor, row)
        gone.add(row.id)
    return len(rows)


def _require(actor: Actor, action: str, row: Any) -> None:
    if not dashboards.may(actor, action, row):
        raise Forbidden("you may not change it")
