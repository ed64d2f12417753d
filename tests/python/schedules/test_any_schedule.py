"""However the days come in and the builds go, the tables are those of one full build of what has come.

The graph's part is what leads to the facts of every kind of incremental model, on DuckDB. `make test-schedules` draws
many schedules; here a few, always the same.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import marts
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from hypothesis import HealthCheck, Phase, given, settings

from sonic.paths import PROJECT, Home
from sonic.project.dbt import Dbt, Node
from sonic.warehouse.database import Database
from sonic.warehouse.duck import DuckDB
from sonic.warehouse.generate import generate
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import load
from sonic.warehouse.targets import open_database
from tests.python.schedules import killed
from tests.python.schedules.schedule import CLOSE, LAST, RECIPE, Build, Parcel, Schedule, arrange, day, schedules
from tests.python.warehouse.conftest import environment

MANY = "SONIC_SCHEDULES"
"""Environment variable: how many schedules to draw, anew each time."""
FEW = 2
DATABASE = "any_schedule"
SLICE = (
    "+fct_streams",
    "+fct_listening_daily",
    "+fct_impressions",
    "+fct_transactions",
    "+fct_revenue_daily",
    "+fct_subscription_monthly",
    "+fct_subscription_movements",
    "+fct_royalties",
    "+quarantine",
)
WITHOUT_VIEWS = ("--exclude", "config.materialized:view")
"""A view holds nothing, so all builds share those that the first one made."""
SCHEMAS = ("staging", "intermediate", "marts", "quarantine")
BOOKED = ("fct_revenue_daily", "fct_subscription_monthly", "fct_subscription_movements", "fct_royalties")
"""Facts whose closed months are never written again."""
ROUGH = Schedule(
    parcels=(
        # a week of plays and impressions told after January has closed
        *(Parcel(("streams", "ad_requests", "ad_impressions", "ad_clicks", "reactions"), n, 43, 2, False)
          for n in range(22, 29)),
        Parcel(("transactions", "transaction_events", "refunds", "subscription_events", "invoices"), 25, 44, 2, False),
        Parcel(("users", "subscriptions", "campaigns", "songs", "content", "playlists"), 20, 36, 1, False),
        Parcel(("streams", "ad_impressions", "transactions", "users", "campaigns", "reactions"), 30, 42, 3, True),
        Parcel(("streams", "ad_impressions", "transactions"), 39, 40, 1, True),
    ),
    builds=(Build(30), Build(36, full=True, killed_at=20), Build(41)),
)  # fmt: skip


@dataclass(frozen=True)
class Ground:
    """Where schedules are played: a lake, and a DuckDB file with views and seeds, in which nothing is loaded."""

    home: Home
    lake: Path
    empty: Path
    made: set[str]
    """Names of the tables, seeds aside."""

    @property
    def file(self) -> Path:
        return self.home.duckdb(DATABASE)

    def begin(self) -> Database:
        """A database in which nothing is loaded; what was played before, and its log, is gone."""
        for left in self.file.parent.glob(f"{self.file.name}*"):
            left.unlink()
        shutil.copy(self.empty, self.file)
        return open_database(self.home, "duckdb", DATABASE)

    def put_away(self, to: Path) -> None:
        """Moves the database, which nobody has open."""
        log = self.file.with_name(f"{self.file.name}.wal")
        assert not log.exists(), "rows would be left behind"
        shutil.move(self.file, to)

    def build(self, *options: str) -> None:
        """Builds the tables of `SLICE`."""
        self.dbt(*_command(*options))

    def dbt(self, *command: str) -> list[Node]:
        """Runs dbt, which must do well, and lets go of the file: its adapter would hold it as long as this process."""
        try:
            nodes = Dbt(self.home, "duckdb", DATABASE).run(command)
        finally:
            DuckDBConnectionManager.close_all_connections()
        assert not [f"{node.name}: {node.message}" for node in nodes if node.failed]
        return nodes

    def kill(self, build: Build) -> None:
        """Begins a build in a process of its own, which dies on its way."""
        program = [sys.executable, str(Path(killed.__file__)), str(self.home.root), DATABASE, str(build.killed_at)]
        options = _options(build)
        ended = subprocess.run(
            [*program, *_command(*options)],
            cwd=PROJECT,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == -signal.SIGKILL, ended.stderr


def _command(*options: str) -> list[str]:
    return ["run", "--select", *SLICE, *WITHOUT_VIEWS, *options]


def _options(build: Build) -> list[str]:
    return ["--full-refresh"] if build.full else []


def _tables(database: Database) -> set[tuple[str, str]]:
    """Schema and name of all tables that the project makes."""
    listed = ", ".join(f"'{schema}'" for schema in SCHEMAS)
    sql = "select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE'"
    return {(schema, name) for schema, name in database.query(f"{sql} and table_schema in ({listed})")[1]}


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """The views and seeds, from a build that is then emptied."""
    folder = tmp_path_factory.mktemp("schedules")
    made = Ground(Home(folder / "home"), folder / "lake", folder / "empty.duckdb", set())
    generate(made.lake, RECIPE, LAST, jobs=1)
    with environment({"SONIC_HOME": str(made.home.root)}):
        database = open_database(made.home, "duckdb", DATABASE)
        load(database, Lake(made.lake), until=day(1))
        nodes = made.dbt("build", "--resource-type", "model", "--resource-type", "seed", "--select", *SLICE)
        seeds = {node.name for node in nodes if node.resource_type == "seed"}
        with database.connect() as connection:
            for schema, name in _tables(database):
                if name not in seeds:
                    made.made.add(name)
                    connection.execute(f"drop table {schema}.{name}")
            connection.execute("delete from ops.lake_files")
            connection.execute("delete from ops.loads")
        made.put_away(made.empty)
        yield made


def _play(ground: Ground, lake: Lake, schedule: Schedule) -> Database:
    """Loads and builds as a schedule says, then once more with all days; closed months must stay as they are."""
    database = ground.begin()
    closed: dict[str, object] = {}
    for build in (*schedule.builds, Build(LAST)):
        load(database, lake, until=day(build.day))
        if build.killed_at:
            ground.kill(build)
            continue
        ground.build(*_options(build))
        for fact in BOOKED if build.day >= CLOSE else ():
            told = database.query(f"select * from marts.{fact} where booking_month < date '2026-02-01' order by all")
            assert closed.setdefault(fact, told) == told, f"closed months of {fact} changed with the build of {build}"
    return database


def _assert_late_events_are_corrections(database: Database) -> int:
    """Events of January that arrived after its close are booked in February, to the last unit; returns their number."""
    late = f"< date '2026-02-01' and arrived_at >= timestamptz '{day(CLOSE + 1)} 00:00:00+00'"
    found = 0
    for fact, dated in (("fct_streams", "started_date"), ("fct_impressions", "rendered_date")):
        booked = database.query(f"select booking_month, count(*) from marts.{fact} where {dated} {late} group by 1")[1]
        assert {month for month, _ in booked} <= {day(32)}, f"{fact} books late events of January in {booked}"
        found += sum(count for _, count in booked)
    entered = database.value(
        "select coalesce(sum(recognised_micro), 0) from marts.fct_revenue_daily where service = 'advertising'"
        " and service_month = date '2026-01-01' and booking_month = date '2026-02-01'"
    )
    assert entered == database.value(
        f"select coalesce(sum(price_micro), 0) from marts.fct_impressions where rendered_date {late}"
    )
    return found


def _check(ground: Ground, schedule: Schedule, folder: Path) -> int:
    """Asserts that a schedule ends in the tables of one full build; returns how many events became corrections."""
    arrange(ground.lake, schedule, folder / "lake")
    lake = Lake(folder / "lake")
    at_once = ground.begin()
    load(at_once, lake)
    ground.build()
    kept = folder / "at_once.duckdb"
    ground.put_away(kept)
    expected, found = DuckDB("duckdb", kept), _play(ground, lake, schedule)
    names = {(schema, name) for schema, name in _tables(expected) if name in ground.made}
    assert len(names) == len(ground.made)
    assert _tables(expected) == _tables(found)
    differences = [marts.difference(found, expected, name, schema) for schema, name in sorted(names)]
    assert not any(differences), "\n".join(filter(None, differences))
    return _assert_late_events_are_corrections(found)


def test_every_incremental_model_is_in_the_slice(ground: Ground) -> None:
    """One that is added later is scheduled too."""
    models = {
        path.stem for path in (PROJECT / "models").rglob("*.sql") if "materialized='incremental'" in path.read_text()
    }
    assert models <= ground.made, "add what is missing to SLICE"


def test_a_rough_schedule(ground: Ground, tmp_path: Path) -> None:
    """Late rows, copies and a full refresh killed half-way, in one; what came after the close is a correction."""
    assert _check(ground, ROUGH, tmp_path) > 100


@settings(
    max_examples=int(os.environ.get(MANY, FEW)),
    derandomize=MANY not in os.environ,
    phases=[Phase.generate],
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(schedule=schedules)
def test_any_schedule(ground: Ground, tmp_path_factory: pytest.TempPathFactory, schedule: Schedule) -> None:
    """Whatever is drawn."""
    folder = tmp_path_factory.mktemp("schedule")
    _check(ground, schedule, folder)
    shutil.rmtree(folder)
