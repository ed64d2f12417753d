{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['window_start_date', 'window_kind'],
        pre_hook="{{ take_over_names(published_by(), 'content_id', {'content_type': 'content_type', 'title': 'title', 'artist_id': 'artist_id', 'artist_name': 'artist_name'}, published_anew()) }}",
        indexes=server_indexes([
            {'columns': ['window_start_date', 'window_kind', 'content_id'], 'unique': true},
            {'columns': ['window_start_date', 'window_kind', 'popularity_rank'], 'unique': true},
            {'columns': ['content_id']},
            {'columns': ['load_id']},
        ]),
    )
}}

{#- Days on which something came or changed are ranked anew, and their weeks, of which all days are read. -#}
{%- set newer_days -%}
    select newer.local_date
    from {{ ref('fct_content_daily') }} as newer
    where {{ is_newer_load('newer.load_id') }}
    group by newer.local_date
{%- endset %}
{%- set touched -%}
    select days.date_day
    from {{ ref('dim_date') }} as days
    where days.chart_week_start_date in (
        select weeks.chart_week_start_date
        from {{ ref('dim_date') }} as weeks
        where weeks.date_day in ({{ newer_days }})
    )
{%- endset %}

with
content_days as (
    select
        content_id,
        local_date,
        plays,
        listeners,
        likes,
        trending_plays_ppm,
        trending_score,
        load_id
    from {{ ref('fct_content_daily') }}
    {{ where_one_of('local_date', touched) }}
),

contents as (
    select
        content_id,
        content_type,
        title,
        artist_id
    from {{ ref('dim_content') }}
),

artists as (
    select
        artist_id,
        name
    from {{ ref('dim_artist') }}
    where is_current
),

days as (
    select
        date_day,
        chart_week_start_date
    from {{ ref('dim_date') }}
),

new_days as (
    select * from content_days
    {{ where_one_of('local_date', newer_days) }}
),

daily as (
    select
        'day' as window_kind,
        local_date as window_start_date,
        local_date as window_end_date,
        content_id,
        plays,
        likes,
        trending_score,
        load_id
    from new_days
    where plays > 0
),

dated as (
    select
        content_days.*,
        days.chart_week_start_date,
        row_number() over (
            partition by content_days.content_id, days.chart_week_start_date
            order by content_days.local_date desc
        ) as day_no
    from content_days
    inner join days on content_days.local_date = days.date_day
),

-- A week is scored as of its last day with something, as seven days lie in a score anyway.
weekly as (
    select
        'week' as window_kind,
        chart_week_start_date as window_start_date,
        {{ add_days('chart_week_start_date', 6) }} as window_end_date,
        content_id,
        sum(plays) as plays,
        sum(likes) as likes,
        max(case when day_no = 1 then trending_score end) as trending_score,
        max(load_id) as load_id
    from dated
    group by chart_week_start_date, content_id
    having sum(plays) > 0
),

windows as (
    select * from daily
    union all
    select * from weekly
),

ranked as (
    select
        windows.*,
        row_number() over (
            partition by windows.window_kind, windows.window_start_date
            order by windows.trending_score desc, windows.plays desc, windows.content_id asc
        ) as popularity_rank
    from windows
)

select
    cast(ranked.window_kind as text) as window_kind,
    ranked.window_start_date,
    ranked.window_end_date,
    ranked.content_id,
    contents.content_type,
    contents.title,
    contents.artist_id,
    artists.name as artist_name,
    cast(ranked.popularity_rank as bigint) as popularity_rank,
    cast(ranked.trending_score as numeric(18, 6)) as trending_score,
    cast(ranked.plays as bigint) as plays,
    cast(ranked.likes as bigint) as likes,
    cast(ranked.load_id as bigint) as load_id
from ranked
left join contents on ranked.content_id = contents.content_id
left join artists on contents.artist_id = artists.artist_id
