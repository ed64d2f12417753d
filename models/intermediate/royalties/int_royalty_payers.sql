with
runs as (
    select * from {{ ref('int_royalty_pool_runs') }}
),

revenue as (
    select * from {{ ref('fct_payer_revenue_monthly') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

-- Both rights share what the same payers bring.
closes as (
    select distinct
        service_month,
        booking_month,
        payment_country_id,
        tier,
        source,
        currency_code
    from runs
),

known as (
    select
        closes.service_month,
        closes.booking_month,
        closes.payment_country_id,
        closes.tier,
        closes.source,
        closes.currency_code,
        revenue.payer_user_id,
        revenue.currency_code as paid_currency_code,
        sum(revenue.recognised_micro) as recognised_micro
    from closes
    inner join revenue
        on
            closes.service_month = revenue.service_month
            and {{ country_geography_id('closes.payment_country_id') }} = revenue.payment_geography_id
            and closes.tier = revenue.tier
            and closes.source = revenue.source
            and closes.booking_month >= revenue.booking_month
    group by
        closes.service_month,
        closes.booking_month,
        closes.payment_country_id,
        closes.tier,
        closes.source,
        closes.currency_code,
        revenue.payer_user_id,
        revenue.currency_code
),

converted as (
    select
        known.service_month,
        known.booking_month,
        known.payment_country_id,
        known.tier,
        known.source,
        known.payer_user_id,
        {{ multiply_divide('known.recognised_micro', 'pool_rates.rate_micro', 'paid_rates.rate_micro') }}
            as revenue_micro
    from known
    inner join rates as paid_rates
        on
            {{ month_end('known.service_month') }} = paid_rates.date_day
            and known.paid_currency_code = paid_rates.currency_code
    inner join rates as pool_rates
        on
            {{ month_end('known.service_month') }} = pool_rates.date_day
            and known.currency_code = pool_rates.currency_code
)

-- Who got back more than was charged brings nothing, and takes nothing from what others bring.
select
    service_month,
    booking_month,
    payment_country_id,
    tier,
    source,
    payer_user_id,
    cast(sum(revenue_micro) as bigint) as revenue_micro
from converted
group by
    service_month,
    booking_month,
    payment_country_id,
    tier,
    source,
    payer_user_id
having sum(revenue_micro) > 0
