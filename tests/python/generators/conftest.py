"""Lakes that several tests of the generator read; made once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from generators.api import generate
from generators.core.world import World
from generators.ddl import TABLES, Kind, Table
from tests.python.generators.tables_in_duckdb import clean_database

FIRST_DAY = date(2026, 1, 1)
SCALE = 0.03
DAYS = 33


@pytest.fixture(scope="session")
def clean_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small clean lake: the opening and 33 days."""
    lake = tmp_path_factory.mktemp("generated") / "lake"
    generate(lake, scale=SCALE, days=DAYS, clean=True)
    return lake


@pytest.fixture(scope="session")
def clean_tables(clean_lake: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Every table of the clean lake: ``all_<table>`` with every row, ``<table>`` with the latest image per key."""
    connection = duckdb.connect(config={"threads": 1})
    for name, table in TABLES.items():
        files = sorted(str(path) for path in (clean_lake / name).glob("*/*.parquet"))
        if files:
            connection.execute(
                f"create table all_{name} as select * from read_parquet({files}, hive_partitioning = true)"
            )
            connection.execute(f"create view {name} as {latest(table)}")
    yield connection
    connection.close()


def latest(table: Table) -> str:
    """Query for the latest image per key."""
    if table.kind is not Kind.ENTITY:
        return f"select * from all_{table.name}"
    keys = ", ".join(table.key)
    return (
        f"select * from (select *, row_number() over (partition by {keys} order by change_no desc) as latest_rank"
        f" from all_{table.name}) where latest_rank = 1"
    )


Ask = Callable[[str], int]


@pytest.fixture(scope="session", params=["seed 42", "seed 7"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """The one number that a query of clean data gives (0 for null), of a lake of one seed and then of another."""
    of_lake = request.param == "seed 42"
    database: duckdb.DuckDBPyConnection = request.getfixturevalue("clean_tables") if of_lake else clean_database()

    def number(query: str) -> int:
        row = database.execute(query).fetchone()
        assert row is not None
        return int(row[0] or 0)

    return number


@pytest.fixture(scope="session")
def listening_world() -> World:
    """A world with enough listening to measure its shape."""
    return World(seed=42, scale=0.1)
