"""`flask export …`: everything as files."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from blueprints.cli.progress import show
from services import exporting


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@with_appcontext
def export(folder: Path) -> None:
    """Write everything to FOLDER: dashboards as JSON files in folders, the rest a row a line.

    Organizations, people with the hashes of their passwords, teams, roles, keys, data sources (their secrets encrypted),
    folders, dashboards with their versions and permissions, annotations, playlists, snapshots, library panels, preferences.
    Keep it as safe as the database. `flask import files` brings it back.
    """
    try:
        counts = exporting.write(folder, show)
    except exporting.Refused as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(
        f"Written to {folder}: {sum(counts.values())} rows, {counts['dashboard']} dashboards and folders."
    )
