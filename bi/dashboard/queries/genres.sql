-- Qualified streams by month, country where they were heard, and genre, each shared among its recording's genres.
select
    genres.month_start_date,
    genres.country_code as country,
    genres.genre_name,
    cast(sum(genres.weighted_streams_ppm) as bigint) as weighted_streams_ppm
from marts.mart_top_genres as genres
group by genres.month_start_date, genres.country_code, genres.genre_name
order by genres.month_start_date, genres.country_code, genres.genre_name
