"""Comparing marts row for row, whatever the engine."""

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sonic.warehouse.database import Database
from sonic.warehouse.postgres import Postgres

Row = tuple[str, ...]


def tables(database: Database, schema: str = "marts") -> list[str]:
    """Names of the tables and views of a schema."""
    sql = f"select table_name from information_schema.tables where table_schema = '{schema}' order by 1"
    return [row[0] for row in database.query(sql)[1]]


def rows(database: Database, table: str, schema: str = "marts") -> tuple[list[str], Counter[Row]]:
    """Column names in alphabetical order, and the rows as texts that are alike on every engine."""
    columns, found = database.query(f"select * from {schema}.{table}")
    order = sorted(range(len(columns)), key=columns.__getitem__)
    return [columns[i] for i in order], Counter(tuple(_text(row[i]) for i in order) for row in found)


def difference(one: Database, other: Database, table: str, schema: str = "marts") -> str | None:
    """What differs in a table between two databases, in words; None if the rows are the same."""
    if isinstance(one, Postgres) and isinstance(other, Postgres):
        columns = rows(one, f"{table} limit 0", schema)[0]
        if columns == rows(other, f"{table} limit 0", schema)[0]:
            selected = f"select {', '.join(columns)} from {schema}.{table}"
            if _lines(one, selected) == _lines(other, selected):
                return None
    columns, here = rows(one, table, schema)
    other_columns, there = rows(other, table, schema)
    if columns != other_columns:
        return f"{table}: columns {sorted(set(columns) ^ set(other_columns))}"
    if here == there:
        return None
    lines = [f"{table}: {here.total()} rows against {there.total()}"]
    for label, rest in (("only here ", here - there), ("only there", there - here)):
        lines.append(f"  {label}: {rest.total()}")
        lines += [f"    {dict(zip(columns, row, strict=True))}" for row in list(rest)[:2]]
    return "\n".join(lines)


def _lines(database: Postgres, query: str) -> list[bytes]:
    """The rows as one server writes them, in an order that depends on nothing else: a tenth of the time of `rows`."""
    copying = f"copy ({query}) to stdout".encode()
    with database.connect() as connection, connection.cursor() as cursor, cursor.copy(copying) as copy:
        return sorted(b"".join(bytes(part) for part in copy).split(b"\n"))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal | int):
        number = Decimal(value)
        return f"{number.normalize():f}" if number else "0"
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return "null" if value is None else f"'{value}'"
