{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        indexes=server_indexes([{'columns': ['as_of_date', 'user_id'], 'unique': true}]),
    )
}}

with
dates as (
    select * from {{ ref('int_feature_dates') }}
    {{ where_not_yet_held('as_of_date') }}
),

calendar as (
    select date_day
    from {{ ref('dim_date') }}
),

-- Plays are found by each day of a window: found by its ends, every date would read all plays.
window_days as (
    select
        dates.*,
        calendar.date_day as started_date
    from dates
    inner join calendar
        on
            dates.window_start_date <= calendar.date_day
            and dates.as_of_date >= calendar.date_day
),

streams as (
    select
        user_id,
        content_id,
        played_ms,
        started_date,
        arrived_at
    from {{ ref('fct_streams') }}
    where {{ is_one_of('started_date', 'select window_days.started_date from window_days') }}
),

-- Until the next month has ended nothing is read.
searches as (
    select
        user_id,
        searched_date,
        arrived_at
    from {{ ref('fct_searches') }}
    where (select count(*) from dates) > 0
),

attempts as (
    select
        user_id,
        transacted_date,
        arrived_at
    from {{ ref('fct_transactions') }}
    where
        movement_type = 'failure'
        and (select count(*) from dates) > 0
),

activities as (
    select
        window_days.as_of_date,
        streams.user_id,
        count(*) as plays_28,
        count(case when streams.started_date >= window_days.short_window_start_date then 1 end) as plays_7,
        sum(streams.played_ms) as played_ms_28,
        sum(case when streams.started_date >= window_days.short_window_start_date then streams.played_ms end)
            as played_ms_7,
        count(case when streams.played_ms < window_days.short_play_ms then 1 end) as short_plays_28,
        count(distinct streams.content_id) as contents_28,
        count(distinct streams.started_date) as listening_days_28,
        max(streams.started_date) as last_play_date,
        0 as searches_28,
        0 as failed_payments_28
    from window_days
    inner join streams
        on
            window_days.started_date = streams.started_date
            and window_days.known_before > streams.arrived_at
    group by window_days.as_of_date, streams.user_id
    union all
    select
        dates.as_of_date,
        searches.user_id,
        0 as plays_28,
        0 as plays_7,
        0 as played_ms_28,
        0 as played_ms_7,
        0 as short_plays_28,
        0 as contents_28,
        0 as listening_days_28,
        cast(null as date) as last_play_date,
        count(*) as searches_28,
        0 as failed_payments_28
    from dates
    inner join searches
        on
            dates.window_start_date <= searches.searched_date
            and dates.as_of_date >= searches.searched_date
            and dates.known_before > searches.arrived_at
    group by dates.as_of_date, searches.user_id
    union all
    select
        dates.as_of_date,
        attempts.user_id,
        0 as plays_28,
        0 as plays_7,
        0 as played_ms_28,
        0 as played_ms_7,
        0 as short_plays_28,
        0 as contents_28,
        0 as listening_days_28,
        cast(null as date) as last_play_date,
        0 as searches_28,
        count(*) as failed_payments_28
    from dates
    inner join attempts
        on
            dates.window_start_date <= attempts.transacted_date
            and dates.as_of_date >= attempts.transacted_date
            and dates.known_before > attempts.arrived_at
    group by dates.as_of_date, attempts.user_id
)

select
    as_of_date,
    user_id,
    cast(sum(plays_7) as bigint) as plays_7,
    cast(sum(plays_28) as bigint) as plays_28,
    cast(coalesce(sum(played_ms_7), 0) as bigint) as played_ms_7,
    cast(coalesce(sum(played_ms_28), 0) as bigint) as played_ms_28,
    cast(sum(short_plays_28) as bigint) as short_plays_28,
    cast(sum(contents_28) as bigint) as contents_28,
    cast(sum(listening_days_28) as bigint) as listening_days_28,
    max(last_play_date) as last_play_date,
    cast(sum(searches_28) as bigint) as searches_28,
    cast(sum(failed_payments_28) as bigint) as failed_payments_28
from activities
group by as_of_date, user_id
