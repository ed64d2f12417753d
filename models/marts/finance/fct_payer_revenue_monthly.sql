{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ drop_open_months() }}",
    indexes=server_indexes([{'columns': ['is_closed', 'booking_month']}, {'columns': ['booking_month']}])
) }}

with
postings as (
    select * from {{ ref('int_revenue_postings') }}
    where
        service = 'subscription'
        and recognised_micro <> 0
        and {{ is_open_month('booking_month', ref('int_revenue_postings')) }}
),

impressions as (
    select * from {{ ref('fct_impressions') }}
    where
        price_micro <> 0
        and {{ is_open_month('booking_month', ref('fct_impressions')) }}
),

clock as (
    select data_clock
    from {{ ref('int_clock') }}
),

-- On Free a listener brings what is paid for the advertising shown.
brought as (
    select
        service_month,
        booking_month,
        payment_country_id,
        tier,
        'subscription' as source,
        user_id as payer_user_id,
        currency_code,
        recognised_micro
    from postings
    union all
    select
        {{ month_start('rendered_date') }} as service_month,
        booking_month,
        payment_country_id,
        'free' as tier,
        'advertising' as source,
        user_id as payer_user_id,
        currency_code,
        price_micro as recognised_micro
    from impressions
),

sums as (
    select
        service_month,
        booking_month,
        payment_country_id,
        tier,
        source,
        payer_user_id,
        currency_code,
        cast(sum(recognised_micro) as bigint) as recognised_micro
    from brought
    group by
        service_month,
        booking_month,
        payment_country_id,
        tier,
        source,
        payer_user_id,
        currency_code
)

select
    sums.service_month,
    sums.booking_month,
    cast(
        {{ geography_id('null', 'null', 'nullif(sums.payment_country_id, -1)') }} as bigint
    ) as payment_geography_id,
    sums.tier,
    sums.source,
    sums.payer_user_id,
    sums.currency_code,
    sums.recognised_micro,
    {{ month_closes_at('sums.booking_month') }} <= clock.data_clock as is_closed
from sums
cross join clock
