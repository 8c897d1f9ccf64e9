"""All that an instance holds, as files, and back: dashboards as they are stored, everything else a row a line.

belvedere.json                                     which form the files have
dashboards/<organization>/<folder>/…/<title>.<uid>.json   dashboards, byte for byte; dashboard provisioning reads them too
tables/<table>.jsonl                               the rows of a table, by number; secrets stay encrypted
"""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Table, delete, func, insert, select

from core.crypto import Undecryptable, Vault
from core.version import VERSION
from models import Base, Dashboard, DashboardTag, DataSource, Org, User, audit, db
from models.base import kept_tables, table, typed
from models.counters import number_on
from models.session import transaction
from services import nesting, title_index

FORM, MANIFEST, TABLES, BOARDS = 1, "belvedere.json", "tables", "dashboards"
BATCH = 500
# What lives for hours, or is somebody's unsaved work.
LEFT_OUT = frozenset(
    {"auth_session", "draft", "draft_step", "invitation", "login_attempt", "outbox_message", "reset_code"}
)
Show = Callable[[str, int, int], None]
_ODD = re.compile(r"[\x00-\x1f/\\:*?\"<>|]+")


class Refused(Exception):
    """The folder cannot be written to or read from, or this server holds something already; the text says which."""


def _tables() -> list[Table]:
    return [one for one in kept_tables() if one.name not in LEFT_OUT]


# Writing ------------------------------------------------------------------------------------------------------------


def write(folder: Path, show: Show) -> dict[str, int]:
    """Write everything, in place of a former export; return how many rows of each table. Raises Refused."""
    _prepare(folder)
    with transaction(write=False):
        counts = {one.name: _write_table(folder, one, show) for one in _tables()}
    _sign(folder, complete=True)
    return counts


def _sign(folder: Path, *, complete: bool) -> None:
    manifest = {"form": FORM, "version": VERSION, "complete": complete}
    (folder / MANIFEST).write_bytes(orjson.dumps(manifest, option=orjson.OPT_APPEND_NEWLINE))


def _prepare(folder: Path) -> None:
    if folder.exists() and (
        not folder.is_dir() or (any(folder.iterdir()) and not (folder / MANIFEST).exists())
    ):
        raise Refused(f"{folder} holds something else; name a new folder, or one of an earlier export")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # hashes of passwords and keys are in it
    _sign(folder, complete=False)  # one that was cut off is none, and makes room for the next
    for name in (TABLES, BOARDS):
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).mkdir()


def _write_table(folder: Path, one: Table, show: Show) -> int:
    total = db.session.scalar(select(func.count()).select_from(one)) or 0
    done = 0
    places = _places() if one is table(Dashboard) else None
    with (folder / TABLES / f"{one.name}.jsonl").open("wb") as file:
        for rows in _batches(one):
            for row in rows:
                kept = row if places is None else _apart(folder, places, row)
                file.write(orjson.dumps(kept, option=orjson.OPT_APPEND_NEWLINE))
            done += len(rows)
            show(one.name, done, total)
    return done


def _batches(one: Table) -> Iterator[list[dict[str, Any]]]:
    last = 0
    while True:
        query = select(one).where(one.c.id > last).order_by(one.c.id).limit(BATCH)
        rows = [dict(row) for row in db.session.execute(query).mappings()]
        if not rows:
            return
        yield rows
        last = rows[-1]["id"]


def _places() -> Callable[[dict[str, Any]], Path]:
    """Return what says in which folder the file of a dashboard is."""
    orgs = {row.id: _file_name(row.name) for row in db.session.execute(select(Org.id, Org.name))}
    board = table(Dashboard).c
    folders = db.session.execute(select(board.id, board.title).where(board.is_folder)).all()
    outer = nesting.paths([row.id for row in folders])
    titles = {
        row.id: [*(_file_name(step.title) for step in outer.get(row.id, ())), _file_name(row.title)]
        for row in folders
    }
    return lambda row: Path(
        f"{row['org_id']}-{orgs.get(row['org_id'], '')}", *titles.get(row["folder_id"], ())
    )


def _file_name(title: str) -> str:
    return _ODD.sub("_", title).strip(" .")[:100] or "_"


def _apart(folder: Path, places: Callable[[dict[str, Any]], Path], row: dict[str, Any]) -> dict[str, Any]:
    """Write a dashboard to a file of its own and return its row with the file's name; folders have no file."""
    if row["is_folder"]:
        return row
    body = row.pop("body")
    path = places(row) / f"{_file_name(row['title'])}.{row['uid']}.json"
    (folder / BOARDS / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / BOARDS / path).write_bytes(body.encode())
    return {**row, "file": path.as_posix()}


# Reading ------------------------------------------------------------------------------------------------------------


def read(folder: Path, vault: Vault, written_with: Vault, show: Show) -> dict[str, int]:
    """Bring everything back, into a server that holds nothing yet: all of it, or nothing. Raises Refused.

    written_with: what opens the secrets of the files, where their server had another secret key.
    """
    _check(folder)
    with audit.acting(audit.SILENT), transaction():
        if not _is_fresh():
            raise Refused(
                "This server holds dashboards, data sources or people already; use an empty database"
            )
        for one in reversed(Base.metadata.sorted_tables):
            db.session.execute(delete(one))
        counts = {one.name: _read_table(folder, one, show) for one in _tables()}
        _seal_again(vault, written_with)
        number_on(db.session.connection())
        title_index.rebuild(db.session.connection())
        _file_tags()
    return counts


def _check(folder: Path) -> None:
    try:
        manifest = orjson.loads((folder / MANIFEST).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        raise Refused(f"{folder} holds no export") from None
    if not isinstance(manifest, dict) or manifest.get("form") != FORM:
        raise Refused(f"{folder} was written by a newer version: {manifest}")
    if manifest.get("complete") is not True:
        raise Refused(f"The export in {folder} was cut off; write it again")


def _is_fresh() -> bool:
    """Say whether there is nothing but the first organisation and its administrator."""
    counts = [
        db.session.scalar(select(func.count()).select_from(table(one)))
        for one in (Dashboard, DataSource, Org, User)
    ]
    return counts[:2] == [0, 0] and counts[2] == 1 and (counts[3] or 0) <= 1


def _read_table(folder: Path, one: Table, show: Show) -> int:
    path = folder / TABLES / f"{one.name}.jsonl"
    if not path.exists():
        return 0  # written by a version that had no such table
    done = 0
    with path.open("rb") as file:
        rows: list[dict[str, Any]] = []
        for number, line in enumerate(file, 1):
            rows.append(_row(folder, one, line, f"{path}:{number}"))
            if len(rows) == BATCH:
                done += _insert(one, rows)
                show(one.name, done, done)
                rows = []
        done += _insert(one, rows)
    show(one.name, done, done)
    return done


def _row(folder: Path, one: Table, line: bytes, where: str) -> dict[str, Any]:
    try:
        row = orjson.loads(line)
        if "file" in row and one is table(Dashboard):
            path = (folder / BOARDS / row.pop("file")).resolve()
            if not path.is_relative_to((folder / BOARDS).resolve()):
                raise Refused(f"{where}: the file is outside of the export")
            row["body"] = path.read_bytes().decode()
        unknown = sorted(set(row) - set(one.c.keys()))
        if unknown:
            raise Refused(f"{where}: there is no column {', '.join(unknown)} here")
        return typed(one, row)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as fault:
        raise Refused(f"{where}: {fault}") from None


def _insert(one: Table, rows: list[dict[str, Any]]) -> int:
    if rows:
        db.session.execute(insert(one), rows)
    return len(rows)


def _file_tags() -> None:
    """Have tags say in which folder their dashboard is, which files of older versions do not."""
    board, tag = table(Dashboard).c, table(DashboardTag)
    place = select(board.folder_id).where(board.id == tag.c.dashboard_id).scalar_subquery()
    db.session.execute(tag.update().values(folder_id=place))


def _seal_again(vault: Vault, written_with: Vault) -> None:
    """Encrypt the secrets of data sources with this server's key. Raises Refused."""
    source = table(DataSource)
    kept = db.session.execute(
        select(source.c.id, source.c.name, source.c.sealed).where(source.c.sealed != "")
    )
    for row in kept.all():
        try:
            members = written_with.open(row.sealed)
        except (Undecryptable, ValueError):
            raise Refused(
                f"The secrets of the data source {row.name} do not open: name the security.secret_key of the server "
                "that the files come from"
            ) from None
        if vault is not written_with:
            change = source.update().where(source.c.id == row.id).values(sealed=vault.seal(members))
            db.session.execute(change)
