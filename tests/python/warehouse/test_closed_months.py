"""A closed month stays as it is, whatever arrives about it later, in a full refresh too."""

import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sonic.paths import Home
from sonic.project.dbt import Dbt
from sonic.warehouse.targets import open_database
from tests.python.warehouse.conftest import WITHOUT_VIEWS, environment

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
    "allocation_methods": ("allocation_method_id % 2 = 0", "'artist_centric' as method"),
    "payees": ("payee_id % 2 = 0", "minimum_payment_minor * 2 as minimum_payment_minor"),
}
"""Changes of January that arrive in February, after January's close."""
OPEN = "booking_month = date '2026-02-01'"
STATED = "statement_month = date '2026-02-01'"
OTHERS = f"{OPEN} and song_id % 5 > 0 and song_id % 7 > 0"
"""Entries of songs that no change of songs or content concerns."""
HEARD = {
    # change: by mart, what it moves there in the open month; columns and rows such that another change hardly does
    "users": {
        "fct_streams": f"payment_geography_id from marts.fct_streams where {OPEN}",
        "fct_impressions": f"payment_geography_id from marts.fct_impressions where {OPEN}",
        "fct_revenue_daily": f"payment_geography_id, service from marts.fct_revenue_daily where {OPEN}",
        "fct_subscription_monthly": f"subscription_id, user_key from marts.fct_subscription_monthly where {OPEN}",
        "mart_active_users": "date_day, payment_geography_id, mau from marts.mart_active_users"
        " where is_all_tiers and date_day >= date '2026-02-01'",
        "mart_arpu_monthly": "payment_geography_id, average_users from marts.mart_arpu_monthly"
        f" where {OPEN} and is_all_tiers",
        "mart_artist_earnings": "payment_geography_id from marts.mart_artist_earnings"
        " where earning_month = date '2026-02-01' and source = 'tip'",
        "fct_payer_revenue_monthly": "payer_user_id, payment_geography_id from marts.fct_payer_revenue_monthly"
        f" where {OPEN} and source = 'advertising'",
    },
    # consent is told by the dimension; no fact reads it, and who withdraws it is in no features
    "user_settings": {
        "dim_user": "user_id, allows_profiling from marts.dim_user where is_current",
        "ml_user_features": "user_id from marts.ml_user_features",
        "ml_user_song_interactions": "distinct user_id from marts.ml_user_song_interactions",
    },
    "subscriptions": {
        "fct_subscription_monthly": f"subscription_id, end_state from marts.fct_subscription_monthly where {OPEN}",
        "fct_subscription_movements": "user_id from marts.fct_subscription_movements"
        f" where {OPEN} and churn_type = 'involuntary'",
        "mart_churn_monthly": f"lost_involuntary from marts.mart_churn_monthly where {OPEN}",
        # the week that was open when it arrived
        "fct_chart_positions": "chart_id, song_id, artist_id, weighted_streams from marts.fct_chart_positions"
        " where week_start_date = date '2026-02-06'",
    },
    "household_members": {"fct_streams": f"household_id from marts.fct_streams where {OPEN}"},
    # what is charged stands on invoices: a plan's price is the recurring revenue's alone
    "plan_prices": {
        "fct_subscription_monthly": f"subscription_id, run_rate_minor from marts.fct_subscription_monthly where {OPEN}",
        "fct_subscription_movements": "user_id from marts.fct_subscription_movements"
        f" where {OPEN} and movement_type = 'expansion'",
    },
    "content": {"fct_streams": f"stream_id, is_qualified from marts.fct_streams where {OPEN}"},
    "campaigns": {
        "fct_impressions": f"ad_impression_id, price_micro from marts.fct_impressions where {OPEN}",
        "fct_revenue_daily": "currency_code, sum(recognised_micro) from marts.fct_revenue_daily"
        f" where {OPEN} and service = 'advertising' group by currency_code",
    },
    # the rest is read by the run that February's close makes
    "songs": {"fct_royalties": f"distinct song_id from marts.fct_royalties where {OPEN} and song_id % 7 > 0"},
    "revenue_splits": {
        "fct_royalties": f"distinct song_id from marts.fct_royalties where {OTHERS} and is_suspense",
        "mart_artist_earnings": "sum(suspense_micro) > 0 from marts.mart_artist_earnings"
        " where earning_month = date '2026-02-01' and source <> 'tip'",
    },
    "rights_contracts": {
        "fct_royalties": f"distinct song_id from marts.fct_royalties where {OTHERS} and original_kind = 'override'",
        "fct_royalty_pools": f"payment_geography_id, override_micro from marts.fct_royalty_pools where {OPEN}",
        "fct_royalty_statement_lines": f"distinct contract_id from marts.fct_royalty_statement_lines where {STATED}",
    },
    "payees": {
        "fct_royalty_statements": f"payee_id, minimum_payment_minor from marts.fct_royalty_statements where {STATED}",
    },
    "royalty_rates": {
        "fct_royalties": "distinct song_id from marts.fct_royalties"
        f" where {OTHERS} and weighted_streams <> floor(weighted_streams)",
    },
    "allocation_methods": {
        "fct_royalty_pools": f"method, count(*) from marts.fct_royalty_pools where {OPEN} group by method",
        "mart_royalty_methods": "method, source, right_type from marts.mart_royalty_methods"
        f" where {OPEN} and is_booked group by all",
    },
}
CLOSES_LATER = {"songs", "revenue_splits", "rights_contracts", "royalty_rates", "allocation_methods", "payees"}
"""Changes that are heard once February has closed."""
CLOSED_ROWS = {
    "fct_streams": "select stream_id, tier, payment_geography_id, subscription_id, payer_user_id, is_qualified",
    "fct_impressions": "select ad_impression_id, payment_geography_id, tier, is_valid, is_viewable, price_micro",
    "fct_revenue_daily": "select *",
    "fct_subscription_monthly": "select *",
    "fct_subscription_movements": "select *",
    "fct_royalty_pools": "select *",
    "fct_royalties": "select *",
    "mart_royalty_methods": "select *",
    "fct_payer_revenue_monthly": "select *",
    "fct_royalty_statement_lines": "select *",
    "fct_royalty_statements": "select *",
    "mart_artist_earnings": "select * exclude (told_load_id)",
    "mart_active_users": "select *",
    "mart_arpu_monthly": "select *",
    "mart_churn_monthly": "select *",
    "fct_chart_positions": "select *",
    "ml_user_features": "select * exclude (label_churned_28)",
    "ml_user_song_interactions": "select *",
}
CONSENTS_STAY = "case when user_id % 2 = 1 then cast(date_trunc('month', as_of_date) as date) end"
"""Features are of accounts that consent today; of the others the late changes alter that."""
MONTH_OF = {
    "fct_royalty_statement_lines": "statement_month",
    "fct_royalty_statements": "statement_month",
    "mart_artist_earnings": "earning_month",
    "mart_active_users": "cast(date_trunc('month', date_day) as date)",
    "fct_chart_positions": "cast(date_trunc('month', week_start_date) as date)",
    "ml_user_features": CONSENTS_STAY,
    "ml_user_song_interactions": CONSENTS_STAY,
}
Rows = list[tuple[Any, ...]]


Heard = dict[tuple[str, str], Rows]


@dataclass(frozen=True)
class Told:
    """What was told before and after the late changes arrived."""

    closed: dict[bool, dict[str, Rows]]
    """The rows of January's close, by mart; before (False) and after (True)."""

    heard: dict[bool, Heard]
    """What `HEARD` asks for; before and after."""


@pytest.fixture(scope="module")
def late(duckdb: Any, folder: Path) -> Iterator[Told]:
    """A copy of the DuckDB warehouse in which changes of January have come late, its models built anew."""
    home = Home(folder / "late")
    shutil.copytree(duckdb.database.path.parent, home.root / "duckdb")
    told = Told({}, {})
    with environment({"SONIC_HOME": str(home.root)}):
        database = open_database(home, "duckdb", duckdb.database.name)
        for is_late in (False, True):
            if is_late:
                for table, (which, says) in LATE_CHANGES.items():
                    _arrive_late(database, table, which, says)
                concerned = [f"source:raw.{table}_changes+,+{mart}" for table in LATE_CHANGES for mart in CLOSED_ROWS]
                _build(database, "dim_user", *concerned)
            told.closed[is_late] = {mart: _closed_rows(database, mart) for mart in CLOSED_ROWS}
            told.heard[is_late] = _heard(database, HEARD.keys() - CLOSES_LATER)
            # a day without rows, after which February has closed too
            last = "select max(load_id) + 1, date '2026-03-11', 'day', 0, 0, now() from ops.loads"
            database.execute(f"insert into ops.loads {last}")
            _build(database, "int_artificial_recordings+", "int_royalty_plays+", "int_statement_months+")
            told.heard[is_late] |= _heard(database, CLOSES_LATER)
            database.execute("delete from ops.loads where arrival_date = date '2026-03-11'")
        yield told


def _build(database: Any, *selected: str) -> None:
    command = ["run", "--full-refresh", "--select", *selected, *WITHOUT_VIEWS]
    nodes = Dbt(Home.locate(), "duckdb", database.name).run(command)
    assert not [f"{node.name}: {node.message}" for node in nodes if node.failed]


def _closed_rows(database: Any, mart: str) -> Rows:
    """The rows that January's close fixed."""
    month = MONTH_OF.get(mart, "booking_month")
    return _rows(database, f"{CLOSED_ROWS[mart]} from marts.{mart} where {month} = date '{CLOSED}'")


def _heard(database: Any, changes: Collection[str]) -> Heard:
    """By change and mart what the open month says of it."""
    return {
        (change, mart): _rows(database, f"select {HEARD[change][mart]}") for change in changes for mart in HEARD[change]
    }


def _rows(database: Any, sql: str) -> Rows:
    found: Rows = database.query(f"{sql} order by all")[1]
    return found


def _arrive_late(database: Any, table: str, which: str, says: str) -> None:
    """Adds to a table's change rows one more of each of the entities of which nothing else has changed since."""
    in_time = f"raw.{table}_in_time"
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
            f" from ({latest}) where changed_at < {DATED} and {which}"
        )


def _key(table: str) -> str:
    return {"user_settings": "user_id", "rights_contracts": "contract_id", "content": "content_id"}.get(
        table, f"{table.removesuffix('s')}_id"
    )


@pytest.mark.parametrize("mart", CLOSED_ROWS)
def test_a_closed_month_does_not_change(late: Told, mart: str) -> None:
    """Row for row, although every version of January is told anew."""
    before, after = late.closed[False][mart], late.closed[True][mart]
    assert before, f"{mart} has no row of the closed month"
    lost, new = set(before) - set(after), set(after) - set(before)
    assert not lost, f"{len(lost)} rows of {mart} are gone, {len(new)} are new: {sorted(lost, key=str)[:2]}"
    assert after == before


def test_every_late_change_is_heard_by_some_mart_and_every_mart_hears() -> None:
    assert HEARD.keys() == LATE_CHANGES.keys()
    assert {mart for marts in HEARD.values() for mart in marts} == {*CLOSED_ROWS, "dim_user"}


@pytest.mark.parametrize(("change", "mart"), [(change, mart) for change, marts in HEARD.items() for mart in marts])
def test_the_open_month_learns_of_it(late: Told, change: str, mart: str) -> None:
    """A change that came late is no dead letter: it holds from the open month."""
    assert late.heard[False][change, mart] != late.heard[True][change, mart]
