{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        indexes=server_indexes([{'columns': ['royalty_pool_key'], 'unique': true}]),
    )
}}

with
runs as (
    select * from {{ ref('int_royalty_pool_runs') }}
),

-- A pool's entry is made once; a run of nothing, before a first one that came late, may be of a month booked before.
new_runs as (
    select * from runs
    {% if is_incremental() -%}
    where {{ md5_text('run_key') }} not in (select held.royalty_pool_key from {{ this }} as held)
    {%- endif %}
),

-- Each with the run before it.
concerned as (
    select
        new_runs.pool_key,
        new_runs.booking_month
    from new_runs
    union
    select
        new_runs.pool_key,
        new_runs.previous_booking_month as booking_month
    from new_runs
    where new_runs.previous_booking_month is not null
),

allocations as (
    select * from {{ ref('int_royalty_allocations') }}
    {{ where_one_of('booking_month', 'select concerned.booking_month from concerned') }}
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
    inner join concerned
        on
            runs.pool_key = concerned.pool_key
            and runs.booking_month = concerned.booking_month
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
    inner join new_runs on known.run_key = new_runs.run_key
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
