"""How gunicorn runs Belvedere: one application, loaded once, shared by its workers."""

import gc
import os
import shutil
import tempfile
import threading
from pathlib import Path

from core.settings import load

_config = os.environ.get("BELVEDERE_CONFIG")
_settings = load(Path(_config) if _config else None)

bind = f"{_settings.text('server', 'http_addr') or '0.0.0.0'}:{_settings.number('server', 'http_port')}"
if _settings.text("server", "protocol") == "https":
    certfile, keyfile = (str(_settings.path("server", name)) for name in ("cert_file", "cert_key"))
# Who may say what of a client is decided by the application (`belvedere.trusted_proxies`).
forwarded_allow_ips = ""
workers = _settings.number("belvedere", "workers")
worker_class = "gthread"
threads = _settings.number("belvedere", "threads")
preload_app = True
keepalive = 75
timeout = 120
graceful_timeout = 30
proc_name = "belvedere"
accesslog = "-" if _settings.flag("server", "router_logging") else None
# The path alone: queries may hold keys.
access_log_format = "%(t)s %({x-request-id}o)s %(h)s %(m)s %(U)s %(s)s %(b)s %(M)sms"
errorlog = "-"
loglevel = "debug" if _settings.text("log", "level") == "debug" else "info"

_metrics = tempfile.mkdtemp(prefix="belvedere-metrics-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = _metrics


def when_ready(server):
    """Say where the server is; what was loaded so far is left out of garbage collection, so that workers share it."""
    gc.collect()
    gc.freeze()
    server.log.info("Belvedere is at %s", _settings.root_url)


def post_fork(server, worker):
    """Give each worker connections of its own."""
    del server
    # Rarer than Python's own 700, which costs time; at 200,000 the garbage of requests was 30 MB of a server's 200 MB.
    gc.set_threshold(10_000, 20, 50)
    from models import db

    app = worker.app.callable
    app.config["METRICS_DIR"] = _metrics
    with app.app_context():
        db.engine.dispose(close=False)
    threading.Thread(target=_keep_house, args=(app,), name="housekeeping", daemon=True).start()


def _keep_house(app):
    """Send messages and clear away, beside the requests; the database lets one process at a time have each of them."""
    from services import housekeeping

    with app.app_context():
        housekeeping.keep_going(app.config["SETTINGS"])


def on_exit(server):
    """Leave no files behind."""
    del server
    shutil.rmtree(_metrics, ignore_errors=True)
