-- Plays by local day, payment country and tier.
select
    plays.local_date,
    markets.country_code as country,
    plays.tier,
    cast(sum(plays.plays) as bigint) as plays,
    cast(sum(plays.qualified_streams) as bigint) as qualified_streams,
    cast(sum(plays.artificial_plays) as bigint) as artificial_plays,
    cast(sum(plays.skips) as bigint) as skips,
    cast(sum(plays.skips_under_5s) as bigint) as skips_under_5s,
    cast(sum(plays.skips_under_30s) as bigint) as skips_under_30s,
    cast(sum(plays.active_ms) as bigint) as active_ms
from marts.mart_plays_by_country as plays
inner join marts.dim_geography as markets on plays.payment_geography_id = markets.geography_id
group by plays.local_date, markets.country_code, plays.tier
order by plays.local_date, markets.country_code, plays.tier
