"""Extracts for Tableau: a `.hyper` file of each star, with its keys, so that Tableau relates its tables unasked.

Types are those of the contracts: integers stay integers, ratios `numeric(18,6)`; instants are `timestamp` in UTC, as
Tableau has no type for an instant. Texts are compared letter by letter (collation `binary`), as the marts are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from tableauhyperapi import (
    Connection,
    CreateMode,
    Date,
    HyperException,
    HyperProcess,
    Telemetry,
    Timestamp,
    escape_name,
    escape_string_literal,
)

from sonic.errors import SonicError
from sonic.project.marts import SCHEMA, Column
from sonic.publishing.stars import Star, Table
from sonic.warehouse.database import Database

BATCH_ROWS = 20_000
_TYPES = {"text": 'text collate "binary"', "timestamptz": "timestamp"}


@contextmanager
def hyper(log: Path) -> Iterator[HyperProcess]:
    """Tableau's database engine, which tells Tableau nothing; its log goes to the folder `log`."""
    with HyperProcess(
        Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU,
        parameters={"log_dir": str(log), "default_database_version": "2"},
    ) as process:
        yield process


def write(process: HyperProcess, star: Star, parquet: Path, path: Path) -> None:
    """Writes the extract of a star from the Parquet files of its marts, which lie in the folder `parquet`.

    Raises:
        SonicError: Tableau's engine refuses what it is given.
    """
    try:
        with Connection(process.endpoint, str(path), CreateMode.CREATE_AND_REPLACE) as connection:
            connection.execute_command(f"create schema {escape_name(SCHEMA)}")
            for table in reversed(star.tables):
                connection.execute_command(_create(table, star))
                connection.execute_command(_fill(table, parquet / f"{table.mart.name}.parquet"))
    except HyperException as error:
        raise SonicError(
            f"The extract of {star.name} cannot be written: {error.main_message}",
            str(path),
            "Free some space or mend the folder's permissions, then publish again.",
        ) from error


def _create(table: Table, star: Star) -> str:
    is_fact = table.mart is star.fact
    links = star.links if is_fact else ()
    never_null = {*table.key, *(link.column for link in links)}
    parts = [
        f"{escape_name(column.name)} {_TYPES.get(column.type, column.type)}"
        + (" not null" if column.name in never_null else "")
        for column in table.mart.columns
    ]
    parts.append(f"assumed primary key ({_names(table.key)})")
    parts += [
        f"assumed foreign key ({_names([link.column])}) references {_place(link.table)} ({_names([link.field])})"
        for link in links
    ]
    return f"create table {_place(table)} ({', '.join(parts)})"


def _fill(table: Table, parquet: Path) -> str:
    columns = table.mart.columns
    rows = f"select {', '.join(map(_value, columns))} from external({escape_string_literal(str(parquet))})"
    condition = f" where {table.condition}" if table.condition else ""
    return f"insert into {_place(table)} ({_names([column.name for column in columns])}) {rows}{condition}"


def _value(column: Column) -> str:
    name = escape_name(column.name)
    return f"{name} at time zone 'UTC'" if column.type == "timestamptz" else str(name)


def _names(names: Sequence[str]) -> str:
    return ", ".join(str(escape_name(name)) for name in names)


def _place(table: Table) -> str:
    return f"{escape_name(SCHEMA)}.{escape_name(table.name)}"


class Comparison:
    """Holds extracts against the marts of a database, row for row; small marts are read from it once."""

    KEPT_ROWS = 100_000

    def __init__(self, database: Database) -> None:
        self.database = database
        self._kept: dict[tuple[str, str], list[tuple[Any, ...]]] = {}

    def check(self, process: HyperProcess, star: Star, path: Path) -> int:
        """Compares each table of the extract with its mart, each row and column; returns the number of rows.

        Raises:
            SonicError: they differ.
        """
        with Connection(process.endpoint, str(path), CreateMode.NONE) as connection:
            return sum(self._check(connection, table, path) for table in star.tables)

    def _check(self, connection: Connection, table: Table, path: Path) -> int:
        rows = 0
        for expected, found in zip_longest(self._expected(table), _found(connection, table)):
            rows += 1
            if expected != found:
                raise SonicError(
                    f"The extract differs from the mart {table.mart.name} in row {rows:,} of {table.name}:"
                    f" {_told(table, expected, found)}",
                    str(path),
                    "Nothing was published. If a build was running meanwhile, wait for it, then publish again.",
                )
        return rows

    def _expected(self, table: Table) -> Iterator[tuple[Any, ...]]:
        """The mart's rows in the order of its key, as an extract would give them."""
        key = (table.mart.name, table.condition)
        if key in self._kept:
            yield from self._kept[key]
            return
        condition = f" where {table.condition}" if table.condition else ""
        columns = ", ".join(column.name for column in table.mart.columns)
        query = f"select {columns} from {SCHEMA}.{table.mart.name}{condition} order by {_order(table)}"
        kept: list[tuple[Any, ...]] | None = []
        for batch in self.database.batches(query, BATCH_ROWS):
            rows = [tuple(map(_without_zone, row)) for row in batch]
            yield from rows
            if kept is not None:
                kept = None if len(kept) + len(rows) > self.KEPT_ROWS else kept + rows
        if kept is not None and not table.mart.name.startswith("fct_"):
            self._kept[key] = kept


def _order(table: Table) -> str:
    """The key; its texts by the codes of their letters, whatever the database's collation."""
    types = {column.name: column.type for column in table.mart.columns}
    return ", ".join(f'{name} collate "C"' if types[name] == "text" else name for name in table.key)


def _found(connection: Connection, table: Table) -> Iterator[tuple[Any, ...]]:
    columns = _names([column.name for column in table.mart.columns])
    query = f"select {columns} from {_place(table)} order by {_names(table.key)}"
    with connection.execute_query(query) as result:
        for row in result:
            yield tuple(map(_plain, row))


def _plain(value: Any) -> Any:
    if isinstance(value, Timestamp):
        return value.to_datetime()
    return value.to_date() if isinstance(value, Date) else value


def _without_zone(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def _told(table: Table, expected: tuple[Any, ...] | None, found: tuple[Any, ...] | None) -> str:
    if expected is None or found is None:
        return f"it has {'more' if expected is None else 'fewer'} rows"
    names = (column.name for column in table.mart.columns)
    name, due, got = next(each for each in zip(names, expected, found, strict=True) if each[1] != each[2])
    return f"{name} is {got!r} instead of {due!r}"
