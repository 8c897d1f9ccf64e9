"""JSON routes, one module per API family."""

from flask import Blueprint

from blueprints.api import (
    api_keys,
    dashboards,
    data_sources,
    docs,
    folders,
    health,
    login,
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
        api_keys.api,
        dashboards.api,
        dashboards.root,
        data_sources.api,
        docs.api,
        folders.api,
        health.api,
        login.api,
        orgs.api,
        orgs_admin.api,
        proxy.api,
        queries.api,
        search.api,
        teams.api,
        user.api,
        user.stars,
        users.api,
    )
