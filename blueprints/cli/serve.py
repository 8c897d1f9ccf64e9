"""`flask serve`: the server as it runs in production, by gunicorn."""

import os
import sys
from pathlib import Path

import click

from core.settings import BadSetting, load


@click.command()
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="ini file with settings (default: conf/custom.ini, if it is there)",
)
def serve(config: Path | None) -> None:
    """Serve Belvedere until it is told to stop."""
    try:
        settings = load(config)
    except BadSetting as fault:
        raise click.ClickException(str(fault)) from None
    for remark in settings.remarks:
        click.echo(f"setting: {remark}", err=True)
    if config is not None:
        os.environ["BELVEDERE_CONFIG"] = str(config.resolve())
    # Threads that each answer a few megabytes would keep as much memory each; glibc gives it back when they share.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", "1000000")
    gunicorn = Path(sys.executable).parent / "gunicorn"
    os.execv(gunicorn, [str(gunicorn), "--config", "gunicorn.conf.py", "app:create_app()"])  # noqa: S606 - the process turns into the server
