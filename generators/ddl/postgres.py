"""PostgreSQL DDL of the raw schema, rendered from the declarations; every statement can be run again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from generators.ddl.table import DAY_ID_SPAN, LOAD_ID, Column, Kind, Table

ID_EPOCH = date(2000, 1, 1)
SCHEMA = "raw"


def first_id_of(day: date) -> int:
    """Smallest event id of a day."""
    return (day - ID_EPOCH).days * DAY_ID_SPAN


def schema_statements(tables: Iterable[Table], *, clean: bool) -> Iterator[str]:
    """Statements that make the raw schema, in order.

    Args:
        clean: event tables get their primary and foreign keys, so that PostgreSQL itself proves the data's
            integrity. Data that lands at least once and out of order cannot satisfy them.
    """
    yield f"create schema if not exists {SCHEMA}"
    for table in tables:
        constrained = clean or table.kind is not Kind.EVENT
        yield _create(table, constrained=constrained)
        yield from _indexes(table, constrained=constrained)
        yield from _comments(table.name, table.about, (*table.lake_columns, LOAD_ID))
        if table.kind is Kind.ENTITY:
            yield _create_changes(table)
            yield f"create index if not exists {table.changes_name}_load_idx on {SCHEMA}.{table.changes_name} (load_id)"
            about = f"Every change of {table.name}, append-only, as change data capture delivers it."
            yield from _comments(table.changes_name, about, (*table.lake_columns, LOAD_ID))


def partition_statement(table: Table, month: date) -> str:
    """Statement that makes the partition of one month (its first day) of a partitioned event table."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return (
        f"create table if not exists {SCHEMA}.{table.name}_{month:%Y_%m} partition of {SCHEMA}.{table.name} "
        f"for values from ({first_id_of(month)}) to ({first_id_of(following)})"
    )


def _column_sql(column: Column) -> str:
    return f"{column.name} {column.type}{'' if column.nullable else ' not null'}"


def _create(table: Table, *, constrained: bool) -> str:
    # Rows of a dirty event table are judged by staging, so its columns take nulls and any value of their type.
    parts = [
        _column_sql(column) if constrained or column.name in table.key else f"{column.name} {column.type}"
        for column in table.lake_columns
    ]
    parts.append(_column_sql(LOAD_ID))
    if constrained:
        parts.append(f"constraint {table.name}_pk primary key ({', '.join(table.key)})")
        parts += [f"constraint {table.name}_{'_'.join(cols)}_uk unique ({', '.join(cols)})" for cols in table.unique]
        parts += [f"constraint {table.name}_{name}_ck check ({condition})" for name, condition in table.checks.items()]
        parts += [
            f"constraint {table.name}_{c.name}_fk foreign key ({c.name}) "
            f"references {SCHEMA}.{c.references.split('.')[0]} ({c.references.split('.')[1]}) on delete {c.on_delete}"
            for c in table.columns
            if c.references
        ]
    partition = f" partition by range ({table.key[0]})" if table.partitioned else ""
    body = ",\n    ".join(parts)
    return f"create table if not exists {SCHEMA}.{table.name} (\n    {body}\n){partition}"


def _create_changes(table: Table) -> str:
    # Changes are delivered at least once: no key here, staging keeps one row per key and change_no.
    body = ",\n    ".join([*(f"{c.name} {c.type}" for c in table.lake_columns), _column_sql(LOAD_ID)])
    return f"create table if not exists {SCHEMA}.{table.changes_name} (\n    {body}\n)"


def _indexes(table: Table, *, constrained: bool) -> Iterator[str]:
    wanted = list(table.indexes)
    if not constrained:
        wanted.append(", ".join(table.key))
    covered = {index.split(",")[0].split(" ")[0] for index in wanted} | {table.key[0]}
    # A foreign key without an index makes each delete of its parent a full scan.
    wanted += [c.name for c in table.columns if c.references and c.name not in covered and table.kind is not Kind.EVENT]
    if table.kind is not Kind.REFERENCE:
        wanted.append("load_id")
    for index in wanted:
        columns, _, condition = index.partition(" where ")
        name = "_".join(filter(None, (_identifier(part) for part in columns.split(","))))
        where = f" where {condition}" if condition else ""
        yield f"create index if not exists {table.name}_{name}_idx on {SCHEMA}.{table.name} ({columns}){where}"


def _identifier(expression: str) -> str:
    return expression.strip().replace("lower(", "").replace(")", "").replace(" ", "_")


def _comments(name: str, about: str, columns: Iterable[Column]) -> Iterator[str]:
    yield f"comment on table {SCHEMA}.{name} is {_literal(about)}"
    for column in columns:
        yield f"comment on column {SCHEMA}.{name}.{column.name} is {_literal(column.about)}"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
