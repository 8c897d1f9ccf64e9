"""What every table shares."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Integer, MetaData, String, Table, Text
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeEngine

# 64-bit numbers for keys; SQLite numbers rows by itself only when the column is plain INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")
# Texts without a useful limit: MySQL's TEXT ends at 64 KiB.
JsonText = Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
# UTC without a zone, microseconds kept on every server.
Moment = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def exact(length: int) -> TypeEngine[str]:
    """Return a text column type that tells upper from lower case, and sorts by code point, on every server."""
    return (
        String(length)
        .with_variant(mysql.VARCHAR(length, collation="utf8mb4_bin"), "mysql", "mariadb")
        .with_variant(String(length, collation="C"), "postgresql")
    )


class Base(DeclarativeBase):
    """Names constraints, so that migrations can find them on every server."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    registry = registry(metadata=metadata, type_annotation_map={datetime: Moment})


def table(model: type[Base]) -> Table:
    """Return a model's table, for statements that need no objects."""
    return cast(Table, model.__table__)


def kept_tables() -> list[Table]:
    """Return the tables, each after those that it points at, without those that are worked out of others."""
    return [one for one in Base.metadata.sorted_tables if not one.info.get("derived")]


def typed(which: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row that was kept as JSON as its table takes it: moments are texts there; columns that are gone are left out."""
    return {
        name: datetime.fromisoformat(value) if isinstance(which.c[name].type, DateTime) and value else value
        for name, value in row.items()
        if name in which.c
    }


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "autoflush": False})
