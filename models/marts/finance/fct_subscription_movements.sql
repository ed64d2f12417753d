{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ drop_open_months() }}",
    indexes=server_indexes([{'columns': ['booking_month']}])
) }}

with
subscription_movements as (
    select * from {{ ref('int_subscription_movements') }}
),

user_versions as (
    select
        user_id,
        user_key,
        valid_from,
        valid_to
    from {{ ref('int_user_versions') }}
),

final as (
    select
        cast(subscription_movements.month_start as date) as booking_month,
        cast(subscription_movements.user_id as bigint) as user_id,
        cast(subscription_movements.currency_code as text) as currency_code,
        cast(subscription_movements.movement_type as text) as movement_type,
        cast(subscription_movements.churn_type as text) as churn_type,
        cast(subscription_movements.state_date as date) as state_date,
        cast({{ fact_version_key('user_versions.user_key', 'subscription_movements.user_id') }} as bigint) as user_key,
        cast(subscription_movements.subscription_id as bigint) as subscription_id,
        cast(subscription_movements.plan_id as bigint) as plan_id,
        cast(subscription_movements.plan_key as bigint) as plan_key,
        cast(subscription_movements.tier as text) as tier,
        cast(
            {{ geography_id('null', 'null', 'nullif(subscription_movements.payment_country_id, -1)') }} as bigint
        ) as payment_geography_id,
        cast(subscription_movements.mrr_minor as bigint) as mrr_minor,
        cast(subscription_movements.mrr_eur_micro as bigint) as mrr_eur_micro,
        cast(subscription_movements.customer_change as integer) as customer_change,
        cast(subscription_movements.lost_customers as integer) as lost_customers,
        cast(subscription_movements.is_currency_change as boolean) as is_currency_change,
        cast(subscription_movements.is_closed as boolean) as is_closed
    from subscription_movements
    left join user_versions
        on
            subscription_movements.user_id = user_versions.user_id
            and subscription_movements.state_at > user_versions.valid_from
            and subscription_movements.state_at <= user_versions.valid_to
    where {{ is_open_month('subscription_movements.month_start') }}
)

select * from final
