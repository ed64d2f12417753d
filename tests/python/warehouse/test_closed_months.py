"""A closed month stays as it is, whatever arrives about it later, in a full refresh too."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sonic.paths import Home
from sonic.project.dbt import Dbt
from sonic.warehouse.targets import open_database
from tests.python.warehouse.conftest import environment

CLOSED = date(2026, 1, 1)
DATED, ARRIVED = "timestamptz '2026-01-15 12:00:00+00'", "timestamptz '2026-02-12 12:00:00+00'"
LATE_CHANGES = {
    # table: which entities (by id), what the late change says
    "users": ("user_id % 4 < 2", "payment_country_id % 3 + 1 as payment_country_id"),
    "user_settings": ("user_id % 2 = 0", "not allows_profiling as allows_profiling"),
    "subscriptions": (
        "subscription_id % 3 = 0 and state <> 'expired'",
        f"'expired' as state, {DATED} as ended_at, 'involuntary' as end_reason",
    ),
    "household_members": ("left_at is null", f"{DATED} as left_at"),
    "plan_prices": ("plan_price_id % 2 = 0", "price_minor * 2 as price_minor"),
    "songs": ("song_id % 5 = 0", "true as is_functional_noise"),
    "content": ("content_id % 7 = 0", "'video' as content_type"),
    "campaigns": ("campaign_id % 2 = 0", "price_minor * 2 as price_minor"),
    "revenue_splits": ("revenue_split_id % 11 = 0", "share_ppm - 1 as share_ppm"),
    "rights_contracts": ("contract_id % 2 = 0", "date '2026-01-15' as valid_to"),
    "royalty_rates": ("royalty_rate_id % 2 = 0", "date '2026-01-15' as valid_to"),
}
"""Changes of January that arrive in February, after January's close."""
CLOSED_ROWS = {
    "fct_streams": "select stream_id, tier, payment_geography_id, subscription_id, payer_user_id, is_qualified",
    "fct_impressions": "select ad_impression_id, payment_geography_id, tier, is_valid, is_viewable, price_micro",
    "fct_revenue_daily": "select *",
    "fct_subscription_monthly": "select *",
    "fct_subscription_movements": "select *",
    "fct_royalty_pools": "select *",
    "fct_royalties": "select *",
    "mart_artist_earnings": "select *",
    "mart_active_users": "select *",
    "mart_arpu_monthly": "select *",
    "mart_churn_monthly": "select *",
}
MONTH_OF = {"mart_artist_earnings": "earning_month", "mart_active_users": "cast(date_trunc('month', date_day) as date)"}
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Before:
    """What was told before the late changes arrived, and the warehouse to which they came."""

    closed: dict[str, Rows]
    open: dict[str, Rows]
    database: Any


def rows(database: Any, mart: str, *, closed: bool) -> Rows:
    """The rows that January's close fixed, or those of the month that is open."""
    month = MONTH_OF.get(mart, "booking_month")
    comparison = "=" if closed else ">"
    sql = f"{CLOSED_ROWS[mart]} from marts.{mart} where {month} {comparison} date '{CLOSED}' order by all"
    found: Rows = database.query(sql)[1]
    return found


@pytest.fixture(scope="module")
def late(duckdb: Any, folder: Path) -> Iterator[Before]:
    """A copy of the DuckDB warehouse in which changes of January have come late, its models built anew."""
    home = Home(folder / "late")
    shutil.copytree(duckdb.database.path.parent, home.root / "duckdb")
    with environment({"SONIC_HOME": str(home.root)}):
        database = open_database(home, "duckdb", duckdb.database.name)
        told = {of: {mart: rows(database, mart, closed=of) for mart in CLOSED_ROWS} for of in (True, False)}
        for table, (which, says) in LATE_CHANGES.items():
            _arrive_late(database, table, which, says)
        marts = " ".join(f"source:raw.{table}_changes+,+{mart}" for table in LATE_CHANGES for mart in CLOSED_ROWS)
        nodes = Dbt(home, "duckdb", database.name).run(["run", "--full-refresh", "--select", *marts.split()])
        assert not [f"{node.name}: {node.message}" for node in nodes if node.failed]
        yield Before(told[True], told[False], database)


def _arrive_late(database: Any, table: str, which: str, says: str) -> None:
    """Adds to a table's change rows one more of each of the entities that were there before the month."""
    in_time, before = f"raw.{table}_in_time", f"timestamptz '{CLOSED} 00:00:00+00'"
    latest = f"select * from {in_time} qualify change_no = max(change_no) over (partition by {_key(table)})"
    with database.connect() as connection:
        (view,) = connection.execute(
            f"select sql from duckdb_views() where schema_name = 'raw' and view_name = '{table}_changes'"
        ).fetchone()
        connection.execute(view.replace(f"raw.{table}_changes", in_time, 1))
        connection.execute(
            f"create or replace view raw.{table}_changes as select * from {in_time}"
            f" union all by name select * replace ({says}, {DATED} as changed_at, {ARRIVED} as arrived_at,"
            " change_no + 1 as change_no, (select max(load_id) from ops.loads) as load_id)"
            f" from ({latest}) where arrived_at < {before} and {which}"
        )


def _key(table: str) -> str:
    return {"user_settings": "user_id", "rights_contracts": "contract_id", "content": "content_id"}.get(
        table, f"{table.removesuffix('s')}_id"
    )


@pytest.mark.parametrize("mart", CLOSED_ROWS)
def test_a_closed_month_does_not_change(late: Before, mart: str) -> None:
    """Row for row, although every version of January is told anew."""
    before, after = late.closed[mart], rows(late.database, mart, closed=True)
    assert before, f"{mart} has no row of the closed month"
    lost, new = set(before) - set(after), set(after) - set(before)
    assert not lost, f"{len(lost)} rows of {mart} are gone, {len(new)} are new: {sorted(lost, key=str)[:2]}"
    assert after == before


def test_the_open_month_learns_of_it(late: Before) -> None:
    """The changes that came late are no dead letters: what is open changes."""
    deaf = {mart for mart, told in late.open.items() if told == rows(late.database, mart, closed=False)}
    assert deaf <= {"fct_royalty_pools", "fct_royalties", "mart_artist_earnings"}, "royalties come with the close"
