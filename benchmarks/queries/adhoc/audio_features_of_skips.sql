-- What is skipped: tempo and energy.
select
    cast(songs.energy * 10 as integer) as energy_tenths,
    count(*) as plays,
    avg(songs.tempo_bpm) as tempo_bpm,
    count(case when streams.skip_class <> 'not_skipped' then 1 end) as skips
from marts.fct_streams as streams
inner join marts.dim_song as songs on streams.song_key = songs.song_key
where songs.energy is not null
group by cast(songs.energy * 10 as integer)
order by energy_tenths
