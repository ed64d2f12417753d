-- Where a month's plays were heard.
select
    geographies.country,
    sum(plays.plays) as plays,
    sum(plays.active_ms) as active_ms
from marts.mart_plays_by_country as plays
inner join marts.dim_geography as geographies on plays.country_geography_id = geographies.geography_id
where plays.local_booking_month = date '2026-01-01'
group by geographies.country
order by plays desc
