with
content_days as (
    select
        content_id,
        local_date,
        plays,
        listeners,
        likes,
        trending_plays_ppm,
        trending_score
    from {{ ref('fct_content_daily') }}
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

daily as (
    select
        'day' as window_kind,
        local_date as window_start_date,
        local_date as window_end_date,
        content_id,
        plays,
        likes,
        trending_score
    from content_days
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
        max(case when day_no = 1 then trending_score end) as trending_score
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
    cast(ranked.likes as bigint) as likes
from ranked
left join contents on ranked.content_id = contents.content_id
left join artists on contents.artist_id = artists.artist_id
