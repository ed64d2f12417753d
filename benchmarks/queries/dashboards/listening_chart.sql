-- A chart of the week with last week's ranks.
select
    positions.chart_rank,
    songs.title,
    positions.last_week_rank,
    positions.peak_rank,
    positions.weeks_on_chart,
    positions.weighted_streams
from marts.fct_chart_positions as positions
inner join marts.dim_song as songs
    on
        positions.song_id = songs.song_id
        and songs.is_current
where
    positions.chart_code = 'GLOBAL-SONGS'
    and positions.week_start_date = date '2026-01-30'
order by positions.chart_rank
