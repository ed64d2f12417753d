-- A region's genres of a month.
select
    region_name,
    genre_name,
    genre_rank,
    weighted_streams,
    listeners
from marts.mart_top_genres
where
    month_start_date = date '2026-01-01'
    and country_code = 'IN'
    and genre_rank <= 5
order by region_name, genre_rank
