"""The audit log takes entries and gives none back, and what is done behind its back is found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pyarrow as pa
import pytest

from generators.core.lake import Origin, write_day
from generators.ddl import TABLES
from generators.ddl.postgres import FIRST_HASH
from sonic.errors import SonicError
from sonic.paths import Home
from sonic.server.control import Server
from sonic.warehouse.audit import follow, heads_path
from sonic.warehouse.duck import DuckDB
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import load
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.targets import open_database

LOG = {"audit_log": TABLES["audit_log"]}
FIRST = date(2026, 1, 1)
OPEN = "alter table raw.{0} disable trigger user"
SHUT = "alter table raw.{0} enable trigger user"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A state folder with a server of its own."""
    home = Home(tmp_path_factory.mktemp("audit") / "state")
    Server(home).start()
    yield home
    Server(home).remove()


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Two days of six entries; the second day brings one of the first day's again."""
    root = tmp_path / "lake"
    _write(root, 0, range(1, 7))
    _write(root, 1, [*range(7, 12), 3])
    return root


@pytest.fixture
def logged(home: Home, lake: Path, tmp_path: Path) -> Postgres:
    """A database that took the first day, then the second."""
    name = "".join(c if c.isalnum() else "_" for c in tmp_path.name.lower())
    database = open_database(home, "embedded", name)
    assert isinstance(database, Postgres)
    load(database, Lake(lake), until=FIRST, tables=LOG)
    load(database, Lake(lake), tables=LOG)
    return database


def _write(root: Path, number: int, ids: range | list[int]) -> None:
    day = FIRST + timedelta(days=number)
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    rows = [
        {
            "audit_id": n,
            "occurred_at": at,
            "actor_kind": "staff",
            "actor_name": "rights_desk",
            "actor_user_id": None,
            "action": "rights.rate_changed",
            "entity_type": "royalty_rates",
            "entity_id": n,
            "details": '{"quote": "\\"", "name": "நதி"}',
            "arrived_at": at,
        }
        for n in ids
    ]
    schema = pa.schema([field.with_nullable(True) for field in LOG["audit_log"].lake_schema()])
    write_day(root, day, "day", Origin(7, 0.01, False), {"audit_log": pa.Table.from_pylist(rows, schema)})


def _tamper(database: Postgres, *statements: str) -> None:
    """What an owner of the tables can do: switch the triggers off, change, switch them on again."""
    with database.connect() as connection, connection.transaction():
        for table in ("audit_log", "audit_log_chain"):
            connection.execute(OPEN.format(table).encode())
        for statement in statements:
            connection.execute(statement.encode())
        for table in ("audit_log", "audit_log_chain"):
            connection.execute(SHUT.format(table).encode())


def test_an_untouched_log_is_followed_to_its_head(logged: Postgres, lake: Path) -> None:
    report = follow(logged, lake)
    assert (report.entries, report.problems) == (12, ())
    assert report.head != FIRST_HASH
    assert len(heads_path(logged, lake).read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.parametrize("table", ["audit_log", "audit_log_chain"])
@pytest.mark.parametrize("change", ["update raw.{} set audit_id = 0", "delete from raw.{}", "truncate raw.{}"])
def test_no_entry_is_changed_or_removed(logged: Postgres, table: str, change: str) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        logged.execute(change.format(table))


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ("update raw.audit_log set details = '{}' where audit_id = 5", "Entry 5 was changed"),
        ("update raw.audit_log set load_id = 2 where audit_id = 5", "Entry 5 was changed"),
        ("delete from raw.audit_log where audit_id = 11", "Entry 11 was removed"),
        ("delete from raw.audit_log where audit_id = 3 and load_id = 2", "Entry 12 was removed"),
    ],
)
def test_a_changed_or_removed_entry_is_found(logged: Postgres, lake: Path, what: str, found: str) -> None:
    _tamper(logged, what)
    assert any(found in problem for problem in follow(logged, lake).problems)


def test_an_entry_taken_out_of_the_chain_as_well_is_found(logged: Postgres, lake: Path) -> None:
    _tamper(
        logged,
        "delete from raw.audit_log where audit_id = 9",
        "delete from raw.audit_log_chain where audit_id = 9",
    )
    assert "Entries 9 to 9 are missing" in follow(logged, lake).problems


def test_a_chain_written_anew_is_found_by_the_heads_that_were_kept(logged: Postgres, lake: Path) -> None:
    rows = "create temporary table kept on commit drop as select * from raw.audit_log where audit_id <> 4"
    again = "insert into raw.audit_log select * from kept order by load_id, audit_id"
    _tamper(logged, rows, "truncate raw.audit_log", "truncate raw.audit_log_chain", SHUT.format("audit_log"), again)
    problems = follow(logged, lake).problems
    assert "Entry 6 is not the one that load 1 left as the last" in problems
    assert not any("was changed" in problem for problem in problems)


def test_an_entry_that_no_load_brought_is_found(logged: Postgres, lake: Path) -> None:
    logged.execute("insert into raw.audit_log select * from raw.audit_log where audit_id = 1")
    assert follow(logged, lake).problems == ("1 entries were added after the last load",)


def test_entries_outside_the_chain_are_found(logged: Postgres, lake: Path) -> None:
    _tamper(logged, "insert into raw.audit_log select * from raw.audit_log where audit_id = 1")
    assert "The log holds 13 entries, the chain 12" in follow(logged, lake).problems


def test_without_its_heads_nothing_can_be_said(logged: Postgres, lake: Path) -> None:
    heads = heads_path(logged, lake)
    heads.write_text("", encoding="utf-8")
    with pytest.raises(SonicError, match="kept heads cannot be read"):
        follow(logged, lake)
    heads.unlink()
    with pytest.raises(SonicError, match="kept heads cannot be read"):
        follow(logged, lake)


def test_duckdb_has_no_chain(lake: Path, tmp_path: Path) -> None:
    database = DuckDB("duckdb", tmp_path / "some.duckdb")
    load(database, Lake(lake), tables=LOG)
    with pytest.raises(SonicError, match="no chained audit log"):
        follow(database, lake)


def test_heads_rise_with_the_loads(logged: Postgres, lake: Path) -> None:

    heads = [json.loads(line) for line in heads_path(logged, lake).read_text(encoding="utf-8").splitlines()]
    assert [(head["chain_no"], head["load_id"]) for head in heads] == [(6, 1), (12, 2)]
