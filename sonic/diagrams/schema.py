"""What a diagram shows, read from PostgreSQL's own catalogue: tables, columns, keys, comments."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from generators.ddl import TABLES, Table
from generators.ddl.postgres import (
    SCHEMA,
    completing_statements,
    create_statements,
    foreign_keys_statement,
    keys_statement,
)
from generators.ddl.table import ARRIVED_AT, CHANGE_NO, CHANGED_AT, LOAD_ID
from sonic.warehouse.postgres import Postgres

_NOT_SHOWN = frozenset(column.name for column in (CHANGED_AT, CHANGE_NO, ARRIVED_AT, LOAD_ID))
_SHORT = {
    "timestamp with time zone": "timestamptz",
    "character varying": "varchar",
}

_COLUMNS = """
select tables.relname, columns.attname, format_type(columns.atttypid, columns.atttypmod), not columns.attnotnull
from pg_class as tables
inner join pg_attribute as columns on columns.attrelid = tables.oid
where tables.relnamespace = %s::regnamespace and tables.relkind in ('r', 'p') and not tables.relispartition
and columns.attnum > 0 and not columns.attisdropped
order by tables.relname, columns.attnum
"""
_COMMENTS = """
select relname, obj_description(oid, 'pg_class') from pg_class
where relnamespace = %s::regnamespace and relkind in ('r', 'p') and not relispartition
"""
_KEYS = """
select
    children.relname,
    constraints.contype,
    (
        select array_agg(columns.attname order by parts.place)
        from unnest(constraints.conkey) with ordinality as parts (number, place)
        inner join pg_attribute as columns
            on columns.attrelid = constraints.conrelid and columns.attnum = parts.number
    ),
    parents.relname
from pg_constraint as constraints
inner join pg_class as children on constraints.conrelid = children.oid
left join pg_class as parents on constraints.confrelid = parents.oid
where children.relnamespace = %s::regnamespace and constraints.contype in ('p', 'u', 'f')
and not children.relispartition and constraints.conparentid = 0
order by children.relname, constraints.conname
"""


@dataclass(frozen=True)
class Column:
    """One column; `refers_to` names the table whose key it holds."""

    name: str
    type: str
    is_nullable: bool = False
    is_key: bool = False
    refers_to: str | None = None


@dataclass(frozen=True)
class Entity:
    """One table, and how a diagram groups it."""

    name: str
    group: str
    about: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Relation:
    """A reference of one table to another: of how many rows (`is_one`) to one parent, or to none (`is_optional`)."""

    child: str
    column: str
    parent: str
    is_one: bool = False
    is_optional: bool = False


@dataclass(frozen=True)
class Schema:
    """Entities by name, and the relations among them."""

    entities: Mapping[str, Entity]
    relations: tuple[Relation, ...]

    @property
    def groups(self) -> list[str]:
        """Names of the groups, in order of the alphabet."""
        return sorted({entity.group for entity in self.entities.values()})

    def members(self, group: str) -> list[Entity]:
        """Entities of a group by name."""
        return [entity for _, entity in sorted(self.entities.items()) if entity.group == group]


def of_tables(database: Postgres, tables: Mapping[str, Table] = TABLES) -> Schema:
    """The operational schema by PostgreSQL's catalogue, in a database that is made for it and removed.

    Its tables are empty and have all keys that are declared, those included that a purge does not leave in force.
    """
    database.create()
    try:
        _make(database, tables)
        return _read(database, tables)
    finally:
        with closing(database.connect("postgres")) as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database.name)))


def _make(database: Postgres, tables: Mapping[str, Table]) -> None:
    statements = [f"create schema {SCHEMA}"]
    for table in tables.values():
        statements += [*create_statements(table, clean=True), keys_statement(table, clean=True) or ""]
    for table in tables.values():
        statements += [*completing_statements(table, clean=True)]
        statements.append(foreign_keys_statement(table, tables, clean=True, logical=True) or "")
    with closing(database.connect()) as connection, connection.transaction():
        for statement in filter(None, statements):
            connection.execute(statement.encode())


def _read(database: Postgres, tables: Mapping[str, Table]) -> Schema:
    with closing(database.connect()) as connection:
        columns = _fetch(connection, _COLUMNS)
        comments = {name: about for name, about in _fetch(connection, _COMMENTS)}
        keys = _fetch(connection, _KEYS)
    primary = {child: tuple(names) for child, kind, names, _ in keys if kind == "p"}
    unique = {(child, tuple(names)) for child, kind, names, _ in keys if kind in ("p", "u")}
    foreign = {(child, names[0]): parent for child, kind, names, parent in keys if kind == "f" and len(names) == 1}
    nullable = {(table, name): is_nullable for table, name, _, is_nullable in columns}
    entities = {
        name: Entity(
            name,
            tables[name].domain,
            comments[name] or "",
            tuple(
                Column(column, _short(kind), is_nullable, column in primary.get(name, ()), foreign.get((name, column)))
                for table, column, kind, is_nullable in columns
                if table == name and column not in _NOT_SHOWN
            ),
        )
        for name in sorted(set(comments) & set(tables))
    }
    relations = (
        Relation(child, column, parent, (child, (column,)) in unique, nullable[child, column])
        for (child, column), parent in foreign.items()
    )
    return Schema(entities, tuple(each for each in relations if each.child in entities))


def _fetch(connection: psycopg.Connection, query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query.encode(), [SCHEMA] * query.count("%s")).fetchall()


def _short(kind: str) -> str:
    return _SHORT.get(kind, kind)
