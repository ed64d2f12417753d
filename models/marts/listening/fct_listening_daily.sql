{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['user_id', 'local_date'],
        indexes=server_indexes([
            {'columns': ['user_id', 'local_date'], 'unique': true},
            {'columns': ['local_date']},
            {'columns': ['load_id']},
        ]),
    )
}}

{#- Accounts and local days of which a play or a like came or changed. -#}
{%- set newer -%}
    select
        played.user_id,
        played.local_date
    from {{ ref('fct_streams') }} as played
    where {{ is_newer_load('played.load_id') }}
    union
    select
        liked.user_id,
        liked.local_date
    from {{ ref('fct_feedback') }} as liked
    where
        liked.feedback_kind = 'reaction'
        and {{ is_newer_load('liked.load_id') }}
{%- endset %}

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
    {{ where_account_days_of(newer) }}
),

feedback as (
    select *
    from {{ ref('fct_feedback') }}
    {{ where_account_days_of(newer) }}
),

user_days as (
    select
        user_id,
        local_date,
        max(case when is_first_verdict and is_artificial then 1 else 0 end) = 1 as is_artificial,
        max(case when is_active then 1 else 0 end) = 1 as is_active
    from {{ ref('int_user_days') }}
    {{ where_account_days_of(newer) }}
    group by user_id, local_date
),

listened as (
    select
        user_id,
        local_date,
        max(user_key) as user_key,
        count(*) as plays,
        count(case when song_id <> {{ not_applicable_key() }} then 1 end) as song_plays,
        count(distinct case when song_id > 0 then song_id end) as songs,
        sum(active_ms) as active_ms,
        count(case when is_completed then 1 end) as completed_plays,
        count(case when skip_class <> 'not_skipped' then 1 end) as skips,
        count(case when skip_class = 'skip_under_5s' then 1 end) as skips_under_5s,
        count(case when skip_class = 'skip_under_30s' then 1 end) as skips_under_30s,
        count(case when is_qualified then 1 end) as qualified_streams,
        max(load_id) as load_id
    from streams
    group by user_id, local_date
),

liked as (
    select
        user_id,
        local_date,
        max(user_key) as user_key,
        count(*) as likes,
        max(load_id) as load_id
    from feedback
    where
        feedback_kind = 'reaction'
        and target_type = 'content'
        and feedback_type in ('like', 'love')
    group by user_id, local_date
),

-- Added up, not joined: a day may have plays, likes or both.
listened_or_liked as (
    select
        user_id,
        local_date,
        user_key,
        plays,
        song_plays,
        songs,
        active_ms,
        completed_plays,
        skips,
        skips_under_5s,
        skips_under_30s,
        qualified_streams,
        0 as likes,
        load_id
    from listened
    union all
    select
        user_id,
        local_date,
        user_key,
        0 as plays,
        0 as song_plays,
        0 as songs,
        0 as active_ms,
        0 as completed_plays,
        0 as skips,
        0 as skips_under_5s,
        0 as skips_under_30s,
        0 as qualified_streams,
        likes,
        load_id
    from liked
),

totals as (
    select
        user_id,
        local_date,
        max(user_key) as user_key,
        sum(plays) as plays,
        sum(song_plays) as song_plays,
        sum(songs) as songs,
        sum(active_ms) as active_ms,
        sum(completed_plays) as completed_plays,
        sum(skips) as skips,
        sum(skips_under_5s) as skips_under_5s,
        sum(skips_under_30s) as skips_under_30s,
        sum(qualified_streams) as qualified_streams,
        sum(likes) as likes,
        max(load_id) as load_id
    from listened_or_liked
    group by user_id, local_date
)

select
    totals.user_id,
    totals.user_key,
    totals.local_date,
    cast(totals.plays as bigint) as plays,
    cast(totals.song_plays as bigint) as song_plays,
    cast(totals.songs as bigint) as songs,
    cast(totals.active_ms as bigint) as active_ms,
    {{ ratio('totals.active_ms', '60000') }} as active_minutes,
    cast(totals.completed_plays as bigint) as completed_plays,
    cast(totals.skips as bigint) as skips,
    cast(totals.skips_under_5s as bigint) as skips_under_5s,
    cast(totals.skips_under_30s as bigint) as skips_under_30s,
    cast(totals.qualified_streams as bigint) as qualified_streams,
    cast(totals.likes as bigint) as likes,
    coalesce(user_days.is_artificial, false) as is_artificial,
    coalesce(user_days.is_active, false) as is_active,
    totals.load_id
from totals
left join user_days
    on
        totals.user_id = user_days.user_id
        and totals.local_date = user_days.local_date
where {{ is_newer_load('totals.load_id') }}
