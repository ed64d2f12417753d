-- The artists of a month, world and country.
select
    country_code,
    artist_rank,
    artist_name,
    qualified_streams,
    listeners
from marts.mart_top_artists
where
    month_start_date = date '2026-01-01'
    and artist_rank <= 20
order by country_code, artist_rank
