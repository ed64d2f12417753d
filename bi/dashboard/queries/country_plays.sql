-- Plays by month and the country where they were heard.
select
    dates.month_start_date,
    markets.country_code as country,
    markets.country as country_name,
    cast(sum(plays.plays) as bigint) as plays,
    cast(sum(plays.qualified_streams) as bigint) as qualified_streams,
    cast(sum(plays.active_ms) as bigint) as active_ms
from marts.mart_plays_by_country as plays
inner join marts.dim_geography as markets on plays.country_geography_id = markets.geography_id
inner join marts.dim_date as dates on plays.local_date = dates.date_day
group by dates.month_start_date, markets.country_code, markets.country
order by dates.month_start_date, markets.country_code
