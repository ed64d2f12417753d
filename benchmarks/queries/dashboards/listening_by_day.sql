-- Plays and skips of four weeks in one country.
select
    local_date,
    sum(plays) as plays,
    sum(qualified_streams) as qualified_streams,
    sum(skips) as skips,
    sum(active_ms) as active_ms
from marts.mart_plays_by_country
where
    country_geography_id = 2000001
    and local_date between date '2026-01-15' and date '2026-02-11'
group by local_date
order by local_date
