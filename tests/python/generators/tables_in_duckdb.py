"""A small clean data set in DuckDB, made once per process, and what its declarations say is wrong with it."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from generators.api import make_day, make_opening
from generators.core.world import World
from generators.ddl import TABLES, Kind, Table

SCALE = 0.12
DAYS = 36
FIRST = date(2026, 1, 1)
SHARED = {"transactions", "transaction_events", "refunds"}
"""Tables to which several domains add rows."""


@cache
def world() -> World:
    """The world of the small data set."""
    return World(seed=7, scale=SCALE, first_day=FIRST)


@cache
def clean_day(number: int) -> dict[str, pa.Table]:
    """Clean tables of the opening (number 0) or of a day (from 1), with their declared types."""
    made = make_opening(world()) if number == 0 else make_day(world(), FIRST + timedelta(days=number - 1))
    return {name: table.cast(TABLES[name].lake_schema()) for name, table in made.items()}


@cache
def clean_database() -> duckdb.DuckDBPyConnection:
    """All days: per table ``<table>_all`` with every row that arrived, and ``<table>`` with the latest images."""
    database = duckdb.connect()
    database.execute("set timezone = 'UTC'")
    for name, table in TABLES.items():
        parts = [day[name] for number in range(DAYS + 1) if name in (day := clean_day(number))]
        rows = pa.concat_tables([table.lake_schema().empty_table(), *parts])
        database.register("arriving", rows)
        database.execute(f"create table {name}_all as select * from arriving")
        database.unregister("arriving")
        latest = ""
        if table.kind is Kind.ENTITY:
            latest = f"qualify row_number() over (partition by {', '.join(table.key)} order by change_no desc) = 1"
        database.execute(f"create table {name} as select * from {name}_all {latest}")
    return database


def count(sql: str) -> int:
    """The single number that a query of the clean database gives."""
    row = clean_database().execute(sql).fetchone()
    assert row is not None
    return int(row[0] or 0)


def violations(domain: str) -> list[str]:
    """Every key, check, foreign key and order of arrival that rows of a domain's tables break."""
    return [problem for table in TABLES.values() if table.domain == domain for problem in _violations(table)]


def _violations(table: Table) -> Iterator[str]:
    name = table.name
    for key in (table.key, *table.unique):
        known = " and ".join(f"{column} is not null" for column in key)
        if n := count(f"select count(*) - count(distinct ({', '.join(key)}, 0)) from {name} where {known}"):
            yield f"{name}: {n} rows share ({', '.join(key)})"
    for check, condition in table.checks.items():
        if n := count(f"select count(*) from {name}_all where not ({condition})"):
            yield f"{name}: {n} rows break {check}"
    for column in table.lake_columns:
        if not column.nullable and (n := count(f"select count(*) from {name}_all where {column.name} is null")):
            yield f"{name}: {n} rows without {column.name}"
        if column.references:
            parent, target = column.references.split(".")
            late = f"""
                select count(*) from {name}_all as child
                left join (select {target} as id, min(arrived_at) as since from {parent}_all group by all) as parent
                on parent.id = child.{column.name}
                where child.{column.name} is not null
                and (parent.id is null or cast(parent.since as date) > cast(child.arrived_at as date))
            """
            if n := count(late):
                yield f"{name}: {n} rows whose {column.name} has no {parent} that arrived before them"
    if table.kind is Kind.ENTITY:
        yield from _change_violations(table)


def _change_violations(table: Table) -> Iterator[str]:
    key = ", ".join(table.key)
    broken = f"""
        select count(*) from (
            select change_no, row_number() over one - 1 as expected, changed_at, lag(changed_at) over one as before
            from {table.name}_all window one as (partition by {key} order by change_no)
        ) where change_no <> expected or changed_at < before
    """
    if n := count(broken):
        yield f"{table.name}: {n} change rows out of sequence"


def same_alone(domain: Any, numbers: tuple[int, ...]) -> list[str]:
    """Tables of a domain that differ when a day is made alone, in a fresh world, from the days in sequence."""
    differing = []
    for number in numbers:
        fresh = World(seed=7, scale=SCALE, first_day=FIRST)
        alone = domain.day(fresh, FIRST + timedelta(days=number - 1))
        for name, table in alone.items():
            made = clean_day(number)[name]
            if name in SHARED:
                key = TABLES[name].key[0]
                made = made.filter(pc.is_in(made[key], value_set=table[key].combine_chunks()))
            if not table.cast(TABLES[name].lake_schema()).equals(made):
                differing.append(f"{name} of day {number}")
    return differing
