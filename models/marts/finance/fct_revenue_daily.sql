{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ drop_open_months() }}",
    indexes=server_indexes([{'columns': ['is_closed', 'booking_month']}, {'columns': ['booking_month']}])
) }}

with
revenue_postings as (
    select * from {{ ref('int_revenue_postings') }}
    where {{ is_open_month('booking_month', ref('int_revenue_postings')) }}
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

exchange_rates as (
    select
        date_day,
        currency_code,
        rate_micro
    from {{ ref('int_exchange_rates') }}
    where {{ is_open_month('date_day', ref('int_exchange_rates')) }}
),

-- Advertising is what the Free tier earns.
postings as (
    select
        revenue_date,
        service_month,
        service,
        purpose,
        payment_country_id,
        tier,
        currency_code,
        booking_month,
        recognised_micro,
        refunded_micro,
        fee_micro,
        commission_micro,
        gmv_micro
    from revenue_postings
    union all
    select
        {{ posting_date('rendered_date', 'booking_month', 'known_at') }} as revenue_date,
        {{ month_start('rendered_date') }} as service_month,
        'advertising' as service,
        'impression' as purpose,
        payment_country_id,
        'free' as tier,
        currency_code,
        booking_month,
        price_micro as recognised_micro,
        0 as refunded_micro,
        0 as fee_micro,
        0 as commission_micro,
        0 as gmv_micro
    from impressions
),

sums as (
    select
        revenue_date,
        service_month,
        service,
        purpose,
        payment_country_id,
        tier,
        currency_code,
        booking_month,
        cast(sum(recognised_micro) as bigint) as recognised_micro,
        cast(sum(refunded_micro) as bigint) as refunded_micro,
        cast(sum(fee_micro) as bigint) as fee_micro,
        cast(sum(commission_micro) as bigint) as commission_micro,
        cast(sum(gmv_micro) as bigint) as gmv_micro
    from postings
    group by
        revenue_date,
        service_month,
        service,
        purpose,
        payment_country_id,
        tier,
        currency_code,
        booking_month
),

final as (
    select
        cast(sums.revenue_date as date) as revenue_date,
        cast(sums.service_month as date) as service_month,
        cast(sums.service as text) as service,
        cast(sums.purpose as text) as purpose,
        cast(
            {{ geography_id('null', 'null', 'nullif(sums.payment_country_id, -1)') }} as bigint
        ) as payment_geography_id,
        cast(sums.tier as text) as tier,
        cast(sums.currency_code as text) as currency_code,
        cast(sums.booking_month as date) as booking_month,
        sums.recognised_micro,
        sums.refunded_micro,
        sums.fee_micro,
        sums.recognised_micro - sums.fee_micro as net_revenue_micro,
        sums.commission_micro,
        sums.gmv_micro,
        sums.gmv_micro - sums.commission_micro as passed_on_micro,
        {{ reporting_micro('sums.recognised_micro', 'exchange_rates.rate_micro') }} as recognised_eur_micro,
        {{ reporting_micro('sums.fee_micro', 'exchange_rates.rate_micro') }} as fee_eur_micro,
        {{ reporting_micro('(sums.recognised_micro - sums.fee_micro)', 'exchange_rates.rate_micro') }}
            as net_revenue_eur_micro,
        {{ reporting_micro('sums.gmv_micro', 'exchange_rates.rate_micro') }} as gmv_eur_micro,
        sums.service_month <> sums.booking_month as is_late,
        {{ month_closes_at('sums.booking_month') }} <= clock.data_clock as is_closed
    from sums
    cross join clock
    left join exchange_rates
        on
            sums.revenue_date = exchange_rates.date_day
            and sums.currency_code = exchange_rates.currency_code
)

select * from final
