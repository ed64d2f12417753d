-- The ten best places of the last published week of each song chart that is not of one genre.
select
    positions.week_start_date,
    positions.week_end_date,
    coalesce(markets.country_code, 'all') as country,
    positions.chart_name,
    positions.chart_rank,
    songs.title,
    songs.main_artist,
    positions.last_week_rank,
    positions.peak_rank,
    positions.weeks_on_chart,
    positions.streams
from marts.fct_chart_positions as positions
inner join marts.dim_song as songs
    on
        positions.song_id = songs.song_id
        and songs.is_current
left join marts.dim_geography as markets
    on
        positions.country_geography_id = markets.geography_id
        and markets.geography_level = 'country'
where
    positions.subject = 'song'
    and positions.genre_id < 0
    and positions.chart_rank <= 10
    and positions.week_start_date = (select max(latest.week_start_date) from marts.fct_chart_positions as latest)
order by positions.chart_name, positions.chart_rank
