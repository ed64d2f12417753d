"""What plans and families allow, asked of the rows alone: the accounts, plays, requests and saves that break it.

The rules in words: ``docs/decisions/066-tier-rules.md``.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import duckdb
import pyarrow as pa

from generators.api import make_day, make_opening
from generators.core.world import World
from generators.ddl import TABLES, Kind
from generators.planted import planted_in

Rows = set[tuple[int, int]]
"""Key of the row and account."""
Days = list[tuple[date, Mapping[str, pa.Table]]]
"""Clean tables by arrival day."""

# Terms in force: those of the plans to which an account has access, by its own subscription or its household's; Free
# without. What a session may do is settled when it begins.
TERMS = """
    create or replace temp table access as
    with states as (
        select *, lead(changed_at, 1, timestamptz '9999-01-01') over (
            partition by subscription_id order by change_no
        ) as until_at
        from {changes}
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
_TABLES = (
    "subscriptions", "household_members", "plans", "listening_sessions", "ad_requests", "saves", "streams", "devices",
    "content", "countries", "user_settings",
)  # fmt: skip


def tables_of(world: World, days: int) -> Days:
    """The opening and so many days of a world."""
    first = world.first_day
    later = [(first + timedelta(days=n), make_day(world, first + timedelta(days=n))) for n in range(days)]
    return [(world.opening_day, make_opening(world)), *later]


def breaches(days: Days) -> dict[str, Rows]:
    """Rows that break each rule."""
    database = duckdb.connect(config={"threads": 1})
    database.execute("set timezone = 'UTC'")
    for name in _TABLES:
        table = TABLES[name]
        rows = pa.concat_tables([tables[name].cast(table.lake_schema()) for _, tables in days if name in tables])
        database.register("arriving", rows)
        database.execute(f"create table all_{name} as select * from arriving")
        database.unregister("arriving")
        order = "change_no desc" if table.kind is Kind.ENTITY else "arrived_at"
        database.execute(
            f"create view {name} as select * from all_{name}"
            f" qualify row_number() over (partition by {', '.join(table.key)} order by {order}) = 1"
        )
    return broken(database, "all_subscriptions")


def broken(database: duckdb.DuckDBPyConnection, changes: str) -> dict[str, Rows]:
    """Rows of a database's tables that break each rule.

    Args:
        changes: table of all changes of subscriptions; the tables by their names hold latest images.
    """
    database.execute(TERMS.format(changes=changes))
    return {rule: set(database.execute(sql).fetchall()) for rule, sql in RULES.items()}


def listed(world: World, days: Days) -> dict[str, Rows]:
    """Breaches of each rule that are planted."""
    return rows_of(pa.concat_tables([planted_in(world, day, tables) for day, tables in days]))


def rows_of(planted: pa.Table) -> dict[str, Rows]:
    """Breaches of each rule in a list of what is planted, which has each once."""
    rows: dict[str, Rows] = {rule: set() for rule in RULES}
    for row in planted.to_pylist():
        rule = row["effect"].removeprefix("breaches.")
        if rule in rows:
            assert (row["row_key"], row["user_id"]) not in rows[rule]
            rows[rule].add((row["row_key"], row["user_id"]))
    return rows
