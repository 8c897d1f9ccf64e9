"""The settings of the server that answers this request."""

from flask import current_app

from core.settings import Settings


def settings() -> Settings:
    """Return the server's settings."""
    found: Settings = current_app.config["SETTINGS"]
    return found
