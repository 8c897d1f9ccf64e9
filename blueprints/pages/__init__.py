"""HTML routes, one module per page family."""

from flask import Blueprint, Flask

from blueprints.pages import site


def blueprints() -> tuple[Blueprint, ...]:
    """Return every family's blueprint."""
    return (site.site,)


def install(app: Flask) -> None:
    """Give templates what all of them use."""
    del app
