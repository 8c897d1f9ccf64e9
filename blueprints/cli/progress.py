"""How long work says where it is."""

import sys

import click


def show(name: str, done: int, total: int) -> None:
    """Say how much of something is done, in one line that is written over; nothing where nobody looks on."""
    if sys.stdout.isatty():
        click.echo(f"\r\033[K{name}: {done} of {total}", nl=done >= total)
