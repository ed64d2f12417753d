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

{#- Days that both windows may reach, before a day that is new and after it. -#}
{%- set reach_days = 60 %}
{%- set content_days = ref('int_content_days') %}
{#- Of what is new, plays count in the scores of days around; of other days their own row is told. -#}
{%- set newer_plays -%}
    select
        newer.content_id,
        newer.local_date as day_date
    from {{ content_days }} as newer
    where
        {{ is_newer_load_of(content_days) }}
        and {{ is_newer_load('newer.plays_load_id') }}
{%- endset %}
{%- set newer_others -%}
    select
        newer.content_id,
        newer.local_date as day_date
    from {{ content_days }} as newer
    where
        {{ is_newer_load_of(content_days) }}
        and not {{ is_newer_load('newer.plays_load_id') }}
{%- endset %}
{%- set reach -%}
    select max(rules.trending_window_days) * 2
    from {{ ref('int_rules_by_date') }} as rules
{%- endset %}

with
content_days as (
    select * from {{ content_days }}
    {%- if is_incremental() %}
    -- What came late lies far back: of the days between it and now nothing is read.
    where
        (
            {{ is_one_of('content_id', 'select newer.content_id from (' ~ newer_plays ~ ') as newer') }}
            and {{ is_one_of('local_date', days_within(newer_plays, reach, reach_days)) }}
        )
        or (
            {{ is_one_of('content_id', 'select newer.content_id from (' ~ newer_others ~ ') as newer') }}
            and {{ is_one_of('local_date', days_within(newer_others, reach, reach_days, 0)) }}
        )
    {%- endif %}
),

rules as (
    select
        date_day,
        trending_window_days,
        trending_half_life_days,
        trending_offset
    from {{ ref('int_rules_by_date') }}
),

{% if is_incremental() %}
ages as (
    {{ integer_series(0, reach_days, 'age_days') }}
),

-- A day's plays count in the scores of the days that follow it, for as long as both windows reach.
touched as (
    select distinct
        newer.content_id,
        {{ add_days('newer.local_date', 'ages.age_days') }} as local_date
    from content_days as newer
    inner join rules on newer.local_date = rules.date_day
    inner join ages on rules.trending_window_days * 2 > ages.age_days
    where
        {{ is_newer_load('newer.load_id') }}
        and (ages.age_days = 0 or {{ is_newer_load('newer.plays_load_id') }})
),

scored_days as (
    select content_days.*
    from content_days
    inner join touched
        on
            content_days.content_id = touched.content_id
            and content_days.local_date = touched.local_date
),
{% else %}
scored_days as (
    select * from content_days
),
{% endif %}

ruled as (
    select
        scored_days.*,
        rules.trending_window_days,
        rules.trending_half_life_days,
        rules.trending_offset,
        {{ add_days('scored_days.local_date', '1 - rules.trending_window_days * 2') }} as window_start
    from scored_days
    inner join rules on scored_days.local_date = rules.date_day
),

windowed as (
    select
        ruled.content_id,
        ruled.local_date,
        ruled.trending_window_days,
        ruled.trending_half_life_days,
        counted.plays as counted_plays,
        case
            when counted.local_date = ruled.local_date then counted.load_id
            else counted.plays_load_id
        end as counted_load_id,
        {{ days_between('counted.local_date', 'ruled.local_date') }} as age_days
    from ruled
    inner join content_days as counted
        on
            ruled.content_id = counted.content_id
            and ruled.window_start <= counted.local_date
            and ruled.local_date >= counted.local_date
),

weighted as (
    select
        windowed.*,
        age_days < trending_window_days as is_recent,
        cast(round(
            1000000 * power(
                0.5,
                cast(mod(age_days, trending_window_days) as numeric(18, 6)) / trending_half_life_days
            )
        ) as bigint) as weight_ppm
    from windowed
),

sums as (
    select
        content_id,
        local_date,
        sum(case when is_recent then counted_plays * weight_ppm else 0 end) as trending_plays_ppm,
        sum(case when is_recent then 0 else counted_plays * weight_ppm end) as trending_plays_before_ppm,
        max(counted_load_id) as load_id
    from weighted
    group by content_id, local_date
)

select
    ruled.content_id,
    ruled.local_date,
    ruled.plays,
    ruled.listeners,
    ruled.likes,
    ruled.saves,
    ruled.downloads,
    ruled.skips,
    ruled.completed_plays,
    {{ ratio('ruled.skips', 'ruled.plays') }} as skip_rate,
    {{ ratio('ruled.completed_plays', 'ruled.plays') }} as completion_rate,
    cast(sums.trending_plays_ppm as bigint) as trending_plays_ppm,
    cast(sums.trending_plays_before_ppm as bigint) as trending_plays_before_ppm,
    {{ ratio(
        'sums.trending_plays_ppm + ruled.trending_offset * 1000000',
        'sums.trending_plays_before_ppm + ruled.trending_offset * 1000000'
    ) }} as trending_score,
    cast(sums.load_id as bigint) as load_id
from ruled
inner join sums
    on
        ruled.content_id = sums.content_id
        and ruled.local_date = sums.local_date
where {{ is_newer_load('sums.load_id') }}
