"""What PostgreSQL itself sees to in the raw schema: periods that lie apart, words that are found, queries by index."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from generators.core.lake import Origin, write_day
from generators.ddl import TABLES
from generators.ddl.table import Apart, Table
from sonic.errors import SonicError
from sonic.paths import Home
from sonic.server.control import Server
from sonic.warehouse.generate import Recipe, generate
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import load
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.targets import open_database

SEED, SCALE = 42, 0.02
LAST = date(2026, 1, 2)
PERIODS = [(table, apart) for table in TABLES.values() for apart in table.apart]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The opening and two days, clean: with every key, check and index."""
    root = tmp_path_factory.mktemp("raw_schema") / "lake"
    generate(root, Recipe(SEED, SCALE, clean=True), days=2)
    return Lake(root)


@pytest.fixture(scope="module")
def database(lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A server of this file's own that holds the lake."""
    home = Home(tmp_path_factory.mktemp("raw_schema") / "state")
    Server(home).start()
    made = open_database(home, "embedded", "raw_schema")
    assert isinstance(made, Postgres)
    load(made, lake)
    yield made
    Server(home).remove()


@pytest.fixture
def raw(database: Postgres) -> Iterator[psycopg.Connection[Any]]:
    """A connection whose changes are undone."""
    with database.connect() as connection, connection.transaction(force_rollback=True):
        yield connection


class Begun(NamedTuple):
    """How a row is copied as one of the same owner."""

    days: int
    """Days after the copied row's begin."""
    ended: bool = False
    """Where the copied row ends before that."""


def _again(raw: psycopg.Connection[Any], table: Table, apart: Apart, begun: Begun) -> int:
    """Copies a row that lasts, with another key and begin; how many rows that made."""
    key, kind = table.key[0], table.column(apart.begin).type
    later = f"cast({apart.begin} + interval '{begun.days} days' as {kind})"
    lasting = f"({apart.end} is null or {apart.end} > {later})"
    if begun.ended:
        chosen = f"(select {key} from raw.{table.name} where {lasting} order by {key} limit 1)"
        raw.execute(f"update raw.{table.name} set {apart.end} = {later} where {key} = {chosen}".encode())
        lasting = f"{apart.end} = {later}"
    new = {key: f"{key} + 1000000000", apart.begin: later, apart.end: "null", "version_no": "version_no + 100"}
    if not table.column(apart.end).nullable:
        new[apart.end] = f"{later} + interval '1 day'"
    columns = [column.name for column in table.lake_columns] + ["load_id"]
    values = ", ".join(new.get(name, name) for name in columns)
    return raw.execute(
        f"insert into raw.{table.name} ({', '.join(columns)}) select {values} from raw.{table.name}"
        f" where {lasting} order by {key} limit 1".encode()
    ).rowcount


@pytest.mark.parametrize(("table", "apart"), PERIODS, ids=[table.name for table, _ in PERIODS])
def test_periods_of_one_owner_lie_apart(raw: psycopg.Connection[Any], table: Table, apart: Apart) -> None:
    with pytest.raises(psycopg.errors.ExclusionViolation, match=f"{table.name}_{'_'.join(apart.owner)}_apart"):
        _again(raw, table, apart, Begun(1))


@pytest.mark.parametrize("name", ["plan_prices", "households", "revenue_splits", "rights_contracts"])
def test_a_period_may_begin_where_the_last_one_ends(raw: psycopg.Connection[Any], name: str) -> None:
    assert _again(raw, TABLES[name], TABLES[name].apart[0], Begun(1, ended=True)) == 1


def test_a_missing_territory_is_one_territory(raw: psycopg.Connection[Any]) -> None:
    contracts = TABLES["rights_contracts"]
    raw.execute("delete from raw.rights_contracts where territory_country_id is not null")
    with pytest.raises(psycopg.errors.ExclusionViolation):
        _again(raw, contracts, contracts.apart[0], Begun(1))


def test_the_loader_names_periods_that_overlap(database: Postgres, lake: Lake, tmp_path: Path) -> None:
    """A third day founds a household anew for an owner who has one."""
    before = database.query("select load_id from ops.loads order by 1")[1]
    source = next((lake.root / "households").glob("*/*.parquet"))
    rows = pq.ParquetFile(source).read().slice(0, 1)
    rows = rows.set_column(0, "household_id", pc.add(rows["household_id"], 1_000_000))
    broken = tmp_path / "lake"
    shutil.copytree(lake.root, broken)
    write_day(broken, LAST + timedelta(days=1), "day", Origin(SEED, SCALE, clean=True), {"households": rows})
    with pytest.raises(SonicError, match=r"two periods of one owner overlap: .*households_owner_user_id_apart") as said:
        load(database, Lake(broken))
    assert "households/arrival_date=2026-01-03" in said.value.where
    assert database.query("select load_id from ops.loads order by 1")[1] == before
