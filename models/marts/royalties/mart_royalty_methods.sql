{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        indexes=server_indexes([{'columns': ['booking_month']}]),
    )
}}
{%- set methods = royalty_methods() %}

with
runs as (
    select * from {{ ref('int_royalty_pool_runs') }}
),

scenarios as (
    select * from {{ ref('int_royalty_scenarios') }}
),

royalties as (
    select * from {{ ref('fct_royalties') }}
    {{ where_not_yet_booked() }}
),

new_runs as (
    select * from runs
    {{ where_not_yet_booked() }}
),

fx_rates as (
    select * from {{ ref('int_exchange_rates') }}
),

methods as (
    {% for method in methods -%}
    select '{{ method }}' as method
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

pools as (
    select
        new_runs.run_key,
        {{ md5_text('new_runs.run_key') }} as royalty_pool_key,
        methods.method,
        new_runs.method = methods.method as is_booked
    from new_runs
    inner join methods
        on
            new_runs.method = methods.method
            or {{ royalty_method_applies('methods.method', 'new_runs.source') }}
),

-- A run shares the whole pool as known at its close: the entry is what it adds to the run earlier.
entered as (
    select
        scenarios.run_key,
        scenarios.method,
        scenarios.artist_id,
        scenarios.payee_id,
        scenarios.amount_micro,
        scenarios.unattributed_micro
    from new_runs
    inner join scenarios on new_runs.run_key = scenarios.run_key
    union all
    select
        new_runs.run_key,
        scenarios.method,
        scenarios.artist_id,
        scenarios.payee_id,
        -scenarios.amount_micro as amount_micro,
        -scenarios.unattributed_micro as unattributed_micro
    from new_runs
    inner join runs as earlier
        on
            new_runs.pool_key = earlier.pool_key
            and new_runs.previous_booking_month = earlier.booking_month
    inner join scenarios on earlier.run_key = scenarios.run_key
),

booked as (
    select
        royalty_pool_key,
        artist_id,
        payee_id,
        sum(amount_micro) as amount_micro,
        sum(case when original_kind = 'unattributed' then amount_micro else 0 end) as unattributed_micro
    from royalties
    where is_booked
    group by
        royalty_pool_key,
        artist_id,
        payee_id
),

-- Beside what each method gives stands what is booked, in every method's rows.
compared as (
    select
        run_key,
        method,
        artist_id,
        payee_id,
        amount_micro,
        unattributed_micro,
        0 as booked_micro
    from entered
    union all
    select
        pools.run_key,
        pools.method,
        booked.artist_id,
        booked.payee_id,
        case when pools.is_booked then booked.amount_micro else 0 end as amount_micro,
        case when pools.is_booked then booked.unattributed_micro else 0 end as unattributed_micro,
        booked.amount_micro as booked_micro
    from pools
    inner join booked on pools.royalty_pool_key = booked.royalty_pool_key
),

summed as (
    select
        run_key,
        method,
        artist_id,
        payee_id,
        sum(amount_micro) as amount_micro,
        sum(unattributed_micro) as unattributed_micro,
        sum(booked_micro) as booked_micro
    from compared
    group by
        run_key,
        method,
        artist_id,
        payee_id
    having
        sum(amount_micro) <> 0
        or sum(unattributed_micro) <> 0
        or sum(booked_micro) <> 0
)

select
    {{ md5_text('new_runs.run_key') }} as royalty_pool_key,
    summed.method,
    summed.artist_id,
    summed.payee_id,
    new_runs.service_month,
    new_runs.booking_month,
    {{ month_end('new_runs.booking_month') }} as booked_date,
    {{ country_geography_id('new_runs.payment_country_id') }} as payment_geography_id,
    new_runs.tier,
    new_runs.source,
    new_runs.right_type,
    new_runs.method = summed.method as is_booked,
    new_runs.currency_code,
    cast(summed.amount_micro as bigint) as amount_micro,
    cast(summed.unattributed_micro as bigint) as unattributed_micro,
    cast(summed.booked_micro as bigint) as booked_micro,
    cast(summed.amount_micro - summed.booked_micro as bigint) as difference_micro,
    {{ reporting_micro('summed.amount_micro', 'fx_rates.rate_micro') }} as amount_eur_micro,
    {{ reporting_micro('summed.booked_micro', 'fx_rates.rate_micro') }} as booked_eur_micro
from summed
inner join new_runs on summed.run_key = new_runs.run_key
left join fx_rates
    on
        {{ month_end('new_runs.booking_month') }} = fx_rates.date_day
        and new_runs.currency_code = fx_rates.currency_code
