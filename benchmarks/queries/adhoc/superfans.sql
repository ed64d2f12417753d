-- Listeners with more than a tenth of an artist's plays.
with
heard as (
    select
        songs.main_artist_id,
        streams.user_id,
        count(*) as plays
    from marts.fct_streams as streams
    inner join marts.dim_song as songs on streams.song_key = songs.song_key
    where streams.is_qualified
    group by songs.main_artist_id, streams.user_id
),

shares as (
    select
        heard.*,
        sum(plays) over (partition by main_artist_id) as all_plays
    from heard
)

select
    main_artist_id,
    user_id,
    plays,
    all_plays
from shares
where
    plays * 10 > all_plays
    and all_plays >= 20
order by plays desc, main_artist_id asc, user_id asc
limit 100
