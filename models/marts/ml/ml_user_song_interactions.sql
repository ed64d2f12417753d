{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        pre_hook="{{ drop_pairs_no_longer_told() }}",
        indexes=server_indexes([
            {'columns': ['user_id', 'song_id'], 'unique': true},
            {'columns': ['as_of_date']},
        ]),
    )
}}

with
dates as (
    select * from {{ ref('int_feature_dates') }}
),

song_changes as (
    {{ change_rows('catalog', 'songs', 'song_id', ['content_id']) }}
),

consenting as (
    select users.user_id
    from {{ ref('dim_user') }} as users
    where
        users.is_current {{ and_without_pairs('users.user_id') }}
        and users.allows_profiling
        and users.user_id > 0
),

streams as (
    select
        user_id,
        content_id,
        played_ms,
        started_date,
        arrived_at
    from {{ ref('fct_streams') }}
    {{ where_one_of('user_id', 'select consenting.user_id from consenting') }}
),

-- Pairs are many: they are told as of the last date alone.
last_date as (
    select * from dates
    where as_of_date = (select max(latest.as_of_date) from dates as latest)
),

recordings as (
    select
        last_date.as_of_date,
        changes.content_id,
        min(changes.song_id) as song_id
    from last_date
    inner join song_changes as changes
        on
            changes.change_no = 0
            and last_date.known_before > changes.arrived_at
    group by last_date.as_of_date, changes.content_id
)

select
    streams.user_id,
    recordings.song_id,
    last_date.as_of_date,
    count(*) as plays,
    count(case when streams.played_ms < last_date.short_play_ms then 1 end) as short_plays,
    cast(coalesce(sum(streams.played_ms), 0) as bigint) as played_ms,
    count(distinct streams.started_date) as listening_days,
    min(streams.started_date) as first_played_date,
    max(streams.started_date) as last_played_date
from streams
inner join last_date
    on
        -- Not as a comparison of dates: PostgreSQL would find all plays until then, by the index of days.
        {{ days_between('streams.started_date', 'last_date.as_of_date') }} >= 0
        and streams.arrived_at < last_date.known_before
inner join recordings on streams.content_id = recordings.content_id
inner join consenting on streams.user_id = consenting.user_id
group by streams.user_id, recordings.song_id, last_date.as_of_date
