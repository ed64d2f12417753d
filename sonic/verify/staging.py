"""Staging against the oracle: each row that was sent stands there once, in every column."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

from oracle import staging
from oracle.truth import Truth
from sonic.errors import SonicError, UsageError
from sonic.verify.compare import Difference, compare
from sonic.verify.truth import Verdict, other_columns
from sonic.warehouse.database import Database

SCHEMA = "staging"
PREFIX = "stg_"
NOT_SENT = ("_hourly", "ops__")
"""Parts of the names of staged tables whose rows no file brings: sums of purged rows, and the loader's own records."""
LEFT_OUT = ("load_id",)
"""Columns that count how the warehouse was filled, which is no part of the truth."""


def verify_staging(database: Database, truth: Truth, only: Sequence[str] = ()) -> Iterator[Verdict]:
    """Compares the staged tables named, all by default, one by one, and tells of those that are not there.

    Raises `SonicError` for a table that the database does not have, or if it has none at all.
    """
    there = {name: columns for name, columns in _columns(database).items() if is_compared(name)}
    if not there:
        raise SonicError(f"Nothing is staged in schema {SCHEMA}", database.where, "Run `sonic build`, then verify.")
    if unknown := [name for name in only if name not in there]:
        raise UsageError(f"There is no staged table {unknown[0]!r}", "--only", f"There are {', '.join(sorted(there))}.")
    purged = _purged(database)
    for name in only or there:
        yield _verify(database, truth, name, there[name], purged.get(_table(name), set()))
    held = {_table(name) for name in there}
    for table in () if only else truth.lake.tables:
        if table not in held:
            lacking = Difference((), "table", "no staged table", "one of each table that was sent")
            yield Verdict(table, (), 0, [lacking], 0, SCHEMA)


def not_compared(database: Database) -> list[str]:
    """Staged tables that are left out, as no file brings their rows."""
    return [name for name in _columns(database) if not is_compared(name)]


def is_compared(name: str) -> bool:
    """Whether it is a staged table whose rows were sent."""
    return name.startswith(PREFIX) and not any(part in name for part in NOT_SENT)


def _columns(database: Database) -> dict[str, list[str]]:
    """The columns of each staged table."""
    found: dict[str, list[str]] = {}
    sql = f"""
        select table_name, column_name from information_schema.columns
        where table_schema = '{SCHEMA}' order by table_name, ordinal_position
    """
    for table, column in database.query(sql)[1]:
        if table.startswith(PREFIX):
            found.setdefault(table, []).append(column)
    return found


def _table(name: str) -> str:
    """The table, or table of change rows, that a staged one is made of: `stg_<domain>__<table>`."""
    return name.split("__", maxsplit=1)[1]


def _verify(database: Database, truth: Truth, name: str, columns: list[str], purged: set[staging.Values]) -> Verdict:
    start = time.monotonic()
    table = _table(name)
    kept = [column for column in columns if column not in LEFT_OUT]
    _, found = database.query(f"select {', '.join(kept)} from {SCHEMA}.{name}")
    sent = staging.columns(truth.lake, table.removesuffix(staging.CHANGES))
    if not sent:
        surplus = [Difference((), "table", f"{len(found):,} rows", "no row was sent")] if found else []
        return Verdict(name, (), len(found), surplus, time.monotonic() - start, SCHEMA)
    key = staging.key(truth.lake, table)
    # a model of changes takes the columns whose history is asked for
    wanted = [column for column in sent if column in kept] if table.endswith(staging.CHANGES) else sent
    differences = other_columns(kept, [dict.fromkeys(wanted)])
    if not differences:
        expected = staging.rows(truth, table, kept)
        for each in purged:
            expected.pop(each, None)
        differences = _differences(kept, key, found, expected)
    return Verdict(name, key, len(found), differences, time.monotonic() - start, SCHEMA)


def _differences(
    columns: Sequence[str], key: Sequence[str], found: Sequence[staging.Values], expected: dict[staging.Values, Any]
) -> list[Difference]:
    """As `compare` does, which is slow: it is asked only about keys whose rows are not plainly the same."""
    places = [columns.index(name) for name in key]
    keys = [tuple(row[place] for place in places) for row in found]
    met: set[staging.Values] = set()
    apart: set[staging.Values] = set()
    for each, row in zip(keys, found, strict=True):
        if each in met or expected.get(each) != row:
            apart.add(each)
        met.add(each)
    apart |= expected.keys() - met
    here = [dict(zip(columns, row, strict=True)) for each, row in zip(keys, found, strict=True) if each in apart]
    there = [dict(zip(columns, expected[each], strict=True)) for each in apart if each in expected]
    return compare(here, there, key) if apart else []


def _purged(database: Database) -> dict[str, set[staging.Values]]:
    """Keys of the rows that a purge has deleted, by table: a number, within a scope where the key has two columns."""
    found: dict[str, set[staging.Values]] = {}
    for table, scope, first, last in database.query("select * from ops.purged_keys")[1]:
        keys = ((scope, number) if scope else (number,) for number in range(first, last + 1))
        found.setdefault(table, set()).update(keys)
    return found
