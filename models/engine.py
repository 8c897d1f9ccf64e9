"""Which database, and how it is connected to: `[database]` of the settings, as SQLAlchemy wants it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import URL, make_url

from core.settings import BadSetting, Settings

_DRIVERS = {"postgres": "postgresql+psycopg", "mysql": "mysql+pymysql"}
_TYPES = {
    "sqlite": "sqlite3",
    "sqlite3": "sqlite3",
    "postgres": "postgres",
    "postgresql": "postgres",
    "mysql": "mysql",
    "mariadb": "mysql",
}
_PORTS = {"postgres": 5432, "mysql": 3306}
_PG_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


@dataclass(frozen=True)
class Database:
    """An address with its secret in clear, and options for the engine."""

    url: URL
    options: dict[str, Any]


def database(settings: Settings) -> Database:
    """Return the database of the settings. Raises BadSetting for an address that is none."""
    given = settings.text("database", "url")
    if given:
        return described(address(given), settings)
    kind = settings.text("database", "type")
    if kind == "sqlite3":
        return described(URL.create("sqlite", database=str(settings.database_path)), settings)
    host, port = _host(settings.text("database", "host"), _PORTS[kind])
    url = URL.create(
        _DRIVERS[kind],
        settings.text("database", "user"),
        settings.text("database", "password") or None,
        None if host.startswith("/") else host,
        None if host.startswith("/") else port,
        settings.text("database", "name"),
        {} if not host.startswith("/") else {"host": host} if kind == "postgres" else {"unix_socket": host},
    )
    return described(url, settings)


def address(text: str) -> URL:
    """Read `postgres://…`, `mysql://…` or `sqlite3:///path`. Raises BadSetting."""
    scheme, _, rest = text.partition("://")
    kind = _TYPES.get(scheme.partition("+")[0])
    if kind is None or not rest:
        raise BadSetting("[database] url must begin with postgres://, mysql:// or sqlite3://")
    try:
        return make_url(f"{_DRIVERS.get(kind, 'sqlite')}://{rest}")
    except Exception:  # noqa: BLE001 - whatever is wrong with it, its secret must not stand in the message
        raise BadSetting("[database] url is no address: TYPE://USER:PASSWORD@HOST:PORT/NAME") from None


def _host(text: str, port: int) -> tuple[str, int]:
    """Read `host`, `host:port`, `[::1]:port` or the path of a socket."""
    if text.startswith("/"):
        return text, port
    host, colon, number = text.rpartition(":")
    if not colon or not number.isdigit() or (":" in host and not host.startswith("[")):
        return text.strip("[]"), port
    return host.strip("[]"), int(number)


def described(url: URL, settings: Settings) -> Database:
    """Return a database by its address, with the pool and the TLS of the settings."""
    kind = url.get_backend_name()
    threads = settings.number("belvedere", "threads")
    # Values never stand in messages of faults: some of them are secrets.
    options: dict[str, Any] = {"echo": settings.flag("database", "log_queries"), "hide_parameters": True}
    if kind == "sqlite":
        # A thread that waits for SQLite's lock holds its connection: there must be one for each.
        return Database(url, {**options, "pool_size": threads, "max_overflow": 8})
    idle = max(1, settings.number("database", "max_idle_conn"))
    most = settings.number("database", "max_open_conn") or threads + 8
    level = settings.text("database", "isolation_level").replace("-", " ").upper()
    options |= {
        "pool_size": min(idle, most),
        "max_overflow": max(0, most - idle),
        "pool_timeout": 10,
        "pool_recycle": settings.number("database", "conn_max_lifetime") or -1,
        "pool_pre_ping": True,
        # MySQL's own default keeps locks on gaps that no row stands in, and writers of different dashboards meet there.
        "isolation_level": level or "READ COMMITTED",
    }
    if kind == "postgresql":
        return Database(
            url.update_query_dict({**_postgres_tls(settings), **url.query}),
            {**options, "connect_args": {"connect_timeout": 5}},
        )
    return Database(
        url.update_query_dict({"charset": "utf8mb4"}),
        {**options, "connect_args": {"connect_timeout": 5, **_mysql_tls(settings)}},
    )


def _postgres_tls(settings: Settings) -> dict[str, str]:
    mode = settings.text("database", "ssl_mode")
    if mode not in _PG_MODES:
        raise BadSetting(f"[database] ssl_mode must be one of {', '.join(_PG_MODES)}, not {mode!r}")
    ca, cert, key = _tls_files(settings)
    found = {"sslmode": mode, "sslrootcert": ca, "sslcert": cert, "sslkey": key}
    return {name: value for name, value in found.items() if value}


def _tls_files(settings: Settings) -> tuple[str, str, str]:
    return (
        settings.text("database", "ca_cert_path"),
        settings.text("database", "client_cert_path"),
        settings.text("database", "client_key_path"),
    )


def _mysql_tls(settings: Settings) -> dict[str, Any]:
    """`ssl_mode` for MySQL is `disable`/`false`, `skip-verify` or `true`; TLS begins with anything but the first two."""
    mode = settings.text("database", "ssl_mode")
    if mode in {"", "disable", "false"}:
        return {}
    found = {
        name: path for name, path in zip(("ca", "cert", "key"), _tls_files(settings), strict=True) if path
    }
    verify = mode not in {"skip-verify", "prefer"}
    return {"ssl": {**found, "check_hostname": verify, "verify_mode": "required" if verify else "none"}}
