-- How songs of the period did in their first seven days.
select
    songs.song_id,
    songs.title,
    count(*) as plays,
    count(distinct streams.user_id) as listeners
from marts.dim_song as songs
inner join marts.fct_streams as streams on songs.song_id = streams.song_id
where
    songs.is_current
    and songs.created_at >= timestamptz '2026-01-01 00:00:00+00'
    and streams.started_at < songs.created_at + interval '7 days'
group by songs.song_id, songs.title
order by plays desc
limit 50
