-- Where the pools of a month went.
select
    tier,
    source,
    right_type,
    sum(pool_micro) as pool_micro,
    sum(override_micro) as override_micro,
    sum(allocated_micro) as allocated_micro
from marts.fct_royalty_pools
where service_month = date '2026-01-01'
group by tier, source, right_type
order by tier, source, right_type
