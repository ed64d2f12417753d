{{ config(group='finance') }}
-- fct_revenue_daily is what documents post and impressions bill, by month, service and currency: no more and no less.
with
revenue_daily as (
    select * from {{ ref('fct_revenue_daily') }}
),

revenue_postings as (
    select * from {{ ref('int_revenue_postings') }}
),

impressions as (
    select * from {{ ref('fct_impressions') }}
),

both_sides as (
    select
        booking_month,
        service,
        currency_code,
        recognised_micro,
        fee_micro,
        gmv_micro
    from revenue_daily
    union all
    select
        booking_month,
        service,
        currency_code,
        -recognised_micro as recognised_micro,
        -fee_micro as fee_micro,
        -gmv_micro as gmv_micro
    from revenue_postings
    union all
    select
        booking_month,
        'advertising' as service,
        currency_code,
        -price_micro as recognised_micro,
        0 as fee_micro,
        0 as gmv_micro
    from impressions
)

select
    booking_month,
    service,
    currency_code,
    sum(recognised_micro) as recognised_difference,
    sum(fee_micro) as fee_difference,
    sum(gmv_micro) as gmv_difference
from both_sides
group by
    booking_month,
    service,
    currency_code
having
    sum(recognised_micro) <> 0
    or sum(fee_micro) <> 0
    or sum(gmv_micro) <> 0
