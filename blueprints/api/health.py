"""What monitoring asks."""

from flask import Response, current_app
from prometheus_client import CollectorRegistry, generate_latest, multiprocess
from sqlalchemy import text

from core.access import Actor
from core.errors import NotFound
from core.version import GRAFANA, VERSION
from models import db
from web.access import public
from web.configured import settings
from web.operation import Operations

api = Operations("health", __name__)
_PROBED = "probes and load balancers carry no credentials"


@api.operation("GET", "/api/health", access=public(_PROBED), own_transactions=True, strict_slashes=True)
def health(actor: Actor) -> Response:
    """Say whether the database answers; `version` is the API's, `belvedere` is ours."""
    del actor
    try:
        db.session.execute(text("SELECT 1"))
        db.session.rollback()
        state = "ok"
    except Exception:  # noqa: BLE001 - whatever it is, the answer is that it fails
        state = "failing"
    lines = f'{{\n  "belvedere": "{VERSION}",\n  "commit": "",\n  "database": "{state}",\n  "version": "{GRAFANA}"\n}}'
    return Response(lines, 200 if state == "ok" else 503, content_type="application/json; charset=UTF-8")


@api.operation("GET", "/healthz", access=public(_PROBED), own_transactions=True)
def healthz(actor: Actor) -> Response:
    """Say that the process answers."""
    del actor
    return Response("Ok", content_type="text/plain; charset=utf-8")


@api.operation(
    "GET",
    "/metrics",
    access=public("scraped inside the network; metrics.basic_auth_* closes it"),
    own_transactions=True,
)
def metrics(actor: Actor) -> Response:
    """Return counters of all workers in Prometheus's text format."""
    del actor
    from flask import request

    if not settings().flag("metrics", "enabled"):
        raise NotFound
    name = settings().text("metrics", "basic_auth_username")
    given = request.authorization
    if name and (
        given is None
        or given.username != name
        or given.password != settings().text("metrics", "basic_auth_password")
    ):
        return Response("Unauthorized", 401, {"WWW-Authenticate": 'Basic realm="metrics"'})
    registry = CollectorRegistry()
    if current_app.config.get("METRICS_DIR"):
        multiprocess.MultiProcessCollector(registry, current_app.config["METRICS_DIR"])  # type: ignore[no-untyped-call]
    else:
        from prometheus_client import REGISTRY as registry  # noqa: N811 - one process, its own registry
    return Response(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")
