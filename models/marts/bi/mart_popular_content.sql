{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['window_start_date', 'window_kind', 'content_id'],
        pre_hook=[
            "{{ drop_windows_with_less() }}",
            "{{ take_over_names(published_by(), 'content_id', {'content_type': 'content_type', 'title': 'title', 'artist_id': 'artist_id', 'artist_name': 'artist_name'}, published_anew()) }}",
        ],
        indexes=server_indexes([
            {'columns': ['window_start_date', 'window_kind', 'content_id'], 'unique': true},
            {'columns': ['window_start_date', 'window_kind', 'popularity_rank'], 'unique': true},
            {'columns': ['content_id']},
            {'columns': ['load_id']},
        ]),
    )
}}

{%- set all_days = ref('fct_content_daily') %}
{%- set dates = ref('dim_date') %}
{%- set newer_days = 'select newer.local_date from newer' %}
{%- set touched -%}
    select dates.date_day
    from {{ dates }} as dates
    where dates.chart_week_start_date in (select ranked_anew.week_start_date from ranked_anew)
{%- endset %}
{%- set retold_days -%}
    select dates.date_day
    from {{ dates }} as dates
    where dates.chart_week_start_date in (select retold.week_start_date from retold)
{%- endset %}

with
{% if is_incremental() -%}
newer as (
    select
        changed.content_id,
        changed.local_date,
        dates.chart_week_start_date as week_start_date,
        changed.plays,
        changed.likes,
        changed.trending_score,
        changed.load_id
    from {{ all_days }} as changed
    inner join {{ dates }} as dates on changed.local_date = dates.date_day
    where {{ is_newer_load_of(all_days, 'changed') }}
),

standing_days as (
    select *
    from {{ this }}
    where
        window_kind = 'day'
        and {{ is_one_of('window_start_date', newer_days) }}
),

-- Weeks with a day on which something has other plays or another score, or of which nothing stands.
moved as (
    select newer.week_start_date
    from newer
    left join standing_days
        on
            newer.local_date = standing_days.window_start_date
            and newer.content_id = standing_days.content_id
    where
        newer.plays > 0
        and (
            standing_days.content_id is null
            or newer.plays <> standing_days.plays
            or newer.trending_score <> standing_days.trending_score
        )
    union
    select newer.week_start_date
    from newer
    where
        newer.plays = 0
        and (
            select min(first.popularity_rank)
            from {{ this }} as first
            where
                first.window_start_date = newer.local_date
                and first.window_kind = 'day'
        ) is null
),

-- What is new of the others are likes, or days without plays, which may give a week another score.
retold as (
    select
        newer.content_id,
        newer.week_start_date
    from newer
    where newer.week_start_date not in (select moved.week_start_date from moved)
    group by newer.content_id, newer.week_start_date
),

retold_days as (
    select
        told.*,
        dates.chart_week_start_date as week_start_date,
        row_number() over (
            partition by told.content_id, dates.chart_week_start_date
            order by told.local_date desc
        ) as day_no
    from {{ all_days }} as told
    inner join {{ dates }} as dates on told.local_date = dates.date_day
    inner join retold
        on
            told.content_id = retold.content_id
            and dates.chart_week_start_date = retold.week_start_date
    where
        {{ is_one_of('told.content_id', 'select retold.content_id from retold') }}
        and {{ is_one_of('told.local_date', retold_days) }}
),

retold_weeks as (
    select
        content_id,
        week_start_date,
        sum(plays) as plays,
        sum(likes) as likes,
        max(case when day_no = 1 then trending_score end) as trending_score,
        max(load_id) as load_id
    from retold_days
    group by content_id, week_start_date
    having sum(plays) > 0
),

standing_weeks as (
    select *
    from {{ this }}
    where
        window_kind = 'week'
        and {{ is_one_of('window_start_date', 'select retold.week_start_date from retold') }}
        and {{ is_one_of('content_id', 'select retold.content_id from retold') }}
),

-- Weeks that are ranked anew, with those of their days of which something is new.
ranked_anew as (
    select moved.week_start_date
    from moved
    union
    select retold_weeks.week_start_date
    from retold_weeks
    left join standing_weeks
        on
            retold_weeks.week_start_date = standing_weeks.window_start_date
            and retold_weeks.content_id = standing_weeks.content_id
    where
        standing_weeks.content_id is null
        or retold_weeks.plays <> standing_weeks.plays
        or retold_weeks.trending_score <> standing_weeks.trending_score
),

-- In all other windows ranks stay.
liked as (
    select
        standing_days.window_kind,
        standing_days.window_start_date,
        standing_days.content_id,
        newer.likes,
        newer.load_id
    from newer
    inner join standing_days
        on
            newer.local_date = standing_days.window_start_date
            and newer.content_id = standing_days.content_id
    where newer.week_start_date not in (select ranked_anew.week_start_date from ranked_anew)
    union all
    select
        standing_weeks.window_kind,
        standing_weeks.window_start_date,
        standing_weeks.content_id,
        retold_weeks.likes,
        retold_weeks.load_id
    from retold_weeks
    inner join standing_weeks
        on
            retold_weeks.week_start_date = standing_weeks.window_start_date
            and retold_weeks.content_id = standing_weeks.content_id
    where retold_weeks.week_start_date not in (select ranked_anew.week_start_date from ranked_anew)
),

standing as (
    select * from standing_days
    union all
    select * from standing_weeks
),

{% endif -%}
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
{% if is_incremental() -%}
union all
select
    standing.window_kind,
    standing.window_start_date,
    standing.window_end_date,
    standing.content_id,
    standing.content_type,
    standing.title,
    standing.artist_id,
    standing.artist_name,
    standing.popularity_rank,
    standing.trending_score,
    standing.plays,
    cast(liked.likes as bigint) as likes,
    cast(liked.load_id as bigint) as load_id
from liked
inner join standing
    on
        liked.window_kind = standing.window_kind
        and liked.window_start_date = standing.window_start_date
        and liked.content_id = standing.content_id
{%- endif %}
