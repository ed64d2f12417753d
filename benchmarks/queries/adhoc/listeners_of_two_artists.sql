-- How many of the listeners of one artist hear another.
with
heard as (
    select distinct
        streams.user_id,
        songs.main_artist_id
    from marts.fct_streams as streams
    inner join marts.dim_song as songs on streams.song_key = songs.song_key
    where songs.main_artist_id in (1, 2, 3)
)

select
    one.main_artist_id as artist_id,
    other.main_artist_id as other_artist_id,
    count(*) as listeners
from heard as one
inner join heard as other on one.user_id = other.user_id
group by one.main_artist_id, other.main_artist_id
order by artist_id, other_artist_id
