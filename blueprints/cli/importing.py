"""`flask import …`: bring another server's content here."""

import sys

import click
from flask import current_app
from flask.cli import AppGroup

from core.crypto import Vault
from services.importing import grafana
from services.importing.source import BadSource, Source

group = AppGroup("import", help="Bring the content of another server here.")


@group.command("grafana")
@click.option("--db", "where", required=True, help="its grafana.db, or postgres://… or mysql://…")
@click.option(
    "--secret-key",
    envvar="GRAFANA_SECRET_KEY",
    default="SW2YcwTIb9zpOOhoPsMm",
    help="its security.secret_key",
)
def import_grafana(where: str, secret_key: str) -> None:
    """Bring everything from a Grafana's database.

    Organizations, people with their passwords, teams, keys, data sources with their secrets, folders, dashboards with their
    versions and permissions, annotations, playlists, snapshots, library panels, preferences; alert rules as they are stored.
    What is here already stays. A run that was cut off is simply started again.
    """
    try:
        source = Source(where)
        report = grafana.Import(source, secret_key, Vault(current_app.config["SECRET_KEY"]), _show).run()
    except BadSource as fault:
        raise click.ClickException(str(fault)) from None
    for line in grafana.lines(report):
        click.echo(line)


def _show(name: str, done: int, total: int) -> None:
    if sys.stdout.isatty():
        click.echo(f"\r\033[K{name}: {done} of {total}", nl=done >= total)
