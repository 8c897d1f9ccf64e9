"""The application: extensions, identity, blueprints, and the check that every route is declared. Wiring only."""

import os
import secrets
import time
from pathlib import Path

from flask import Flask, Response, g, request
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect
from prometheus_client import Counter, Histogram

from blueprints import api, cli, pages
from core import settings as configuration
from core.crypto import Vault
from core.settings import ROOT, Settings
from models import db, engine
from services import access, dashboard_files, data_sources, provisioning, quotas, saving, setup, trash
from web import compression, errors, identity, operation, person, security, session
from web.forwarded import Forwarded, networks
from web.prefix import Prefix

_requests = Counter("belvedere_http_requests", "Requests answered", ("method", "status"))
_seconds = Histogram("belvedere_http_request_seconds", "Time to answer")


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application for settings (by default those of the environment), its database ready."""
    if settings is None:
        config = os.environ.get("BELVEDERE_CONFIG")
        settings = configuration.load(Path(config) if config else None)
    database = engine.database(settings)
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=setup.secret_key(settings),
        SQLALCHEMY_DATABASE_URI=database.url,
        SQLALCHEMY_ENGINE_OPTIONS=database.options,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_ENABLED=False,  # the gate checks forms, by a token of the session row
        MAX_CONTENT_LENGTH=64 * 1024 * 1024,
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.session_interface = session.RowSessions()
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    db.init_app(app)
    CSRFProtect(app)
    LoginManager(app).request_loader(person.of_request)
    data_sources.use_vault(Vault(app.config["SECRET_KEY"]))
    access.configure(
        viewers_can_edit=settings.flag("users", "viewers_can_edit"),
        editors_can_admin=settings.flag("users", "editors_can_admin"),
        allow_org_create=settings.flag("users", "allow_org_create"),
    )
    quotas.configure(settings)
    saving.keep_versions(settings.number("dashboards", "versions_to_keep"))
    trash.keep_days(settings.number("belvedere", "trash_days"))
    dashboard_files.serve_folder(settings.text("belvedere", "dashboard_files"))
    errors.install(app)
    identity.warn(settings)
    for blueprint in (*api.blueprints(), *pages.blueprints()):
        app.register_blueprint(blueprint)
    pages.install(app)
    cli.install(app)
    _observe(app)
    operation.refuse_undeclared(app)
    with app.app_context():
        setup.prepare(settings, ROOT / "migrations")
        setup.first_content(settings)
        provisioning.at_start(settings)
    if settings.sub_path:
        app.wsgi_app = Prefix(app.wsgi_app, settings.sub_path)  # type: ignore[method-assign]  # WSGI layers wrap it
    proxies = networks(settings.words("belvedere", "trusted_proxies"))
    if proxies:
        app.wsgi_app = Forwarded(app.wsgi_app, proxies)  # type: ignore[method-assign]
    return app


def _observe(app: Flask) -> None:
    """Number requests, count them, and add the headers that every answer carries."""

    @app.before_request
    def begin() -> Response | None:
        g.request_id = request.headers.get("X-Request-Id", "")[:64] or secrets.token_hex(8)
        g.began = time.perf_counter()
        return security.elsewhere(app.config["SETTINGS"])

    @app.after_request
    def end(response: Response) -> Response:
        _requests.labels(request.method, response.status_code).inc()
        _seconds.observe(time.perf_counter() - g.get("began", time.perf_counter()))
        response.headers["X-Request-Id"] = g.get("request_id", "-")
        settings: Settings = app.config["SETTINGS"]
        return compression.compressed(security.headers(response, settings), settings)

    @app.teardown_request
    def forget(_fault: BaseException | None) -> None:
        g.pop("actor", None)
