import pytest

from core.settings import BadSetting, load
from models.engine import address, database


def of(**given: str) -> str:
    found = database(load(environment={f"GF_DATABASE_{key.upper()}": value for key, value in given.items()}))
    return found.url.render_as_string(hide_password=False)


@pytest.mark.parametrize(
    ("given", "want"),
    [
        (
            {"type": "postgres", "host": "db.example:6432", "name": "b", "user": "u", "password": "p@s/s"},
            "postgresql+psycopg://u:p%40s%2Fs@db.example:6432/b?sslmode=disable",
        ),
        ({"type": "postgres", "host": "db", "ssl_mode": "verify-full", "ca_cert_path": "/ca.pem"}, "postgresql+psycopg://root@db:5432/grafana?sslmode=verify-full&sslrootcert=%2Fca.pem"),
        ({"type": "mysql", "host": "[::1]:3307"}, "mysql+pymysql://root@[::1]:3307/grafana?charset=utf8mb4"),
        ({"type": "mysql", "host": "/run/mysqld/mysqld.sock"}, "mysql+pymysql://root@/grafana?charset=utf8mb4&unix_socket=%2Frun%2Fmysqld%2Fmysqld.sock"),
        ({"url": "postgres://u:p@h:5433/n?sslmode=require"}, "postgresql+psycopg://u:p@h:5433/n?sslmode=require"),
        ({"url": "mysql://u:p@h/n"}, "mysql+pymysql://u:p@h/n?charset=utf8mb4"),
    ],
)  # fmt: skip
def test_addresses(given: dict[str, str], want: str) -> None:
    assert of(**given) == want


@pytest.mark.parametrize("url", ["oracle://x/y", "postgres", "mysql://u:secret@h:port/x"])
def test_an_address_that_is_none_stops_the_start_and_keeps_its_secret(url: str) -> None:
    with pytest.raises(BadSetting) as fault:
        address(url)
    assert "secret" not in str(fault.value)


def test_pools_follow_the_settings() -> None:
    settings = load(environment={"GF_DATABASE_TYPE": "mysql", "GF_DATABASE_MAX_IDLE_CONN": "4", "GF_DATABASE_MAX_OPEN_CONN": "10", "GF_DATABASE_SSL_MODE": "skip-verify"})  # fmt: skip
    options = database(settings).options
    assert (options["pool_size"], options["max_overflow"], options["pool_recycle"]) == (4, 6, 14400)
    assert options["isolation_level"] == "READ COMMITTED"
    assert options["connect_args"]["ssl"]["verify_mode"] == "none"


def test_a_bad_tls_mode_stops_the_start() -> None:
    with pytest.raises(BadSetting, match="ssl_mode must be one of"):
        of(type="postgres", ssl_mode="sometimes")
