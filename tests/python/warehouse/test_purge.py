"""`sonic purge` deletes what is old of the logs, whole or not at all, and every number stays what it was."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import arrivals
import marts
import psycopg
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from generators.ddl import DAY_ID_SPAN, TABLES, Table
from generators.ddl.postgres import foreign_keys_statement
from sonic.cli.app import app
from sonic.errors import SonicError
from sonic.paths import PROJECT, Home
from sonic.project.dbt import Dbt
from sonic.verify.orphans import check, relationships
from sonic.warehouse.generate import generate
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import load
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.purge import LOGS, REFERRING, purge
from sonic.warehouse.targets import open_database
from tests.python.warehouse.conftest import DAYS, RECIPE, Warehouse, day, environment

CUT = datetime.combine(day(DAYS) - timedelta(days=29), time.min, UTC)
"""30 days before the data clock, which is the end of the last day."""
OLD_DAYS = range(3, 14)
ADDED = 900_000_000
"""Numbers of rows that are defects begin here."""
HOURLY = [f"int_{name}_hourly" for name in LOGS]
FACTS = ["fct_ad_requests_hourly", "fct_api_hourly", "fct_client_timings_hourly", "fct_service_health_hourly"]
"""Facts that are made of the sums of a log."""
MODELS = {path.stem: path.read_text(encoding="utf-8") for path in (PROJECT / "models").rglob("*.sql")}
BASES = [
    base
    for base in (f"base_{log.domain}__{name}" for name, log in LOGS.items())
    if "materialized='incremental'" in MODELS[base]
]
"""Rows of logs as staging judged them, where they are kept as tables."""
READERS = [*BASES, "int_event_references", "quarantine", *FACTS]
"""Incremental models that read a log: all others are views, or read these."""
VIEWS = ("checked", "accepted", "loaded", "summed", "hourly")
BETWEEN = [
    view
    for name, log in LOGS.items()
    for view in (f"stg_{log.domain}__{name}", *(f"int_{name}_{what}" for what in VIEWS))
    if view in MODELS
]
"""Views that fall with the first of them when it is built anew."""


@pytest.fixture(scope="module")
def twins(embedded: Warehouse) -> Iterator[tuple[Postgres, Postgres]]:
    """Two copies of the built warehouse: one to be purged, one never."""
    home = embedded.home
    with environment({"SONIC_HOME": str(home.root)}):
        original = embedded.database
        assert isinstance(original, Postgres)
        with original.connect("postgres") as connection:
            for name in ("purged", "kept"):
                connection.execute(f'create database "{name}" template "{original.name}"'.encode())
        pair = [open_database(home, "embedded", name) for name in ("purged", "kept")]
        assert isinstance(pair[0], Postgres)
        assert isinstance(pair[1], Postgres)
        yield pair[0], pair[1]
        with original.connect("postgres") as connection:
            for name in ("purged", "kept"):
                connection.execute(f'drop database "{name}" with (force)'.encode())


@pytest.fixture(scope="module")
def longer_lake(lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The lake with one more day, on which rows of an old day come: three again, one for the first time."""
    root = tmp_path_factory.mktemp("longer") / "lake"
    shutil.copytree(lake.root, root, copy_function=os.link)
    generate(root, RECIPE, DAYS + 1)
    for name, log in LOGS.items():
        old = next(filter(enough, (right(arrivals.read(root, day(number), name), log) for number in OLD_DAYS)))
        new = arrivals.read(root, day(DAYS + 1), name)
        last = old.sort_by([(column, "ascending") for column in log.key]).slice(old.num_rows - 3)
        number = last.column(log.key[-1]).to_pylist()
        late = pa.concat_tables([last, altered(last.slice(2), log.key[-1], number[2] + 1)])
        late = altered(late, "arrived_at", datetime.combine(day(DAYS + 1), time(12), UTC))
        arrivals.write(root, day(DAYS + 1), name, pa.concat_tables([late] if new is None else [new, late]))
    return Lake(root)


def right(rows: pa.Table | None, log: Table) -> pa.Table:
    """The rows without those that were added as defects, whose numbers lie beyond all others of a day."""
    if rows is None:
        return log.lake_schema().empty_table()
    numbers = rows.column(log.key[0]).to_numpy() % DAY_ID_SPAN
    return rows.filter(pa.array(numbers < ADDED))


def enough(rows: pa.Table) -> bool:
    """Whether there are some rows to repeat; a sampled log may have none of a day."""
    return rows.num_rows >= 3


def altered(rows: pa.Table, column: str, value: Any) -> pa.Table:
    """The rows with one value in a column."""
    place = rows.schema.get_field_index(column)
    field = rows.schema.field(place)
    return rows.set_column(place, field, pa.array([value] * rows.num_rows, field.type))


def dbt(database: Postgres, *arguments: str) -> None:
    """Runs dbt on a database; no node fails."""
    nodes = Dbt(Home.locate(), database.target, database.name).run(arguments)
    assert nodes
    assert not [f"{node.name}: {node.message}" for node in nodes if node.failed]


def content(database: Postgres, *names: str) -> dict[str, Counter[marts.Row]]:
    """The rows of relations, each with its schema."""
    return {name: marts.rows(database, *reversed(name.split(".")))[1] for name in names}


def everything(database: Postgres) -> dict[str, Any]:
    """Rows of all that a purge touches."""
    names = [f"raw.{name}" for log in LOGS.values() for name in (log.name, log.summary)]
    ops = [f"ops.{name}" for name in ("purges", "purged_rows", "purged_keys", "purged_references")]
    return content(database, *names, *ops, "quarantine.quarantine", "staging.base_ads__ad_requests")


def test_one_that_is_interrupted_or_only_asked_changes_nothing(twins: tuple[Postgres, Postgres], lake: Lake) -> None:
    database, _ = twins
    before = everything(database)

    def interrupted(what: str, number: int, _: int) -> None:
        if number == 3:
            raise KeyboardInterrupt

    def killed(what: str, number: int, _: int) -> None:
        if number == 3:
            database.query(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and state = 'idle in transaction'"
            )

    with pytest.raises(KeyboardInterrupt):
        purge(database, lake, progress=interrupted)
    with pytest.raises(psycopg.OperationalError):
        purge(database, lake, progress=killed)
    told = CliRunner().invoke(app, ["purge", "--dry-run", "--database", database.name, "--lake", str(lake.root)])
    assert told.exit_code == 0, told.output
    assert "nothing was changed" in told.output
    assert f"from before {CUT:%Y-%m-%d} 00:00 UTC, 30 days before the data clock" in told.output
    assert everything(database) == before


def test_all_stays_the_same_after_a_purge(twins: tuple[Postgres, Postgres], embedded: Warehouse, lake: Lake) -> None:
    """Old rows are gone, of raw and of what keeps copies; a full refresh of what reads them gives the same rows."""
    database, _ = twins
    old = {name: old_rows(database, name) for name in LOGS}
    loaded = {name: database.value(f"select count(*) from raw.{name}") for name in LOGS}
    done = purge(database, lake)
    assert {log.table: log.rows for log in done.logs} == old
    assert all(log.rows > log.rejected >= 0 and log.summaries > 0 for log in done.logs), done
    assert sum(log.rejected for log in done.logs) > 0
    for name in LOGS:
        assert old_rows(database, name) == 0
        assert database.value(f"select count(*) from raw.{name}") == loaded[name] - old[name] > 0
    assert database.query("select purge_no, cut_at, rows from ops.purges")[1] == [(1, CUT, done.rows)]
    rejected = content(database, "quarantine.quarantine")
    for _ in "as it is", "built anew":
        for name in HOURLY:
            assert not marts.difference(embedded.database, database, name, "intermediate")
        for name in FACTS:
            assert not marts.difference(embedded.database, database, name)
        dbt(database, "run", "--full-refresh", "--select", *READERS, *BETWEEN)
    assert not marts.difference(embedded.database, database, "int_event_references", "intermediate")
    assert content(database, "quarantine.quarantine") == rejected
    tests = ["loaded_equals_raw_plus_purged", "raw_equals_staged_plus_quarantined"]
    dbt(database, "test", "--select", *tests)
    again = CliRunner().invoke(app, ["purge", "--database", database.name, "--lake", str(lake.root)])
    assert again.exit_code == 0
    assert "Nothing to purge" in again.output
    impressions = [each for each in relationships(TABLES) if each.parent in LOGS]
    assert [each.table for each in impressions] == ["ad_impressions"]
    here, there = ([(c.rows, c.orphans) for c in check(d, "raw", impressions, TABLES)] for d in twins)
    assert here == there


def old_rows(database: Postgres, name: str) -> int:
    at = TABLES[name].instant
    assert at is not None
    return int(database.value(f"select count(*) from raw.{name} where {at.name} < '{CUT}'"))


def test_what_comes_for_purged_hours_counts_once(twins: tuple[Postgres, Postgres], longer_lake: Lake) -> None:
    """A copy is a duplicate and a new row counts, as in a database that was never purged; then both are purged too."""
    purged, kept = twins
    for database in twins:
        # Only the new day, and no day that is loaded and partly purged, comes in.
        assert load(database, longer_lake).days == (day(DAYS + 1),)
        dbt(database, "run", "--select", *READERS)
    for name in (*HOURLY, "int_event_references"):
        assert not marts.difference(kept, purged, name, "intermediate")
    for name in FACTS:
        assert not marts.difference(kept, purged, name)
    for name, log in LOGS.items():
        late = (
            f"select reject_rule from staging.base_{log.domain}__{name}"
            f" where load_id = (select max(load_id) from ops.loads) and {old_at(name)} < '{CUT}' order by 1"
        )
        assert (
            [rule for (rule,) in purged.query(late)[1]]
            == ["duplicate"] * 3 + [None]
            == [rule for (rule,) in kept.query(late)[1]]
        ), name
    with pytest.raises(SonicError, match="not built"):
        purge(purged, longer_lake)
    for database in twins:
        # What a whole build would say.
        database.execute(
            "insert into ops.builds select max(build_id) + 1, now(), now(), 'good', max(load_id), max(arrival_date)"
            " from ops.builds cross join ops.loads"
        )
    done = purge(purged, longer_lake)
    assert done.cut == CUT + timedelta(days=1)
    for name in HOURLY:
        assert not marts.difference(kept, purged, name, "intermediate")


def old_at(name: str) -> str:
    at = TABLES[name].instant
    assert at is not None
    return at.name


def test_what_purged_rows_named_is_what_the_model_reads() -> None:
    """`int_event_references` reads of logs what the purge files, and nothing else."""
    model = (PROJECT / "models" / "intermediate" / "core" / "int_event_references.sql").read_text(encoding="utf-8")
    for name, log in LOGS.items():
        for column in log.columns:
            read = f"'stg_{log.domain}__{name}', '{column.name}'" in model
            assert read == (column.name in REFERRING.get(name, {})), f"{name}.{column.name}"


def test_no_key_holds_a_row_that_is_to_be_purged() -> None:
    """What refers to a log is declared, and kept by no constraint, in clean data either."""
    for name in TABLES:
        made = foreign_keys_statement(TABLES[name], TABLES, clean=True) or ""
        assert not [log for log in LOGS if f"references raw.{log} " in made], name
    declared = foreign_keys_statement(TABLES["ad_impressions"], TABLES, clean=True, logical=True) or ""
    assert "references raw.ad_requests " in declared


def test_a_file_of_duckdb_and_views_of_own_tables_are_refused(
    embedded: Warehouse, twins: tuple[Postgres, Postgres], lake: Lake
) -> None:
    with pytest.raises(SonicError, match="whose files are the archive"):
        purge(open_database(embedded.home, "duckdb", "unpurged"), lake)
    _, database = twins
    with database.connect() as connection, connection.transaction():
        connection.execute("alter table raw.client_timings rename to own_timings")
        connection.execute("create view raw.client_timings as select * from raw.own_timings")
    try:
        with pytest.raises(SonicError, match="views of your own tables"):
            purge(database, lake)
    finally:
        database.execute("drop view raw.client_timings")
        database.execute("alter table raw.own_timings rename to client_timings")
