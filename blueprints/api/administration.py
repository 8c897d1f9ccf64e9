"""What server administrators set in motion: reloading, sealing secrets anew, and what is not switched on here."""

from typing import Any

from flask import Response, request

from core.access import Actor
from core.errors import BadRequest
from schemas.base import Body, ErrorReply, Flag, Message
from services import access, audit, data_sources, provisioning
from web.access import can, server_admin
from web.configured import settings
from web.operation import Operations
from web.paging import number
from web.responses import answer, said

api = Operations("administration", __name__, url_prefix="/api/admin")
_ERRORS = {400: ErrorReply, 401: ErrorReply, 403: ErrorReply}
_RELOAD = can("provisioning:reload", known=False)


class Paused(Body):
    """Whether alerts are paused."""

    paused = Flag(load_default=False)


@api.operation(
    "POST",
    "/pause-all-alerts",
    id="pauseAllAlerts",
    access=server_admin,
    body=Paused,
    replies={200: Message, **_ERRORS},
)
def pause_all(actor: Actor, body: dict[str, Any]) -> Response:
    """Pause legacy alerts, which are not here."""
    del actor, body
    raise BadRequest("legacy alerting is disabled, so this call has no effect.", traced=False)


@api.operation("PUT", "/settings", access=server_admin, body=Body, replies=_ERRORS)
def change_settings(actor: Actor, body: dict[str, Any]) -> Response:
    """Refuse to change settings, which stand in the configuration."""
    del actor, body
    raise BadRequest(
        "Settings stand in the configuration: change them there and start the server again", traced=False
    )


@api.operation(
    "GET",
    "/audit",
    access=can("audit:read", known=False),
    query={"query": "string", "kind": "string", "userId": "integer", "page": "integer", "perpage": "integer"},
    replies=_ERRORS,
)
def changes(actor: Actor) -> Response:
    """List who changed what, newest first: before, after, and from where."""
    limit, page = number("perpage", 100), number("page", 1)
    total, found = audit.listed(
        actor, query=request.args.get("query", ""), kind=request.args.get("kind", ""), limit=min(limit, 1000), page=page,
        user_id=number("userId", 0),
    )  # fmt: skip
    return answer({"totalCount": total, "changes": found, "page": page, "perPage": limit})


@api.operation("GET", "/settings/features", access=can("settings:read", known=False))
def features(actor: Actor) -> Response:
    """List experimental switches: there are none."""
    del actor
    return answer({})


_READERS = {"Dashboards": provisioning.read_boards, "Datasources": provisioning.read_sources}


def _reloaded(title: str) -> Any:
    def handler(actor: Actor) -> Response:
        """Read provisioned files again; what is wrong with one stands in the log, and nothing else waits for it."""
        del actor
        _READERS.get(title, lambda _: [])(settings())
        return said(f"{title} config reloaded")

    return handler


for _name in ("dashboards", "datasources", "plugins", "notifications", "alerting"):
    _id = f"adminProvisioningReload{_name.capitalize()}"
    api.operation(
        "POST", f"/provisioning/{_name}/reload", id=_id if _name in {"dashboards", "datasources", "plugins", "notifications"} else "",
        access=_RELOAD, own_transactions=True, replies={200: Message, **_ERRORS},
    )(_reloaded(_name.capitalize()))  # fmt: skip


@api.operation(
    "POST",
    "/provisioning/access-control/reload",
    id="adminProvisioningReloadAccessControl",
    access=_RELOAD,
    replies={202: Message, **_ERRORS},
)
def reload_access(actor: Actor) -> Response:
    """Have every process read roles again."""
    del actor
    access.changed()
    return said("Accesscontrol config reloaded", 202)


class NoLdap(BadRequest):
    """LDAP is not switched on."""

    message, traced = "LDAP is not enabled", False


def _no_ldap(actor: Actor, **path: str) -> Response:
    """Say that LDAP is not switched on."""
    del actor, path
    raise NoLdap


for _verb, _path, _action, _id in (
    ("GET", "/ldap/status", "ldap.status:read", "getLDAPStatus"),
    ("POST", "/ldap/reload", "ldap.config:reload", "reloadLDAPCfg"),
    ("GET", "/ldap/<username>", "ldap.user:read", "getUserFromLDAP"),
    ("POST", "/ldap/sync/<number>", "ldap.user:sync", "postSyncUserWithLDAP"),
    ("GET", "/ldap-sync-status", "ldap.status:read", "getSyncStatus"),
):
    api.operation(_verb, _path, id=_id, access=can(_action, known=False), replies=_ERRORS)(_no_ldap)


@api.operation("POST", "/encryption/rotate-data-keys", access=server_admin)
def rotate_keys(actor: Actor) -> Response:
    """Seal all secrets anew; there is one key, which security.secret_key gives."""
    del actor
    data_sources.seal_anew()
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response


def _sealed(words: str) -> Any:
    def handler(actor: Actor) -> Response:
        """Seal all secrets anew."""
        del actor
        data_sources.seal_anew()
        return Response(words, content_type="text/plain; charset=utf-8")

    return handler


for _path, _words in (
    ("reencrypt-data-keys", "Data encryption keys re-encrypted successfully"),
    ("reencrypt-secrets", "Secrets re-encrypted successfully"),
    ("rollback-secrets", "Secrets rolled back successfully"),
):
    api.operation("POST", f"/encryption/{_path}", access=server_admin)(_sealed(_words))
