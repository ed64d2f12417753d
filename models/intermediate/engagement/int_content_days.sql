{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['content_id', 'local_date'],
        indexes=server_indexes([
            {'columns': ['content_id', 'local_date'], 'unique': true},
            {'columns': ['local_date']},
            {'columns': ['load_id']},
        ]),
    )
}}

{#-
    Days for which a play came or changed; of the other days of feedback that came, what it is of. Plays of a local day lie
    on the UTC days around it; of other local days a part is seen, which has nothing new.
-#}
{%- set newer_plays -%}
    select played.local_date as day_date
    from {{ ref('fct_streams') }} as played
    where {{ is_newer_load_of(ref('fct_streams'), 'played') }}
    group by played.local_date
{%- endset %}
{%- set newer_feedback -%}
    select
        given.content_id,
        given.given_date as day_date
    from {{ ref('int_feedback') }} as given
    where
        {{ is_newer_load_of(ref('int_feedback'), 'given') }}
        and given.given_date not in ({{ newer_plays }})
{%- endset %}
{%- set played_days = days_around(newer_plays, -1, 1) %}
{%- set given_days = days_around(newer_feedback, -1, 1) %}
{%- set given_contents = 'select given.content_id from (' ~ newer_feedback ~ ') as given' %}

with
streams as (
    select
        content_id,
        user_id,
        local_date,
        skip_class,
        is_completed,
        is_after_local_close,
        load_id
    from {{ ref('fct_streams') }}
    {%- if is_incremental() %}
    where
        {{ is_one_of('started_date', played_days) }}
        or ({{ is_one_of('started_date', given_days) }} and {{ is_one_of('content_id', given_contents) }})
    {%- endif %}
),

feedback as (
    select
        content_id,
        given_date as local_date,
        feedback_kind,
        feedback_type,
        load_id
    from {{ ref('int_feedback') }}
    {%- if is_incremental() %}
    where
        {{ is_one_of('given_date', played_days) }}
        or ({{ is_one_of('given_date', given_days) }} and {{ is_one_of('content_id', given_contents) }})
    {%- endif %}
),

-- Each listener once: they are then counted without sorting all plays.
listened as (
    select
        content_id,
        local_date,
        user_id,
        count(case when not is_after_local_close then 1 end) as plays,
        count(case when not is_after_local_close and is_completed then 1 end) as completed_plays,
        count(case when not is_after_local_close and skip_class <> 'not_skipped' then 1 end) as skips,
        max(case when not is_after_local_close then load_id end) as load_id,
        max(load_id) as any_load_id
    from streams
    group by content_id, local_date, user_id
),

-- What is not counted changes no day, unless there is nothing else of it.
played as (
    select
        content_id,
        local_date,
        sum(plays) as plays,
        count(case when plays > 0 then 1 end) as listeners,
        sum(completed_plays) as completed_plays,
        sum(skips) as skips,
        0 as likes,
        0 as saves,
        0 as downloads,
        coalesce(max(load_id), max(any_load_id)) as load_id,
        coalesce(max(load_id), 0) as plays_load_id
    from listened
    group by content_id, local_date
),

liked as (
    select
        content_id,
        local_date,
        0 as plays,
        0 as listeners,
        0 as completed_plays,
        0 as skips,
        count(case when feedback_kind = 'reaction' and feedback_type in ('like', 'love') then 1 end) as likes,
        count(case when feedback_kind = 'save' and feedback_type = 'library' then 1 end) as saves,
        count(case when feedback_kind = 'save' and feedback_type = 'download' then 1 end) as downloads,
        coalesce(max(case when feedback_kind in ('reaction', 'save') then load_id end), max(load_id)) as load_id,
        0 as plays_load_id
    from feedback
    where content_id > 0
    group by content_id, local_date
),

played_or_liked as (
    select * from played
    union all
    select * from liked
),

totals as (
    select
        content_id,
        local_date,
        sum(plays) as plays,
        sum(listeners) as listeners,
        sum(completed_plays) as completed_plays,
        sum(skips) as skips,
        sum(likes) as likes,
        sum(saves) as saves,
        sum(downloads) as downloads,
        max(load_id) as load_id,
        max(plays_load_id) as plays_load_id
    from played_or_liked
    group by content_id, local_date
)

select
    content_id,
    local_date,
    cast(plays as bigint) as plays,
    cast(listeners as bigint) as listeners,
    cast(completed_plays as bigint) as completed_plays,
    cast(skips as bigint) as skips,
    cast(likes as bigint) as likes,
    cast(saves as bigint) as saves,
    cast(downloads as bigint) as downloads,
    cast(load_id as bigint) as load_id,
    cast(plays_load_id as bigint) as plays_load_id
from totals
where {{ is_newer_load() }}
