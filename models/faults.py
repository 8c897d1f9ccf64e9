"""What a database's own faults mean: whether trying again helps at once, later, or not at all."""

import sqlite3

from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError, TimeoutError  # noqa: A004 - the pool's

# MySQL: lock wait timeout, deadlock. PostgreSQL: serialization failure, deadlock.
_AGAIN_MYSQL, _AGAIN_POSTGRES = {1205, 1213}, {"40001", "40P01"}
# MySQL: too many connections, shutdown, read-only, disk full, refused, gone, lost. 1044 to 1049: no such user or database.
_GONE_MYSQL = {1021, 1040, 1044, 1045, 1049, 1053, 1114, 1290, 1927, 2002, 2003, 2006, 2013, 2055}
_GONE_SQLITE = ("locked", "busy", "full", "unable to open", "disk i/o", "readonly")


class Overtaken(Exception):
    """Another writer came first, and the same transaction may well succeed if it is run once more.

    refusal: what to answer where that has been tried often enough.
    """

    def __init__(self, refusal: Exception) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def can_repeat(fault: DBAPIError) -> bool:
    """Say whether the same transaction may well succeed if it is run once more at once."""
    cause = fault.orig
    if getattr(cause, "sqlstate", None) in _AGAIN_POSTGRES:
        return True
    return _number(cause) in _AGAIN_MYSQL


def trouble(fault: Exception) -> str:
    """Return words for a database that cannot be asked now; "" where the fault is another."""
    if isinstance(fault, TimeoutError):
        return "All connections to the database are taken; try again"
    if not isinstance(fault, DBAPIError):
        return ""
    text = str(fault.orig).lower()
    if isinstance(fault.orig, sqlite3.Error):
        if not any(word in text for word in _GONE_SQLITE):
            return ""
        return "The disk is full; nothing was saved" if "full" in text else "The database is busy; try again"
    if can_repeat(fault):
        return "The database is busy; try again"
    gone = fault.connection_invalidated or isinstance(fault, InterfaceError)
    number = _number(fault.orig)  # 0: PostgreSQL's faults of this class are all of a server that is away
    if gone or (isinstance(fault, OperationalError) and (not number or number in _GONE_MYSQL)):
        return "The database does not answer; try again"
    return ""


def unstorable(fault: Exception) -> bool:
    """Say whether a value was too long for its column, or holds what the database cannot keep."""
    return isinstance(fault, DataError | OverflowError)


def _number(cause: BaseException | None) -> int:
    """Return MySQL's number of a fault; 0 for other servers."""
    first = cause.args[0] if cause is not None and cause.args else 0
    return first if isinstance(first, int) else 0
