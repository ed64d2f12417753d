-- Which genres which age hears.
select
    users.age_band,
    genres.parent_genre,
    sum(genres.weight) as plays
from marts.fct_streams as streams
inner join marts.dim_user as users on streams.user_key = users.user_key
inner join marts.bridge_song_genre as genres on streams.song_id = genres.song_id
where streams.is_qualified
group by users.age_band, genres.parent_genre
order by users.age_band asc, plays desc
