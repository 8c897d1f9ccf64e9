"""`flask import …`: bring another server's content here."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from blueprints.cli.progress import show
from core.crypto import Vault
from services import exporting
from services.importing import grafana
from services.importing.remote import Remote
from services.importing.source import BadSource, Source

group = AppGroup("import", help="Bring the content of another server here.")


@group.command("grafana")
@click.option("--db", "where", default="", help="its grafana.db, or postgres://… or mysql://…")
@click.option("--url", "address", default="", help="or its address, which tells less")
@click.option(
    "--token",
    envvar="GRAFANA_TOKEN",
    default="",
    help="with --url: a service account token or API key of an admin",
)
@click.option(
    "--secret-key",
    envvar="GRAFANA_SECRET_KEY",
    default="SW2YcwTIb9zpOOhoPsMm",
    help="its security.secret_key",
)
def import_grafana(where: str, address: str, token: str, secret_key: str) -> None:
    """Bring everything from a Grafana: from its database, or through its API.

    Organizations, people with their passwords, teams, keys, data sources with their secrets, folders, dashboards with their
    versions and permissions, annotations, playlists, snapshots, library panels, preferences; alert rules as they are stored.
    Through the API it is one organization, without passwords, keys and secrets, which it does not tell.
    What is here already stays. A run that was cut off is simply started again.
    """
    if bool(where) == bool(address):
        raise click.UsageError("Name either --db or --url")
    if address and not token:
        raise click.UsageError("--url needs --token")
    try:
        source = Remote(address, token, show) if address else Source(where)
        report = grafana.Import(source, secret_key, Vault(current_app.config["SECRET_KEY"]), show).run()
    except BadSource as fault:
        raise click.ClickException(str(fault)) from None
    for line in grafana.lines(report):
        click.echo(line)


@group.command("files")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--secret-key",
    envvar="BELVEDERE_EXPORT_SECRET_KEY",
    default="",
    help="security.secret_key of the server that wrote the files, where it is another one than here",
)
def import_files(folder: Path, secret_key: str) -> None:
    """Bring back what `flask export` wrote, to a server that holds nothing yet: all of it, or nothing."""
    own = Vault(current_app.config["SECRET_KEY"])
    try:
        counts = exporting.read(folder, own, Vault(secret_key) if secret_key else own, show)
    except exporting.Refused as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(f"Brought back: {sum(counts.values())} rows, {counts['dashboard']} dashboards and folders.")
