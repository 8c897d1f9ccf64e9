"""Finds the kinds, and names the types that clients may configure before their kind is here."""

import importlib
import pkgutil
from functools import cache

from datasources import kinds
from datasources.base import DataSource

# Types that other servers know: (name shown, file of the picture, whether an address is demanded).
CATALOGUE: dict[str, tuple[str, str, bool]] = {
    "alertmanager": ("Alertmanager", "logo.svg", True),
    "cloudwatch": ("CloudWatch", "amazon-web-services.png", False),
    "elasticsearch": ("Elasticsearch", "elasticsearch.svg", True),
    "graphite": ("Graphite", "graphite_logo.png", True),
    "influxdb": ("InfluxDB", "influxdb_logo.svg", True),
    "jaeger": ("Jaeger", "jaeger_logo.svg", True),
    "loki": ("Loki", "loki_icon.svg", True),
    "mssql": ("Microsoft SQL Server", "sql_server_logo.svg", False),
    "mysql": ("MySQL", "mysql_logo.svg", False),
    "opentsdb": ("OpenTSDB", "opentsdb_logo.png", True),
    "postgres": ("PostgreSQL", "postgresql_logo.svg", False),
    "prometheus": ("Prometheus", "prometheus_logo.svg", True),
    "tempo": ("Tempo", "tempo_logo.svg", True),
    "testdata": ("TestData DB", "testdata.svg", False),
    "zipkin": ("Zipkin", "zipkin-logo.svg", True),
}


@cache
def all_kinds() -> dict[str, type[DataSource]]:
    """Return every kind by its type."""
    found: dict[str, type[DataSource]] = {}
    for module in pkgutil.iter_modules(kinds.__path__):
        for one in vars(importlib.import_module(f"{kinds.__name__}.{module.name}")).values():
            if isinstance(one, type) and issubclass(one, DataSource) and one is not DataSource:
                found[one.type] = one
    return found


def kind(type_: str) -> type[DataSource] | None:
    """Return the kind of a type, if it is here."""
    return all_kinds().get(type_)


def title(type_: str) -> str:
    """Return what people call a type."""
    return CATALOGUE[type_][0] if type_ in CATALOGUE else type_


def logo(type_: str) -> str:
    """Return the address of a type's picture, relative to the root; empty for a type that nobody knows."""
    return f"public/app/plugins/datasource/{type_}/img/{CATALOGUE[type_][1]}" if type_ in CATALOGUE else ""


def needs_url(type_: str) -> bool:
    """Say whether a source of this type is of no use without an address."""
    return type_ in CATALOGUE and CATALOGUE[type_][2]
