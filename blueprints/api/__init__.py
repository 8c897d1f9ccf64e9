"""JSON routes, one module per API family."""

from flask import Blueprint

from blueprints.api import (
    access_control,
    accounts,
    admin,
    administration,
    api_keys,
    dashboards,
    data_sources,
    docs,
    enterprise,
    folders,
    health,
    invitations,
    login,
    nothing_yet,
    orgs,
    orgs_admin,
    permissions,
    proxy,
    queries,
    quotas,
    search,
    teams,
    user,
    users,
)


def blueprints() -> tuple[Blueprint, ...]:
    """Return every family's blueprint."""
    return (
        access_control.api,
        accounts.api,
        admin.api,
        administration.api,
        api_keys.api,
        dashboards.api,
        dashboards.root,
        data_sources.api,
        docs.api,
        enterprise.api,
        folders.api,
        health.api,
        invitations.api,
        login.api,
        nothing_yet.api,
        orgs.api,
        orgs_admin.api,
        permissions.api,
        proxy.api,
        queries.api,
        quotas.api,
        search.api,
        teams.api,
        user.api,
        user.stars,
        user.old_preferences,
        users.api,
    )
