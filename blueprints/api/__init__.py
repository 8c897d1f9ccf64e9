"""JSON routes, one module per API family."""

from flask import Blueprint

from blueprints.api import (
    admin,
    api_keys,
    dashboards,
    data_sources,
    docs,
    folders,
    health,
    login,
    nothing_yet,
    orgs,
    orgs_admin,
    proxy,
    queries,
    search,
    teams,
    user,
    users,
)


def blueprints() -> tuple[Blueprint, ...]:
    """Return every family's blueprint."""
    return (
        admin.api,
        api_keys.api,
        dashboards.api,
        dashboards.root,
        data_sources.api,
        docs.api,
        folders.api,
        health.api,
        login.api,
        nothing_yet.api,
        orgs.api,
        orgs_admin.api,
        proxy.api,
        queries.api,
        search.api,
        teams.api,
        user.api,
        user.stars,
        user.old_preferences,
        users.api,
    )
