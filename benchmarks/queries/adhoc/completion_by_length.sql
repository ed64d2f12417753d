-- Whether long songs are heard to the end.
select
    songs.duration_ms / 30000 as half_minutes,
    count(*) as plays,
    count(case when streams.is_completed then 1 end) as completed
from marts.fct_streams as streams
inner join marts.dim_song as songs on streams.song_key = songs.song_key
group by songs.duration_ms / 30000
order by half_minutes
