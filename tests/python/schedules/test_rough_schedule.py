"""However the days come in and the builds go, the tables are those of one full build of what has come.

A rough schedule is played on the part of the graph that leads to every incremental model; `make test-schedules` plays
it on the whole graph, and many that are drawn. All on DuckDB. What a schedule is made of:

- split: builds after some days; each takes what the days since the build before it brought
- days skipped: each load takes all days since the load before it
- late rows: a parcel that is not sent again
- order across tables: a parcel takes rows of some tables to a later day, so that what names them comes before them
- duplicates: a parcel sent again, a part of the rows; a batch loaded twice: all rows
- a build killed half-way and run again: `Build.killed_at`, and the build after it
- a full refresh in between: `Build.full`
- after the close: parcels of January that come after day `CLOSE`; the last day closes February
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import marts
from dbt.adapters.duckdb.connections import DuckDBConnectionManager

from sonic.paths import PROJECT, Home
from sonic.project.dbt import Dbt, Node
from sonic.warehouse.database import Database
from sonic.warehouse.duck import DuckDB
from sonic.warehouse.generate import generate
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import load
from sonic.warehouse.targets import open_database
from tests.python.schedules import killed
from tests.python.schedules.schedule import (
    CLOSE,
    LAST,
    RECIPE,
    SENDABLE,
    Build,
    Parcel,
    Schedule,
    arrange,
    day,
)
from tests.python.warehouse.conftest import WITHOUT_VIEWS, environment

DATABASE = "any_schedule"
SLICE = (
    "+fct_streams",
    "+fct_listening_daily",
    "+fct_listening_sessions",
    "+fct_plays_daily",
    "+mart_plays_by_country",
    "+fct_recommendations",
    "+fct_searches",
    "+fct_voice_commands",
    "+fct_content_daily",
    "+fct_chart_positions",
    "+mart_active_users",
    "+mart_campaign_attribution",
    "+fct_playlist_events",
    "+fct_feedback",
    "+fct_impressions",
    "+fct_campaign_daily",
    "+mart_advertiser_performance",
    "+fct_marketing_touches",
    "+fct_ad_requests_hourly",
    "+fct_api_hourly",
    "+fct_auth_daily",
    "+fct_audit_events",
    "+fct_batch_runs",
    "+fct_client_timings_hourly",
    "+fct_live_attendance",
    "+fct_live_chat",
    "+fct_live_tickets",
    "+fct_messages_daily",
    "+fct_notifications_daily",
    "+fct_service_health_hourly",
    "+fct_transactions",
    "+fct_payment_lifecycle",
    "+fct_revenue_daily",
    "+fct_subscription_monthly",
    "+fct_subscription_movements",
    "+fct_royalties",
    "+fct_royalty_pools",
    "+fct_royalty_statements",
    "+bridge_revenue_split",
    "+mart_royalty_methods",
    "+fct_journal_lines",
    "+int_payee_earnings",
    "+int_royalty_earnings",
    "+int_royalty_postings",
    "+int_label_earnings",
    "+int_song_earnings",
    "+mart_creator_dashboard",
    "+int_statement_plays",
    "+int_device_listening",
    "+mart_artist_earnings",
    "+int_label_audiences",
    "+mart_rule_breaches",
    "+mart_stream_fraud",
    "+fct_royalty_reconciliation",
    "+mart_churn_monthly",
    "+mart_slo_monthly",
    "+fct_content_reports",
    "+fct_support_tickets",
    "+fct_creator_promotions",
    "+mart_popular_content",
    "+ml_price_elasticity",
    "+mart_top_artists",
    "+mart_top_genres",
    "+mart_wrapped",
    "+ml_song_features",
    "+int_user_activity",
    "+ml_user_song_interactions",
    "+ml_transaction_features",
    "+quarantine",
    # not incremental, but told of what has closed
    "+mart_arpu_monthly",
    "+ml_user_features",
)
TABLES = ("--resource-type", "model", "--resource-type", "snapshot")
INCREMENTAL = {
    path.stem for path in (PROJECT / "models").rglob("*.sql") if "materialized='incremental'" in path.read_text()
}
SCHEMAS = ("staging", "intermediate", "marts", "quarantine")
BOOKED = {
    "fct_payer_revenue_monthly": "booking_month",
    "fct_revenue_daily": "booking_month",
    "fct_subscription_monthly": "booking_month",
    "fct_subscription_movements": "booking_month",
    "fct_royalties": "booking_month",
    "fct_royalty_pools": "booking_month",
    "mart_royalty_methods": "booking_month",
    "fct_journal_lines": "booking_month",
    "mart_artist_earnings": "earning_month",
    "mart_active_users": "date_day",
    "mart_arpu_monthly": "booking_month",
    "mart_churn_monthly": "booking_month",
    "fct_chart_positions": "week_start_date",
}
"""Marts whose closed months stay as they are, and the column that says the month."""
MONTH_END = 31
"""Day as of which features are told."""
FEATURES = {
    # what they are told of, and what is told: not the label
    "ml_user_features": ("user_id", "* exclude (label_churned_28)"),
    "ml_song_features": ("song_id", "*"),
    "ml_user_song_interactions": ("user_id", "*"),
}
"""Marts that say as of a month's end what was known then."""
EVENTS = ("streams", "ad_requests", "ad_impressions", "ad_clicks", "reactions", "transactions")
NAMED = ("users", "user_settings", "subscriptions", "content", "songs", "artists", "playlists", "campaigns")
"""Entities that events name."""
ROUGH = Schedule(
    parcels=(
        # a week of events told after January has closed, when February is open
        *(Parcel(EVENTS, n, CLOSE + 2, 2, False) for n in range(22, 29)),
        Parcel(("transaction_events", "refunds", "subscription_events", "invoices"), 25, CLOSE + 3, 2, False),
        Parcel(("revenue_splits", "rights_contracts", "royalty_rates"), 25, CLOSE + 3, 1, False),
        # entities after the events that name them, some after their first month's close
        Parcel(NAMED, 20, 38, 1, False),
        *(Parcel(NAMED, n, CLOSE + 3, 1, False) for n in range(21, 29)),
        # copies on another day, and a whole day that comes a second time
        Parcel((*EVENTS, *NAMED), 30, CLOSE + 1, 3, True),
        Parcel(tuple(SENDABLE), 39, 40, 1, True),
        # all of it once more on the last day, which is built by itself: a longer way would touch most rows anyhow
        *(Parcel(EVENTS, n, LAST, 4, False) for n in (LAST - 12, LAST - 6, LAST - 4)),
        *(Parcel(("reactions",), n, LAST, 1, False) for n in range(LAST - 11, LAST - 4)),
        *(Parcel(("users", "user_settings", "artists", "playlists", "campaigns"), n, LAST, 1, False)
          for n in range(CLOSE + 4, LAST - 1)),
        *(Parcel(("subscriptions", "voice_commands"), n, LAST, 1, False)
          for n in range(LAST - 8, LAST - 1)),
        # a recording and its content apart, either first
        *(Parcel((table,), n, LAST - (n + first) % 2, 1, False)
          for n in range(CLOSE + 3, LAST - 2) for first, table in enumerate(("songs", "content"))),
        Parcel(EVENTS, LAST - 1, LAST, 3, True),
    ),
    builds=(
        # nothing is known of February: what features say as of this day they must say ever after
        Build(MONTH_END),
        Build(CLOSE, full=True, killed_at=30),
        Build(CLOSE),
        Build(LAST - 1),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Ground:
    """Where schedules are played: a lake, and a DuckDB file with views and seeds, in which nothing is loaded."""

    home: Home
    lake: Path
    empty: Path
    seeds: set[str]

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

    def build(self, part: Sequence[str], *options: str) -> None:
        """Builds the tables of a part of the graph, and its snapshots."""
        self.dbt(*_command(part, *options))

    def dbt(self, *command: str) -> list[Node]:
        """Runs dbt, which must do well, and lets go of the file: its adapter would hold it as long as this process."""
        try:
            nodes = Dbt(self.home, "duckdb", DATABASE).run(command)
        finally:
            DuckDBConnectionManager.close_all_connections()
        assert not [f"{node.name}: {node.message}" for node in nodes if node.failed]
        return nodes

    def kill(self, part: Sequence[str], build: Build) -> None:
        """Begins a build in a process of its own, which dies on its way."""
        program = [sys.executable, str(Path(killed.__file__)), str(self.home.root), DATABASE, str(build.killed_at)]
        ended = subprocess.run(
            [*program, *_command(part, *_options(build))],
            cwd=PROJECT,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == -signal.SIGKILL, ended.stderr


def _command(part: Sequence[str], *options: str) -> list[str]:
    return ["build", *TABLES, "--select", *part, *WITHOUT_VIEWS, *options]


def _options(build: Build) -> list[str]:
    return ["--full-refresh"] if build.full else []


def _tables(database: Database, *schemas: str) -> set[tuple[str, str]]:
    """Schema and name of all tables of some schemas."""
    listed = ", ".join(f"'{schema}'" for schema in schemas)
    sql = "select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE'"
    return {(schema, name) for schema, name in database.query(f"{sql} and table_schema in ({listed})")[1]}


@contextmanager
def laid(folder: Path, *part: str) -> Iterator[Ground]:
    """The views and seeds of a part of the graph, or of the whole, from a build that is then emptied."""
    made = Ground(Home(folder / "home"), folder / "lake", folder / "empty.duckdb", set())
    generate(made.lake, RECIPE, LAST, jobs=1)
    with environment({"SONIC_HOME": str(made.home.root)}):
        database = open_database(made.home, "duckdb", DATABASE)
        load(database, Lake(made.lake), until=day(1))
        selected = ("--select", *part) if part else ()
        nodes = made.dbt("build", *TABLES, "--resource-type", "seed", *selected)
        made.seeds.update(node.name for node in nodes if node.resource_type == "seed")
        with database.connect() as connection:
            for schema, name in _tables(database, *SCHEMAS, "snapshots"):
                if name not in made.seeds:
                    connection.execute(f"drop table {schema}.{name}")
            connection.execute("delete from ops.lake_files")
            connection.execute("delete from ops.loads")
        made.put_away(made.empty)
        yield made


def _play(ground: Ground, lake: Lake, schedule: Schedule, part: Sequence[str]) -> Database:
    """Loads and builds as a schedule says, then once more with all days; closed months must stay as they are."""
    database = ground.begin()
    closed: dict[str, object] = {}
    features: dict[str, dict[int, list[object]]] = {}
    for build in (*schedule.builds, Build(LAST)):
        load(database, lake, until=day(build.day))
        if build.killed_at:
            ground.kill(part, build)
            continue
        ground.build(part, *_options(build))
        made = {name for _, name in _tables(database, "marts")}
        for mart in BOOKED.keys() & made if build.day >= CLOSE else ():
            columns = "columns(held -> held <> 'told_load_id')"
            told = database.query(f"select {columns} from marts.{mart} where {BOOKED[mart]} < '{day(32)}' order by all")
            assert closed.setdefault(mart, told) == told, f"closed months of {mart} changed with the build of {build}"
        for mart in FEATURES.keys() & made:
            _assert_features_stay(features.setdefault(mart, {}), _features(database, mart), f"{mart} with {build}")
    return database


def _features(database: Database, mart: str) -> dict[int, list[object]]:
    """What a mart says as of the month's end, by what it is told of."""
    of, what = FEATURES[mart]
    found: dict[int, list[object]] = {}
    sql = f"select {of}, {what} from marts.{mart} where as_of_date = '{day(MONTH_END)}' order by all"
    for row in database.query(sql)[1]:
        found.setdefault(row[0], []).append(row)
    return found


def _assert_features_stay(known: dict[int, list[object]], told: dict[int, list[object]], where: str) -> None:
    """What was `known` when the month ended is told ever after, of accounts that consent both then and now.

    Before anything is known, it becomes what is told. Nothing is told where a mart has come to its next date.
    """
    if not known:
        known.update(told)
    elif told:
        both = known.keys() & told.keys()
        assert 2 * len(both) > len(known)
        changed = [each for each in both if known[each] != told[each]]
        assert not changed, f"{where}: {len(changed)} changed, as {known[changed[0]]}: {told[changed[0]]}"


def assert_late_events_are_corrections(database: Database) -> int:
    """Events of January that were known after its close only are booked in the month then open, to the last unit.

    A play is known when it arrives, an impression once the version of its campaign that prices it has arrived too.
    Returns their number.
    """
    january = "between date '2026-01-01' and date '2026-01-31'"
    february_opens, march_opens = (f"timestamptz '{day(number + 1)} 00:00:00+00'" for number in (CLOSE, LAST - 1))
    misdated = database.value(
        "select count(*) from marts.fct_impressions as impressions left join ("
        " select campaign_id * 10000 as campaign_key, min(arrived_at) as arrived_at from raw.campaigns_changes"
        " where change_no = 0 group by campaign_id) as creations using (campaign_key)"
        " where impressions.known_at <> case"
        # a creation that a later change overtook prices nothing
        " when impressions.currency_code = 'XXX' then impressions.arrived_at"
        " else greatest(impressions.arrived_at, coalesce(creations.arrived_at, impressions.arrived_at)) end"
    )
    assert misdated == 0, f"{misdated} impressions are told to be known at another instant"
    found = 0
    for fact, dated, known_at in (
        ("fct_streams", "started_date", "arrived_at"),
        ("fct_impressions", "rendered_date", "known_at"),
    ):
        misplaced = database.value(
            f"select count(*) from marts.{fact} where {dated} {january} and booking_month <> case"
            f" when {known_at} < {february_opens} then date '2026-01-01'"
            f" when {known_at} < {march_opens} then date '2026-02-01' else date '2026-03-01' end"
        )
        assert misplaced == 0, f"{fact} books {misplaced} events of January in a month that was not open"
        found += database.value(
            f"select count(*) from marts.{fact} where {dated} {january} and {known_at} >= {february_opens}"
        )
    entered = database.query(
        "select booking_month, sum(recognised_micro) from marts.fct_revenue_daily where service = 'advertising'"
        " and service_month = date '2026-01-01' and booking_month > service_month group by 1 order by 1"
    )
    late = database.query(
        f"select booking_month, sum(price_micro) from marts.fct_impressions where rendered_date {january}"
        f" and known_at >= {february_opens} and price_micro <> 0 group by 1 order by 1"
    )
    assert entered[1] == late[1]
    return found


def check(ground: Ground, schedule: Schedule, part: Sequence[str], folder: Path) -> Database:
    """Asserts that a schedule ends in the tables of one full build; returns what it ended in."""
    arrange(ground.lake, schedule, folder / "lake")
    lake = Lake(folder / "lake")
    at_once = ground.begin()
    load(at_once, lake)
    ground.build(part)
    kept = folder / "at_once.duckdb"
    ground.put_away(kept)
    expected, found = DuckDB("duckdb", kept), _play(ground, lake, schedule, part)
    tables = _tables(expected, *SCHEMAS)
    assert {name for _, name in tables} >= INCREMENTAL, "add what is missing to SLICE"
    assert tables == _tables(found, *SCHEMAS)
    names = sorted((schema, name) for schema, name in tables if name not in ground.seeds)
    differences = [marts.difference(found, expected, name, schema) for schema, name in names]
    assert not any(differences), "\n".join(filter(None, differences))
    return found


def assert_rough_is_harmless(ground: Ground, part: Sequence[str], folder: Path) -> None:
    """All that a schedule is made of, in one; then every test is green, and February pays what January did not know."""
    database = check(ground, ROUGH, part, folder)
    # of what is there: another part of the graph is not
    ground.dbt("test", "--exclude", "test_type:unit", "--select", *part, "--indirect-selection", "cautious")
    assert assert_late_events_are_corrections(database) > 100
    closed = f"timestamptz '{day(CLOSE + 1)} 00:00:00+00'"
    waited = f"rendered_date < date '2026-02-01' and arrived_at < {closed} and known_at >= {closed}"
    assert database.value(f"select count(*) from marts.fct_impressions where {waited}"), "no campaign is known too late"


def test_a_rough_schedule(tmp_path: Path) -> None:
    """On what is incremental, and all that it reads."""
    with laid(tmp_path / "ground", *SLICE) as ground:
        assert_rough_is_harmless(ground, SLICE, tmp_path)
