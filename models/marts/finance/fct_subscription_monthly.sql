{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ drop_open_months() }}",
    indexes=server_indexes([{'columns': ['booking_month']}])
) }}

with
subscription_months as (
    select * from {{ ref('int_subscription_months') }}
),

user_versions as (
    select
        user_id,
        user_key,
        valid_from,
        valid_to
    from {{ ref('int_user_versions') }}
),

exchange_rates as (
    select
        date_day,
        currency_code,
        rate_micro
    from {{ ref('int_exchange_rates') }}
),

currencies as (
    select
        currency_code,
        minor_units
    from {{ ref('currencies') }}
),

final as (
    select
        cast(subscription_months.subscription_id as bigint) as subscription_id,
        cast(subscription_months.month_start as date) as booking_month,
        cast(subscription_months.state_date as date) as state_date,
        cast(subscription_months.user_id as bigint) as user_id,
        cast({{ fact_version_key('user_versions.user_key', 'subscription_months.user_id') }} as bigint) as user_key,
        cast(subscription_months.plan_id as bigint) as plan_id,
        cast(subscription_months.plan_key as bigint) as plan_key,
        cast(subscription_months.tier as text) as tier,
        cast(subscription_months.billing_cycle as text) as billing_cycle,
        cast(
            {{ geography_id('null', 'null', 'nullif(subscription_months.payment_country_id, -1)') }} as bigint
        ) as payment_geography_id,
        cast(subscription_months.currency_code as text) as currency_code,
        cast(subscription_months.start_currency_code as text) as start_currency_code,
        cast(subscription_months.start_state as text) as start_state,
        cast(subscription_months.end_state as text) as end_state,
        cast(subscription_months.mrr_start_minor as bigint) as mrr_start_minor,
        cast(subscription_months.mrr_end_minor as bigint) as mrr_end_minor,
        cast(subscription_months.run_rate_minor as bigint) as run_rate_minor,
        cast(
            {{ reporting_micro(
                micro_from_minor('subscription_months.mrr_end_minor', 'currencies.minor_units'),
                'exchange_rates.rate_micro'
            ) }} as bigint
        ) as mrr_end_eur_micro,
        cast(
            {{ reporting_micro(
                micro_from_minor('subscription_months.run_rate_minor', 'currencies.minor_units'),
                'exchange_rates.rate_micro'
            ) }} as bigint
        ) as run_rate_eur_micro,
        cast(subscription_months.is_prepaid as boolean) as is_prepaid,
        cast(subscription_months.is_opening as boolean) as is_opening,
        cast(subscription_months.is_closed as boolean) as is_closed
    from subscription_months
    left join user_versions
        on
            subscription_months.user_id = user_versions.user_id
            and subscription_months.state_at > user_versions.valid_from
            and subscription_months.state_at <= user_versions.valid_to
    left join exchange_rates
        on
            subscription_months.state_date = exchange_rates.date_day
            and subscription_months.currency_code = exchange_rates.currency_code
    left join currencies on subscription_months.currency_code = currencies.currency_code
    where {{ is_open_month('subscription_months.month_start') }}
)

select * from final
