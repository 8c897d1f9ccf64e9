"""`flask database …`: what is done to a whole database."""

import os
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from core.settings import ROOT, BadSetting, load
from models.engine import address, database, described
from services.database_copy import CopyRefused, Progress, copy

group = AppGroup("database", help="Move the data of an instance.")


@group.command("copy", with_appcontext=False)
@click.option(
    "--to", "target", required=True, metavar="URL", help="postgres://…, mysql://… or sqlite3:///path"
)
@click.option("--config", type=click.Path(path_type=Path), help="ini file of the instance that is copied")
def copy_database(target: str, config: Path | None) -> None:
    """Copy everything to another database; stop the server first.

    A copy that was cut off goes on where it stopped. At its end counts and digests of all tables are compared.
    """
    try:
        settings = load(config or _configured())
        counts = copy(database(settings), described(address(target), settings), ROOT / "migrations", _show)
    except (BadSetting, CopyRefused) as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(f"Copied and verified: {sum(counts.values())} rows in {len(counts)} tables.")
    click.echo("Point [database] at the new one, with the same security.secret_key, and start the server.")


def _configured() -> Path | None:
    named = os.environ.get("BELVEDERE_CONFIG")
    return Path(named) if named else None


def _show(progress: Progress) -> None:
    if sys.stdout.isatty():
        click.echo(
            f"\r\033[K{progress.table}: {progress.done} of {progress.total}",
            nl=progress.done >= progress.total,
        )
    elif progress.done >= progress.total:
        click.echo(f"{progress.table}: {progress.total} rows")
