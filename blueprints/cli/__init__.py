"""`flask …` commands."""

from flask import Flask

from blueprints.cli import serve


def install(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(serve.serve)
