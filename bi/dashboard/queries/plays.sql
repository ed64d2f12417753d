-- Plays by local day, payment country and tier.
select
    plays.local_date,
    markets.country_code as country,
    plays.tier,
    count(*) as plays,
    count(case when plays.is_qualified then 1 end) as qualified_streams,
    count(case when plays.is_artificial then 1 end) as artificial_plays,
    count(case when plays.skip_class <> 'not_skipped' then 1 end) as skips,
    count(case when plays.skip_class = 'skip_under_5s' then 1 end) as skips_under_5s,
    count(case when plays.skip_class = 'skip_under_30s' then 1 end) as skips_under_30s,
    cast(coalesce(sum(plays.active_ms), 0) as bigint) as active_ms
from marts.fct_streams as plays
inner join marts.dim_geography as markets on plays.payment_geography_id = markets.geography_id
group by plays.local_date, markets.country_code, plays.tier
order by plays.local_date, markets.country_code, plays.tier
