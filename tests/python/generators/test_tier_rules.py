"""What plans and families allow is kept, but for the breaches that are planted; the check knows the rows alone.

The rules in words: ``docs/decisions/066-tier-rules.md``.
"""

from datetime import timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from generators.api import make_day, make_opening
from generators.core.world import World
from generators.ddl import TABLES
from generators.planted import planted_folder, planted_in
from tests.python.generators.tables_in_duckdb import DAYS, FIRST, clean_database, clean_day, world

# Terms in force: those of the plans to which an account has access, by its own subscription or its household's; Free
# without. What a session may do is settled when it begins.
_TERMS = """
    create or replace temp table access as
    with states as (
        select *, lead(changed_at, 1, timestamptz '9999-01-01') over (
            partition by subscription_id order by change_no
        ) as until_at
        from {all}subscriptions
    ),
    granted as (select * from states where state in ('trial', 'active', 'grace', 'cancelled'))
    select user_id, plan_id, changed_at as from_at, until_at from granted
    union all
    select
        guest.user_id, plan_id, greatest(granted.changed_at, joined_at),
        least(until_at, coalesce(left_at, timestamptz '9999-01-01'))
    from granted join household_members as guest using (household_id) where guest.role <> 'owner';

    create or replace temp table terms as select * from plans where plan_code = 'free';

    create or replace temp table asked as
    select 'session' as kind, session_id as id, user_id, started_at as instant from listening_sessions
    union all select 'request', ad_request_id, user_id, requested_at from ad_requests
    union all select 'save', save_id, user_id, saved_at from saves where save_type = 'download';

    create or replace temp table allowed as
    select
        kind, id, coalesce(bool_and(has_ads), true) as has_ads, coalesce(bool_or(can_download), false) as can_download,
        coalesce(bool_and(is_shuffle_only), true) as is_shuffle_only,
        case when count(plan_id) = 0 then (select skips_per_hour from terms) end as skips_per_hour,
        coalesce(
            max(list_position(['low', 'normal', 'high', 'lossless'], max_quality)),
            (select list_position(['low', 'normal', 'high', 'lossless'], max_quality) from terms)
        ) as best
    from asked left join access on access.user_id = asked.user_id and from_at <= instant and instant < until_at
    left join plans using (plan_id) group by all;

    create or replace temp table played as
    select
        s.*, has_ads, can_download, is_shuffle_only, skips_per_hour, best, device_type, is_explicit, blocks_explicit,
        daily_limit_minutes, cast(timezone(time_zone, s.started_at) as date) as local_date
    from streams as s join allowed on kind = 'session' and id = session_id join devices using (device_id)
    join content using (content_id) join countries on country_id = ip_country_id
    join user_settings as u on u.user_id = s.user_id;
"""
RULES = {
    "skips": """
        select stream_id, user_id from played where skip_reason = 'next_button' and skips_per_hour is not null
        qualify row_number() over (partition by user_id, date_trunc('hour', started_at) order by started_at)
            > skips_per_hour
    """,
    "shuffle": """
        select stream_id, user_id from played
        where is_shuffle_only and not is_shuffle and device_type in ('phone', 'tablet')
    """,
    "quality": """
        select stream_id, user_id from played
        where list_position(['low', 'normal', 'high', 'lossless'], quality) > best
    """,
    "offline": "select stream_id, user_id from played where is_offline and not can_download",
    "downloads": """
        select save_id, user_id from saves join allowed on kind = 'save' and id = save_id
        where not can_download
    """,
    "ads": """
        select ad_request_id, user_id from ad_requests join allowed on kind = 'request' and id = ad_request_id
        where not has_ads
    """,
    "explicit": "select stream_id, user_id from played where is_explicit and blocks_explicit",
    "limit": """
        select stream_id, user_id from played where daily_limit_minutes is not null
        qualify sum(coalesce(played_ms, 0)) over (
            partition by user_id, local_date order by started_at rows unbounded preceding
        ) > daily_limit_minutes * 60000
    """,
}
Rows = set[tuple[int, int]]


@pytest.fixture(scope="module", params=["seed 42", "seed 7"])
def lake(request: pytest.FixtureRequest) -> tuple[duckdb.DuckDBPyConnection, pa.Table]:
    """Clean rows of one seed and of another, and what was planted in them."""
    if request.param == "seed 42":
        database: duckdb.DuckDBPyConnection = request.getfixturevalue("clean_tables")
        folder: Path = planted_folder(request.getfixturevalue("clean_lake"))
        database.execute(_TERMS.format(all="all_"))
        return database, pq.read_table(folder)
    database = clean_database()
    database.execute(_TERMS.format(all="").replace("from subscriptions", "from subscriptions_all"))
    days = [(FIRST + timedelta(days=number - 1), clean_day(number)) for number in range(DAYS + 1)]
    return database, pa.concat_tables([planted_in(world(), day, tables) for day, tables in days])


def _planted(listed: pa.Table, rule: str) -> list[tuple[int, int]]:
    return [(row["row_key"], row["user_id"]) for row in listed.to_pylist() if row["effect"] == f"breaches.{rule}"]


@pytest.mark.parametrize("rule", RULES)
def test_the_breaches_are_those_planted(lake: tuple[duckdb.DuckDBPyConnection, pa.Table], rule: str) -> None:
    database, listed = lake
    planted, found = _planted(listed, rule), database.execute(RULES[rule]).fetchall()
    assert len(planted) == len(set(planted))
    assert set(found) == set(planted)


def test_each_rule_is_broken_somewhere(lake: tuple[duckdb.DuckDBPyConnection, pa.Table]) -> None:
    # The larger of the two data sets has some of each.
    database, listed = lake
    if database is clean_database():
        assert {rule: len(_planted(listed, rule)) > 0 for rule in RULES} == dict.fromkeys(RULES, True)


def test_no_rule_is_broken_without_effects() -> None:
    plain = World(seed=7, scale=0.05, first_day=FIRST, effects=False)
    days = [make_opening(plain), *(make_day(plain, FIRST + timedelta(days=n)) for n in range(20))]
    database = duckdb.connect(config={"threads": 1})
    database.execute("set timezone = 'UTC'")
    for name in (
        "subscriptions", "household_members", "plans", "listening_sessions", "ad_requests", "saves", "streams",
        "devices", "content", "countries", "user_settings",
    ):  # fmt: skip
        table = TABLES[name]
        rows = pa.concat_tables([day[name].cast(table.lake_schema()) for day in days if name in day])
        database.register("arriving", rows)
        order = "order by change_no desc" if "change_no" in rows.column_names else "order by arrived_at"
        database.execute(f"create table all_{name} as select * from arriving")
        database.execute(
            f"create table {name} as select * from all_{name}"
            f" qualify row_number() over (partition by {', '.join(table.key)} {order}) = 1"
        )
        database.unregister("arriving")
    database.execute(_TERMS.format(all="all_"))
    assert {rule: database.execute(sql).fetchall() for rule, sql in RULES.items()} == {rule: [] for rule in RULES}
    assert database.execute("select count(*) from played").fetchone() > (5_000,)
