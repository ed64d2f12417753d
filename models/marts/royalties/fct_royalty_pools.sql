with
runs as (
    select * from {{ ref('int_royalty_pool_runs') }}
),

allocations as (
    select * from {{ ref('int_royalty_allocations') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

allocated as (
    select
        run_key,
        sum(case when kind = 'override' then amount_micro else 0 end) as override_micro,
        sum(amount_micro) as allocated_micro
    from allocations
    group by run_key
),

known as (
    select
        runs.*,
        coalesce(allocated.override_micro, 0) as override_micro,
        coalesce(allocated.allocated_micro, 0) as allocated_micro
    from runs
    left join allocated on runs.run_key = allocated.run_key
),

-- Each later close enters only what it changes.
entered as (
    select
        known.*,
        coalesce(earlier.net_revenue_micro, 0) as earlier_net_revenue_micro,
        coalesce(earlier.rights_micro, 0) as earlier_rights_micro,
        coalesce(earlier.pool_micro, 0) as earlier_pool_micro,
        coalesce(earlier.override_micro, 0) as earlier_override_micro,
        coalesce(earlier.allocated_micro, 0) as earlier_allocated_micro
    from known
    left join known as earlier
        on
            known.pool_key = earlier.pool_key
            and known.previous_booking_month = earlier.booking_month
)

select
    {{ md5_text('entered.run_key') }} as royalty_pool_key,
    entered.service_month,
    entered.booking_month,
    {{ month_end('entered.booking_month') }} as booked_date,
    entered.service_month <> entered.booking_month as is_correction,
    {{ country_geography_id('entered.payment_country_id') }} as payment_geography_id,
    entered.tier,
    entered.source,
    entered.right_type,
    entered.method,
    currencies.currency_code,
    cast(entered.net_revenue_micro - entered.earlier_net_revenue_micro as bigint) as net_revenue_micro,
    cast(entered.rights_micro - entered.earlier_rights_micro as bigint) as rights_micro,
    cast(entered.pool_micro - entered.earlier_pool_micro as bigint) as pool_micro,
    cast(entered.override_micro - entered.earlier_override_micro as bigint) as override_micro,
    cast(entered.allocated_micro - entered.earlier_allocated_micro as bigint) as allocated_micro
from entered
inner join currencies on entered.currency_code = currencies.currency_code
