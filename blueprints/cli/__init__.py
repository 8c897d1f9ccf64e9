"""`flask …` commands."""

from flask import Flask

from blueprints.cli import database, exporting, importing, serve


def install(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(serve.serve)
    app.cli.add_command(database.group)
    app.cli.add_command(importing.group)
    app.cli.add_command(exporting.export)
