{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['user_id', 'local_date'],
        indexes=server_indexes([
            {'columns': ['user_id', 'local_date'], 'unique': true},
            {'columns': ['load_id']},
        ]),
    )
}}

{#- Accounts and local days of which a verdict or a play came or changed. -#}
{%- set newer -%}
    select
        judged.user_id,
        judged.local_date
    from {{ ref('int_user_days') }} as judged
    where {{ is_newer_load('judged.load_id') }}
    union
    select
        played.user_id,
        played.local_date
    from {{ ref('fct_streams') }} as played
    where {{ is_newer_load('played.load_id') }}
{%- endset %}

with
verdicts as (
    select * from {{ ref('int_user_days') }}
    {{ where_account_days_of(newer) }}
),

streams as (
    select * from {{ ref('fct_streams') }}
    {{ where_account_days_of(newer) }}
),

-- A day on which a rule fires stays one, as plays are only added to it: no row is left behind.
user_days as (
    select
        verdicts.user_id,
        verdicts.local_date,
        max(case when verdicts.has_rapid_skips then 1 else 0 end) = 1 as has_rapid_skips,
        max(case when verdicts.has_loops then 1 else 0 end) = 1 as has_loops,
        max(case when verdicts.has_round_the_clock then 1 else 0 end) = 1 as has_round_the_clock,
        max(verdicts.load_id) as load_id
    from verdicts
    where verdicts.is_artificial
    group by verdicts.user_id, verdicts.local_date
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

plays as (
    select
        streams.stream_id,
        streams.user_id,
        streams.user_key,
        streams.local_date,
        streams.content_id,
        streams.played_ms,
        streams.started_at,
        streams.is_artificial,
        streams.load_id,
        rules.artificial_skip_window_ms,
        streams.played_ms < rules.artificial_skip_ms as is_short,
        streams.played_ms between rules.artificial_loop_min_ms and rules.artificial_loop_max_ms as is_of_loop
    from streams
    inner join user_days
        on
            streams.user_id = user_days.user_id
            and streams.local_date = user_days.local_date
    inner join rules on streams.local_date = rules.date_day
),

-- Every short play opens a window; the short plays of the day that start within it are counted.
windows as (
    select
        opening.user_id,
        opening.local_date,
        count(*) as short_plays
    from plays as opening
    inner join plays as later_plays
        on
            opening.user_id = later_plays.user_id
            and opening.local_date = later_plays.local_date
            and opening.started_at <= later_plays.started_at
    where
        opening.is_short
        and later_plays.is_short
        and {{ datediff_ms('opening.started_at', 'later_plays.started_at') }} <= opening.artificial_skip_window_ms
    group by opening.user_id, opening.local_date, opening.stream_id
),

densest as (
    select
        user_id,
        local_date,
        max(short_plays) as short_plays_in_window
    from windows
    group by user_id, local_date
),

loops as (
    select
        user_id,
        local_date,
        content_id,
        count(*) as looped_plays
    from plays
    where is_of_loop
    group by user_id, local_date, content_id
),

longest_loop as (
    select
        user_id,
        local_date,
        max(looped_plays) as looped_plays
    from loops
    group by user_id, local_date
),

totals as (
    select
        user_id,
        local_date,
        max(user_key) as user_key,
        count(*) as plays,
        count(case when is_artificial then 1 end) as artificial_plays,
        sum(coalesce(played_ms, 0)) as played_ms,
        min(started_at) as first_started_at,
        max(started_at) as last_started_at,
        max(load_id) as load_id
    from plays
    group by user_id, local_date
),

measured as (
    select
        totals.*,
        greatest(totals.load_id, user_days.load_id) as latest_load_id,
        user_days.has_rapid_skips,
        user_days.has_loops,
        user_days.has_round_the_clock,
        coalesce(densest.short_plays_in_window, 0) as short_plays_in_window,
        coalesce(longest_loop.looped_plays, 0) as looped_plays,
        rules.artificial_skip_plays,
        rules.artificial_loop_plays,
        rules.artificial_day_ms,
        case when user_days.has_rapid_skips then ', rapid_skips' else '' end
        || case when user_days.has_loops then ', loops' else '' end
        || case when user_days.has_round_the_clock then ', round_the_clock' else '' end as listed_reasons
    from totals
    inner join user_days
        on
            totals.user_id = user_days.user_id
            and totals.local_date = user_days.local_date
    inner join rules on totals.local_date = rules.date_day
    left join densest
        on
            totals.user_id = densest.user_id
            and totals.local_date = densest.local_date
    left join longest_loop
        on
            totals.user_id = longest_loop.user_id
            and totals.local_date = longest_loop.local_date
)

select
    user_id,
    user_key,
    local_date,
    plays,
    artificial_plays,
    cast(short_plays_in_window as bigint) as short_plays_in_window,
    cast(looped_plays as bigint) as looped_plays,
    cast(played_ms as bigint) as played_ms,
    has_rapid_skips,
    has_loops,
    has_round_the_clock,
    case when has_rapid_skips then 1 else 0 end
    + case when has_loops then 1 else 0 end
    + case when has_round_the_clock then 1 else 0 end as rule_hits,
    greatest(
        {{ ratio('short_plays_in_window', 'artificial_skip_plays') }},
        {{ ratio('looped_plays', 'artificial_loop_plays') }},
        {{ ratio('played_ms', 'artificial_day_ms') }}
    ) as score,
    substring(listed_reasons, 3) as reasons,
    first_started_at,
    last_started_at,
    cast(latest_load_id as bigint) as load_id
from measured
where {{ is_newer_load('latest_load_id') }}
