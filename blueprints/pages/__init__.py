"""HTML routes, one module per page family."""

import orjson
from flask import Blueprint, Flask

from blueprints.pages import (
    accounts,
    browse,
    dashboard,
    data_sources,
    edit_annotations,
    edit_library,
    editing,
    folders,
    formats,
    importing,
    inspecting,
    joining,
    kept,
    list_files,
    login,
    members,
    org,
    playlists,
    profile,
    query_history,
    rights,
    roles,
    server,
    shared,
    site,
    versions,
)
from core.settings import ROOT
from core.version import VERSION
from services import accounts as account_service
from web.operation import form_token
from web.prefix import url

_MANIFEST = ROOT / "static" / "dist" / "manifest.json"


def blueprints() -> tuple[Blueprint, ...]:
    """Return every family's blueprint."""
    return (
        site.site,
        login.pages,
        browse.pages,
        folders.pages,
        formats.pages,
        list_files.pages,
        dashboard.pages,
        editing.pages,
        edit_annotations.pages,
        edit_library.pages,
        versions.pages,
        inspecting.pages,
        data_sources.pages,
        importing.pages,
        profile.pages,
        query_history.pages,
        org.pages,
        members.pages,
        accounts.pages,
        rights.pages,
        roles.pages,
        server.pages,
        shared.pages,
        kept.pages,
        playlists.pages,
        joining.pages,
    )


def install(app: Flask) -> None:
    """Give templates what all of them use."""
    names: dict[str, str] = orjson.loads(_MANIFEST.read_bytes()) if _MANIFEST.exists() else {}

    def asset(name: str) -> str:
        return url("/public/build/" + names.get(name, name))

    app.jinja_env.globals.update(
        asset=asset,
        url=url,
        form_token=form_token,
        version=VERSION,
        keys_are_hidden=account_service.keys_are_hidden,
    )
    app.jinja_env.filters["px"] = lambda value: f"{float(value):.1f}".rstrip("0").rstrip(".")
