-- By each method that applies to it, booked or not, a pool's entry is shared out to the last micro-unit; beside each
-- stands the whole of what is booked; and no other method is told of it.
{%- set methods = royalty_methods() %}
{%- set where_a_month_closed = 'where ' ~ ('true' if a_month_closed_since_tested() else 'false') %}

with
pools as (
    select * from {{ ref('fct_royalty_pools') }}
    {{ where_a_month_closed }}
),

shared as (
    select * from {{ ref('mart_royalty_methods') }}
    {{ where_a_month_closed }}
),

methods as (
    {% for method in methods -%}
    select '{{ method }}' as method
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

expected as (
    select
        pools.royalty_pool_key,
        methods.method,
        pools.pool_micro
    from pools
    inner join methods
        on
            pools.method = methods.method
            or {{ royalty_method_applies('methods.method', 'pools.source') }}
),

sums as (
    select
        royalty_pool_key,
        method,
        sum(amount_micro) as amount_micro,
        sum(booked_micro) as booked_micro
    from shared
    group by
        royalty_pool_key,
        method
)

select
    coalesce(expected.royalty_pool_key, sums.royalty_pool_key) as royalty_pool_key,
    coalesce(expected.method, sums.method) as method,
    expected.pool_micro,
    sums.amount_micro,
    sums.booked_micro
from expected
full outer join sums
    on
        expected.royalty_pool_key = sums.royalty_pool_key
        and expected.method = sums.method
where
    expected.royalty_pool_key is null
    or expected.pool_micro <> coalesce(sums.amount_micro, 0)
    or expected.pool_micro <> coalesce(sums.booked_micro, 0)
