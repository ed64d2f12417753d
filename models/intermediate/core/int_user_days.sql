{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['user_id', 'local_date'],
        indexes=server_indexes([
            {'columns': ['user_id', 'local_date', 'verdict_month'], 'unique': true},
            {'columns': ['local_date']},
            {'columns': ['load_id']},
        ]),
    )
}}

{#-
    The plays of a day are judged together. A day lasts 24 hours where it happened, and places are up to 26 hours apart:
    so far from a new play, and no further, is looked for the rest of its day.
-#}
{%- set newer -%}
    select
        user_id,
        started_at
    from {{ ref('int_streams_accepted') }}
    where load_id > (select coalesce(max(built.load_id), 0) from {{ this }} as built)
{%- endset %}

with
streams as (
    select
        stream_id,
        user_id,
        content_id,
        local_date,
        played_ms,
        started_at,
        arrived_at,
        is_after_local_close,
        verdict_month,
        load_id
    from {{ ref('int_streams_localized') }}
    {% if is_incremental() -%}
    {{ where_one_of('user_id', 'select user_id from (' ~ newer ~ ') as newer') }}
        and started_at > (select min(newer.started_at) from ({{ newer }}) as newer) - interval '72' hour
        and started_at < (select max(newer.started_at) from ({{ newer }}) as newer) + interval '72' hour
    {%- endif %}
),

rules as (
    select
        date_day,
        artificial_skip_plays,
        artificial_skip_ms,
        artificial_skip_window_ms,
        artificial_loop_plays,
        artificial_loop_min_ms,
        artificial_loop_max_ms,
        artificial_day_ms
    from {{ ref('int_rules_by_date') }}
),

{% if is_incremental() %}
touched as (
    {{ touched_keys('streams', ['user_id', 'local_date']) }}
),

plays as (
    select streams.*
    from streams
    inner join touched
        on
            streams.user_id = touched.user_id
            and streams.local_date = touched.local_date
),
{% else %}
plays as (
    select *
    from streams
),
{% endif %}

-- Each verdict rests on the plays that arrived before the close that makes it final; few days have more than one.
verdicts as (
    select distinct
        user_id,
        local_date,
        verdict_month
    from plays
),

evidence as (
    select
        plays.stream_id,
        plays.user_id,
        plays.content_id,
        plays.local_date,
        plays.played_ms,
        plays.started_at,
        plays.arrived_at,
        plays.is_after_local_close,
        plays.verdict_month = verdicts.verdict_month as is_judged,
        plays.load_id,
        verdicts.verdict_month
    from plays
    inner join verdicts
        on
            plays.user_id = verdicts.user_id
            and plays.local_date = verdicts.local_date
            and plays.verdict_month <= verdicts.verdict_month
),

hits as (
    {{ artificial_days('evidence', 'rules', ['user_id', 'local_date', 'verdict_month']) }}
),

plays_and_hits as (
    select
        user_id,
        local_date,
        verdict_month,
        1 as plays,
        coalesce(played_ms, 0) as played_ms,
        case when is_judged and played_ms > 0 and not is_after_local_close then 1 else 0 end as plays_in_time,
        0 as rapid_skips,
        0 as loops,
        0 as round_the_clock,
        arrived_at,
        load_id
    from evidence
    union all
    select
        user_id,
        local_date,
        verdict_month,
        0 as plays,
        0 as played_ms,
        0 as plays_in_time,
        rapid_skips,
        loops,
        round_the_clock,
        cast(null as timestamptz) as arrived_at,
        cast(null as bigint) as load_id
    from hits
),

totals as (
    select
        user_id,
        local_date,
        verdict_month,
        sum(plays) as plays,
        sum(played_ms) as played_ms,
        max(plays_in_time) = 1 as has_time,
        max(rapid_skips) = 1 as has_rapid_skips,
        max(loops) = 1 as has_loops,
        max(round_the_clock) = 1 as has_round_the_clock,
        max(rapid_skips + loops + round_the_clock) > 0 as is_artificial,
        min(arrived_at) as first_arrived_at,
        max(arrived_at) as last_arrived_at,
        max(load_id) as load_id
    from plays_and_hits
    group by user_id, local_date, verdict_month
)

select
    user_id,
    local_date,
    verdict_month,
    verdict_month = {{ month_start(add_days('local_date', -1)) }} as is_first_verdict,
    cast(plays as bigint) as plays,
    cast(played_ms as bigint) as played_ms,
    has_rapid_skips,
    has_loops,
    has_round_the_clock,
    is_artificial,
    has_time and not is_artificial as is_active,
    first_arrived_at,
    last_arrived_at,
    cast(load_id as bigint) as load_id
from totals
