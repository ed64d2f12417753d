"""One's own operational tables as the raw schema: views over them in the shape that staging reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import psycopg
from psycopg import sql

from generators.ddl import TABLES, Column, Kind, Table
from generators.ddl.table import ARRIVED_AT, CHANGE_NO, CHANGED_AT, LOAD_ID
from sonic.errors import SonicError
from sonic.warehouse.postgres import Postgres

ALWAYS = "timestamptz '2000-01-01 00:00:00+00'"
"""What is taken for the instant of a row that tells none."""


@dataclass(frozen=True)
class Adopted:
    """What was found: tables with rows of their own, tables that the schema lacks, and the data day."""

    found: tuple[str, ...]
    absent: tuple[str, ...]
    data_date: date


def adopt(database: Postgres, schema: str) -> Adopted:
    """Makes the views of schema `raw` over the tables of `schema`, and records a load; all or nothing.

    A table that `schema` lacks becomes an empty view, a column that may be null becomes null. Running it again takes
    the data as they are then, as a load of its own.

    Raises:
        SonicError: there is no such schema, none of its tables is known, a required column is missing or of another
            type, or `raw` already holds loaded tables.
    """
    database.prepare()
    with database.writer(), database.connect() as connection, connection.transaction():
        held = _columns(connection, schema)
        if not held:
            raise SonicError(
                f"The schema {schema!r} holds no table", database.where, "Name the schema of your operational tables."
            )
        found = [table for table in TABLES.values() if table.name in held]
        if not found:
            raise SonicError(
                f"None of the tables of {schema!r} is known by its name",
                database.where,
                f"Make views named as ours, e.g. {schema}.users; docs/own-data.md tells which columns they need.",
            )
        _require_columns(found, held, database.where, schema)
        _refuse_loaded(connection, database.where)
        row = connection.execute("select coalesce(max(load_id), 0) + 1 from ops.loads").fetchone()
        load_id = int(row[0]) if row else 1
        connection.execute("create schema if not exists raw")
        try:
            for table in TABLES.values():
                for statement in _views(table, schema, held.get(table.name), load_id):
                    connection.execute(statement)
            first, last = _span(connection, found)
        except psycopg.Error as error:
            raise SonicError(
                f"A table of {schema!r} does not fit: {str(error).strip().splitlines()[0]}",
                database.where,
                "Bring the column to the type that generators/ddl declares, by a view if need be.",
            ) from error
        connection.execute("delete from ops.loads")
        connection.cursor().executemany(
            "insert into ops.loads (load_id, arrival_date, kind, rows, files, loaded_at)"
            " values (%s, %s, 'day', 0, 0, now())",
            [(load_id, first)] if first == last else [(load_id, first), (load_id + 1, last)],
        )
    return Adopted(
        tuple(table.name for table in found), tuple(name for name in TABLES if name not in held), data_date=last
    )


def _columns(connection: psycopg.Connection, schema: str) -> dict[str, set[str]]:
    rows = connection.execute(
        "select table_name, column_name from information_schema.columns where table_schema = %s", (schema,)
    ).fetchall()
    held: dict[str, set[str]] = {}
    for table, column in rows:
        held.setdefault(table, set()).add(column)
    return held


def _require_columns(found: Iterable[Table], held: dict[str, set[str]], where: str, schema: str) -> None:
    lacking = [
        f"{table.name}.{column.name} ({column.type})"
        for table in found
        for column in table.columns
        if not column.nullable and column.name not in held[table.name]
    ]
    if lacking:
        raise SonicError(
            f"Columns are missing in {schema!r}: {', '.join(lacking[:12])}"
            + (f" and {len(lacking) - 12} more" if len(lacking) > 12 else ""),
            where,
            "Give them by views of the same names, or leave such a table out of the schema.",
        )


def _refuse_loaded(connection: psycopg.Connection, where: str) -> None:
    row = connection.execute(
        "select count(*) from information_schema.tables where table_schema = 'raw' and table_type = 'BASE TABLE'"
    ).fetchone()
    if row and row[0]:
        raise SonicError(
            "The schema raw of this database holds loaded tables", where, "Use a database without a lake's data."
        )


def _instant(table: Table) -> str | None:
    """The column that tells when a row came about: the first required instant."""
    return next((column.name for column in table.columns if column.type == "timestamptz" and not column.nullable), None)


def _views(table: Table, schema: str, columns: set[str] | None, load_id: int) -> list[sql.Composed]:
    """Statements that make the table's view, and for an entity that of its one known change."""
    names = [table.name, *([table.changes_name] if table.kind is Kind.ENTITY else [])]
    selected = [_selected(column, columns) for column in table.columns]
    at = _instant(table) if columns else None
    when = sql.SQL("source.{}").format(sql.Identifier(at)) if at else sql.SQL(ALWAYS)
    if table.kind is Kind.ENTITY:
        selected += [_as(when, CHANGED_AT), _as(sql.SQL("0"), CHANGE_NO)]
    arrived = sql.SQL("source.arrived_at") if columns and ARRIVED_AT.name in columns else when
    selected += [_as(arrived, ARRIVED_AT), _as(sql.Literal(load_id), LOAD_ID)]
    body = (
        sql.SQL("from {}.{} as source").format(sql.Identifier(schema), sql.Identifier(table.name))
        if columns
        else sql.SQL("where false")
    )
    return [
        sql.SQL("create or replace view raw.{} as select {} {}").format(
            sql.Identifier(name), sql.SQL(", ").join(selected), body
        )
        for name in names
    ]


def _selected(column: Column, columns: set[str] | None) -> sql.Composed:
    if columns and column.name in columns:
        return _as(sql.SQL("source.{}").format(sql.Identifier(column.name)), column)
    return _as(sql.SQL("null"), column)


def _as(expression: sql.Composable, column: Column) -> sql.Composed:
    # The type is one of ours, from a declaration.
    return sql.SQL("cast({} as {}) as {}").format(expression, sql.SQL(column.type), sql.Identifier(column.name))


def _span(connection: psycopg.Connection, found: Iterable[Table]) -> tuple[date, date]:
    """First and last UTC day of what happened; of anything at all if no event is there."""
    events = [table for table in found if table.kind is Kind.EVENT and _instant(table)] or [*found]
    days = [
        row
        for table in events
        for row in connection.execute(
            sql.SQL(
                "select cast(min(arrived_at) at time zone 'UTC' as date),"
                " cast(max(arrived_at) at time zone 'UTC' as date) from raw.{}"
            ).format(sql.Identifier(table.name))
        ).fetchall()
        if row[0] is not None
    ]
    if not days:
        raise SonicError("The tables hold no row", "raw", "Adopt a schema that holds data.")
    return min(row[0] for row in days), max(row[1] for row in days)
