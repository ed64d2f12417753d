with
positions as (
    select * from {{ ref('fct_chart_positions') }}
),

songs as (
    select
        song_id,
        title
    from {{ ref('dim_song') }}
    where is_current
),

artists as (
    select
        artist_id,
        name
    from {{ ref('dim_artist') }}
    where is_current
)

select
    positions.week_start_date,
    positions.chart_code,
    positions.chart_rank,
    case when positions.subject = 'song' then songs.title end as title,
    artists.name as artist_name,
    positions.last_week_rank,
    positions.last_week_rank - positions.chart_rank as places_up,
    positions.peak_rank,
    positions.weeks_on_chart,
    positions.is_new,
    positions.is_re_entry,
    positions.weighted_streams
from positions
left join songs on positions.song_id = songs.song_id
left join artists on positions.artist_id = artists.artist_id
where
    positions.chart_rank <= 10
    and positions.week_start_date = (select max(latest.week_start_date) from positions as latest)
order by positions.chart_id asc, positions.chart_rank asc
limit 1000
