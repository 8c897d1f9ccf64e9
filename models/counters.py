"""Counters of primary keys, where rows were kept under numbers of their own."""

from sqlalchemy import Connection, func, select, text

from models.base import kept_tables


def number_on(connection: Connection) -> None:
    """Have the next rows numbered after those that are there.

    PostgreSQL's counters do not see ids that were given; the next row would meet one of them.
    """
    if connection.dialect.name != "postgresql":
        return
    quote = connection.dialect.identifier_preparer.quote
    counter = text(
        "SELECT setval(pg_get_serial_sequence(:name, 'id'),"
        " greatest(:most, nextval(pg_get_serial_sequence(:name, 'id'))))"
    )
    for table in kept_tables():
        most = connection.scalar(select(func.max(table.c.id)))
        if most:
            connection.execute(counter, {"name": quote(table.name), "most": most})
