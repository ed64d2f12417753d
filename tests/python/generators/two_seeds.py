"""The same question to two small clean data sets of different seeds and scales."""

import re
from collections.abc import Callable
from typing import Any

import duckdb

from tests.python.generators.tables_in_duckdb import clean_database

Ask = Callable[[str], list[tuple[Any, ...]]]
SEEDS = ("seed 7", "seed 42")


def asker(seed: str, clean_tables: duckdb.DuckDBPyConnection) -> Ask:
    """Answers queries in which ``<table>_all`` has every row that arrived and ``<table>`` the latest images.

    Args:
        seed: one of SEEDS.
        clean_tables: the fixture of that name, which calls ``<table>_all`` ``all_<table>``.
    """
    if seed == "seed 7":
        return lambda sql: clean_database().execute(sql).fetchall()
    return lambda sql: clean_tables.execute(re.sub(r"\b([a-z_]+)_all\b", r"all_\1", sql)).fetchall()
