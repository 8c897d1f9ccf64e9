"""The only code that commits.

SQLite gets its transactions spelled out: the driver's own default begins them late and loses updates, a plain BEGIN
answers "locked" to the second writer. Writers take the lock at once (BEGIN IMMEDIATE) and wait for it; readers see one
snapshot (WAL).
"""

import fcntl
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Executable, event
from sqlalchemy.orm import Session

from models.base import db

_writing: ContextVar[bool] = ContextVar("writing", default=False)
BUSY_MS = 10_000
_queue = threading.Lock()


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None  # BEGIN is ours, below
        for pragma in (f"busy_timeout={BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


@contextmanager
def _turn(session: Session) -> Iterator[None]:
    """Wait for this writer's turn on SQLite, which takes one at a time and has no queue, so that some starve.

    Threads queue for a lock, processes for a file; whoever dies leaves both.
    """
    bind = session.get_bind()
    path = bind.engine.url.database if bind.dialect.name == "sqlite" else None
    if not path or not _queue.acquire(timeout=BUSY_MS / 1000):
        yield  # another server, or SQLite's own waiting (and its "locked") decides
        return
    try:
        with Path(path + "-turn").open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
    finally:
        _queue.release()


@contextmanager
def transaction(*, write: bool = True, separate: bool = False) -> Iterator[Session]:
    """Run the block in one transaction: committed at its end, rolled back if it raises.

    write: take SQLite's write lock from the start. separate: a session of its own, for what must survive a refusal.
    """
    session: Session = (
        Session(db.engine, expire_on_commit=False, autoflush=False) if separate else db.session()
    )
    if write and session.in_transaction():
        session.rollback()  # a read that went before (who is asking) must not hold its older snapshot
    mark = _writing.set(write)
    try:
        with _turn(session) if write else nullcontext():
            yield session
            session.commit()
    except BaseException:
        session.rollback()
        session.info.pop("after_commit", None)
        raise
    finally:
        _writing.reset(mark)
        if separate:
            session.close()
    for effect in session.info.pop("after_commit", ()):
        effect()


def fetch(statement: Executable, **values: Any) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement that was made once (with bindparams) and return its rows as tuples with names.

    Hot reads come this way: making a statement anew costs several times what SQLite takes to answer it.
    """
    return db.session.connection().execute(statement, values)


def after_commit(effect: Callable[[], None]) -> None:
    """Run an in-memory effect once the present transaction has been committed."""
    db.session.info.setdefault("after_commit", []).append(effect)
