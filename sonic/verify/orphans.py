"""Every relationship that the declarations name, held against the rows of an operational schema.

All relationships of a table are checked by one statement that reads the table once. It is joined with the distinct
keys of each parent, so that a parent that holds a key twice, as landed events do, counts no row twice. Keys of rows
that `sonic purge` deleted count as there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from generators.ddl import Table
from sonic.errors import SonicError
from sonic.warehouse.database import Database

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Relationship:
    """A column of a table that holds keys of another."""

    table: str
    column: str
    parent: str
    key: str

    def __str__(self) -> str:
        return f"{self.table}.{self.column} -> {self.parent}.{self.key}"


@dataclass(frozen=True)
class Checked:
    """What one relationship holds: rows of the table, those whose parent is not there, and the first and last of them.

    An example is the key of such a row and the key of the parent that it names, as texts.
    """

    relationship: Relationship
    rows: int
    orphans: int
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Plan:
    """Which relationships a schema lets be checked, and the tables and columns that it lacks for the others."""

    checkable: tuple[Relationship, ...]
    absent: tuple[str, ...]


def relationships(tables: Mapping[str, Table]) -> Iterator[Relationship]:
    """All relationships that the declarations name, those of a table together."""
    for table in tables.values():
        for column in table.columns:
            if column.references:
                parent, key = column.references.split(".")
                yield Relationship(table.name, column.name, parent, key)


def plan(database: Database, schema: str, tables: Mapping[str, Table]) -> Plan:
    """What can be checked in a schema.

    Raises:
        SonicError: there is no such schema, or none of its tables is known.
    """
    text = schema.replace("'", "''")
    _, rows = database.query(
        f"select table_name, column_name from information_schema.columns where table_schema = '{text}'"
    )
    held = {(str(table), str(column)) for table, column in rows}
    if not held:
        raise SonicError(
            f"The schema {schema!r} is not there, or holds no table that this user may read",
            database.where,
            "Name the schema of the operational tables: --schema NAME.",
        )
    known = {table for table, _ in held} & set(tables)
    if not known:
        raise SonicError(
            f"None of the tables of {schema!r} is known by its name",
            database.where,
            "Name the schema of the operational tables (--schema NAME); generators/ddl declares their names.",
        )
    wanted = list(relationships(tables))
    needed = {each: ((each.table, each.column), (each.parent, each.key)) for each in wanted}
    columns = {f"{table}.{column}" for both in needed.values() for table, column in both if table in known}
    absent = columns - {f"{table}.{column}" for table, column in held}
    return Plan(
        tuple(each for each in wanted if set(needed[each]) <= held),
        (*sorted(set(tables) - known), *sorted(absent)),
    )


def check(
    database: Database,
    schema: str,
    wanted: Sequence[Relationship],
    tables: Mapping[str, Table],
    progress: Progress = lambda *_: None,
) -> Iterator[Checked]:
    """Looks for orphans, one table after the other, each as of one moment.

    Raises:
        SonicError: a table cannot be read, or a column is of another type than the key that it holds.
    """
    done = 0
    purged = _purged(database)
    for name, group in groupby(wanted, attrgetter("table")):
        own = list(group)
        progress(f"relationships of {name}", done, len(wanted))
        try:
            _, ((rows, *found),) = database.query(_statement(schema, tables[name], own, purged))
        except database.errors as error:
            raise SonicError(
                f"The relationships of {name} cannot be checked: {str(error).strip().splitlines()[0]}",
                f"{database.where}, schema {schema}",
                "Let the user read the table and its parents; a key and what refers to it must be of one type.",
            ) from error
        for place, relationship in enumerate(own):
            orphans, first, last = found[3 * place : 3 * place + 3]
            examples = {(str(key), str(parent)): None for key, parent in (first, last)} if orphans else {}
            yield Checked(relationship, int(rows), int(orphans), tuple(examples))
        done += len(own)


def _purged(database: Database) -> frozenset[str]:
    """Logs of which rows were purged: what refers to these is no orphan."""
    _, rows = database.query(
        "select count(*) from information_schema.tables where table_schema = 'ops' and table_name = 'purged_keys'"
    )
    if not rows[0][0]:
        return frozenset()
    return frozenset(name for (name,) in database.query("select distinct table_name from ops.purged_keys")[1])


def _statement(schema: str, table: Table, own: Sequence[Relationship], purged: Collection[str]) -> str:
    """Counts the rows of a table and, for each relationship, its orphans with the first and the last of them."""
    key = " || ',' || ".join(f"cast(child.{_name(column)} as text)" for column in table.key)
    measures, joins = ["count(*)"], []
    for number, each in enumerate(own):
        column = f"child.{_name(each.column)}"
        orphan = f"filter (where {column} is not null and parent_{number}.known is null)"
        pair = f"array[{key}, cast({column} as text)]"
        measures += [f"count(*) {orphan}", f"min({pair}) {orphan}", f"max({pair}) {orphan}"]
        known = f"select {_name(each.key)} as known from {_name(schema)}.{_name(each.parent)}"
        if each.parent in purged:
            known += (
                " union all select generate_series(first_no, last_no) from ops.purged_keys"
                f" where table_name = '{each.parent}'"
            )
        joins.append(
            f"left join (select distinct known from ({known}) as parent) "
            f"as parent_{number} on parent_{number}.known = {column}"
        )
    return "\n".join([f"select {', '.join(measures)}", f"from {_name(schema)}.{_name(table.name)} as child", *joins])


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
