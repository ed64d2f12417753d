with
revenue_daily as (
    select * from {{ ref('fct_revenue_daily') }}
),

countries as (
    select
        geography_id,
        country_code,
        country
    from {{ ref('dim_geography') }}
),

sums as (
    select
        booking_month,
        tier,
        payment_geography_id,
        sum(case when service = 'subscription' then recognised_eur_micro else 0 end) as subscription_micro,
        sum(case when service = 'advertising' then recognised_eur_micro else 0 end) as advertising_micro,
        sum(case when service not in ('subscription', 'advertising') then recognised_eur_micro else 0 end)
            as commission_micro,
        sum(recognised_eur_micro) as recognised_micro,
        sum(fee_eur_micro) as fee_micro,
        sum(net_revenue_eur_micro) as net_micro,
        sum(gmv_eur_micro) as gmv_micro,
        is_closed
    from revenue_daily
    group by
        booking_month,
        tier,
        payment_geography_id,
        is_closed
)

select
    sums.booking_month,
    sums.tier,
    sums.payment_geography_id,
    countries.country_code as payment_country_code,
    countries.country as payment_country,
    cast(sums.subscription_micro as bigint) as subscription_eur_micro,
    cast(sums.advertising_micro as bigint) as advertising_eur_micro,
    cast(sums.commission_micro as bigint) as commission_eur_micro,
    cast(sums.recognised_micro as bigint) as recognised_eur_micro,
    cast(sums.fee_micro as bigint) as fee_eur_micro,
    cast(sums.net_micro as bigint) as net_revenue_eur_micro,
    cast(sums.gmv_micro as bigint) as gmv_eur_micro,
    {{ ratio('sums.recognised_micro', 'sum(sums.recognised_micro) over (partition by sums.booking_month)') }}
        as share_of_month,
    sums.is_closed
from sums
left join countries on sums.payment_geography_id = countries.geography_id
