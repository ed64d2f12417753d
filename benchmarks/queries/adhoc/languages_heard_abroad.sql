-- Songs in a language heard outside the country of their artist.
select
    songs.language,
    artists.country as country_of_the_artist,
    geographies.country as country_of_listening,
    sum(plays.plays) as plays
from marts.fct_plays_daily as plays
inner join marts.dim_song as songs
    on
        plays.song_id = songs.song_id
        and songs.is_current
inner join marts.dim_artist as artists
    on
        plays.artist_id = artists.artist_id
        and artists.is_current
inner join marts.dim_geography as geographies on plays.country_geography_id = geographies.geography_id
where artists.country_code <> geographies.country_code
group by songs.language, artists.country, geographies.country
order by plays desc
limit 100
