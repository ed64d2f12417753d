{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['user_id', 'local_date'],
        indexes=server_indexes([
            {'columns': ['user_id', 'local_date'], 'unique': true},
            {'columns': ['local_date']},
            {'columns': ['load_id'], 'type': 'brin'},
        ]),
    )
}}

with
streams as (
    select
        user_id,
        user_key,
        local_date,
        song_id,
        active_ms,
        skip_class,
        is_qualified,
        is_completed,
        load_id
    from {{ ref('fct_streams') }}
),

likes as (
    select
        user_id,
        user_key,
        local_date,
        load_id
    from {{ ref('int_likes') }}
),

user_days as (
    select
        user_id,
        local_date,
        is_artificial,
        is_active
    from {{ ref('int_user_days') }}
),

touched as (
    {{ touched_keys('streams', ['user_id', 'local_date']) }}
    union
    {{ touched_keys('likes', ['user_id', 'local_date']) }}
),

listened as (
    select
        streams.user_id,
        streams.local_date,
        max(streams.user_key) as user_key,
        count(*) as plays,
        count(case when streams.song_id <> {{ not_applicable_key() }} then 1 end) as song_plays,
        count(distinct case when streams.song_id > 0 then streams.song_id end) as songs,
        sum(streams.active_ms) as active_ms,
        count(case when streams.is_completed then 1 end) as completed_plays,
        count(case when streams.skip_class <> 'not_skipped' then 1 end) as skips,
        count(case when streams.skip_class = 'skip_under_5s' then 1 end) as skips_under_5s,
        count(case when streams.skip_class = 'skip_under_30s' then 1 end) as skips_under_30s,
        count(case when streams.is_qualified then 1 end) as qualified_streams,
        max(streams.load_id) as load_id
    from streams
    inner join touched
        on
            streams.user_id = touched.user_id
            and streams.local_date = touched.local_date
    group by streams.user_id, streams.local_date
),

liked as (
    select
        likes.user_id,
        likes.local_date,
        max(likes.user_key) as user_key,
        count(*) as likes,
        max(likes.load_id) as load_id
    from likes
    inner join touched
        on
            likes.user_id = touched.user_id
            and likes.local_date = touched.local_date
    group by likes.user_id, likes.local_date
)

select
    touched.user_id,
    greatest(
        coalesce(listened.user_key, liked.user_key),
        coalesce(liked.user_key, listened.user_key)
    ) as user_key,
    touched.local_date,
    cast(coalesce(listened.plays, 0) as bigint) as plays,
    cast(coalesce(listened.song_plays, 0) as bigint) as song_plays,
    cast(coalesce(listened.songs, 0) as bigint) as songs,
    cast(coalesce(listened.active_ms, 0) as bigint) as active_ms,
    {{ ratio('coalesce(listened.active_ms, 0)', '60000') }} as active_minutes,
    cast(coalesce(listened.completed_plays, 0) as bigint) as completed_plays,
    cast(coalesce(listened.skips, 0) as bigint) as skips,
    cast(coalesce(listened.skips_under_5s, 0) as bigint) as skips_under_5s,
    cast(coalesce(listened.skips_under_30s, 0) as bigint) as skips_under_30s,
    cast(coalesce(listened.qualified_streams, 0) as bigint) as qualified_streams,
    cast(coalesce(liked.likes, 0) as bigint) as likes,
    coalesce(user_days.is_artificial, false) as is_artificial,
    coalesce(user_days.is_active, false) as is_active,
    cast(greatest(coalesce(listened.load_id, 0), coalesce(liked.load_id, 0)) as bigint) as load_id
from touched
left join listened
    on
        touched.user_id = listened.user_id
        and touched.local_date = listened.local_date
left join liked
    on
        touched.user_id = liked.user_id
        and touched.local_date = liked.local_date
left join user_days
    on
        touched.user_id = user_days.user_id
        and touched.local_date = user_days.local_date
