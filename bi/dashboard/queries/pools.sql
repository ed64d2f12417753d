-- Pools by booking month, country, tier, source and right, in the country's currency. Both rights share one revenue.
select
    pools.booking_month,
    markets.country_code as country,
    pools.tier,
    pools.source,
    pools.right_type,
    pools.currency_code,
    cast(sum(pools.net_revenue_micro) as bigint) as net_revenue_micro,
    cast(sum(pools.rights_micro) as bigint) as rights_micro,
    cast(sum(pools.pool_micro) as bigint) as pool_micro,
    cast(sum(pools.override_micro) as bigint) as override_micro,
    cast(sum(pools.allocated_micro) as bigint) as allocated_micro
from marts.fct_royalty_pools as pools
inner join marts.dim_geography as markets on pools.payment_geography_id = markets.geography_id
group by
    pools.booking_month, markets.country_code, pools.tier, pools.source, pools.right_type, pools.currency_code
order by
    pools.booking_month, markets.country_code, pools.tier, pools.source, pools.right_type, pools.currency_code
