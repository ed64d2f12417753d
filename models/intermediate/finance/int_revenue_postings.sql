{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        pre_hook="{{ drop_open_months() }}",
        indexes=server_indexes([{'columns': ['is_closed', 'booking_month']}, {'columns': ['booking_month']}]),
    )
}}

{#- Of these tips all payments are asked for, as the first one may be booked in a month that is closed. -#}
{%- set tips_of_open_months -%}
    select paid.tip_id
    from transaction_movements as paid
    where paid.purpose = 'tip'
{%- endset %}

with
charge_days as (
    select * from {{ ref('int_subscription_charge_days') }}
    where {{ may_be_booked_open('service_end_date', 'arrived_at', ref('int_subscription_charges')) }}
),

refund_days as (
    select * from {{ ref('int_subscription_refund_days') }}
    where {{ may_be_booked_open('service_date', 'arrived_at', ref('int_subscription_refund_days')) }}
),

-- Served on the day of the payment or later.
transaction_movements as (
    select *
    from {{ ref('int_transaction_movements') }}
    where
        movement_type <> 'failure'
        and purpose <> 'unknown'
        and {{ may_be_booked_open('served_date', 'arrived_at', ref('int_transaction_movements')) }}
),

clock as (
    select
        data_date,
        data_clock,
        {{ month_start('history_start') }} as first_month
    from {{ ref('int_clock') }}
),

-- One payment counts per tip, the first to arrive.
ranked_tip_charges as (
    select
        transaction_id,
        row_number() over (
            partition by tip_id
            order by arrived_at, transacted_at, transaction_id
        ) as charge_rank
    from {{ ref('int_transaction_movements') }}
    where
        movement_type = 'charge' {{ and_one_of('tip_id', tips_of_open_months) }}
        and purpose = 'tip'
),

-- A promotion is paid in advance: what it earns are the impressions of its campaign.
sale_movements as (
    select
        transaction_movements.*,
        case purpose when 'tip' then 'tip' else 'sale' end as source_type
    from transaction_movements
    where
        transaction_movements.purpose not in ('subscription', 'tip', 'promotion')
        or transaction_movements.transaction_id in (
            select ranked_tip_charges.transaction_id
            from ranked_tip_charges
            where ranked_tip_charges.charge_rank = 1
        )
),

sources as (
    select
        'charge' as source_type,
        invoice_id as source_id,
        'subscription' as service,
        'subscription' as purpose,
        user_id,
        payment_country_id,
        tier,
        currency_code,
        service_date,
        recognised_micro,
        0 as refunded_micro,
        0 as fee_micro,
        0 as commission_micro,
        0 as gmv_micro,
        arrived_at
    from charge_days
    union all
    select
        'refund' as source_type,
        transaction_movement_id as source_id,
        'subscription' as service,
        'subscription' as purpose,
        user_id,
        payment_country_id,
        tier,
        currency_code,
        service_date,
        recognised_micro,
        recognised_micro as refunded_micro,
        0 as fee_micro,
        0 as commission_micro,
        0 as gmv_micro,
        arrived_at
    from refund_days
    union all
    select
        source_type,
        transaction_movement_id as source_id,
        {{ revenue_service('purpose') }} as service,
        purpose,
        user_id,
        payment_country_id,
        tier,
        currency_code,
        served_date as service_date,
        commission_micro as recognised_micro,
        least(commission_micro, 0) as refunded_micro,
        0 as fee_micro,
        commission_micro,
        amount_micro as gmv_micro,
        arrived_at
    from sale_movements
    union all
    select
        'fee' as source_type,
        transaction_movement_id as source_id,
        {{ revenue_service('purpose') }} as service,
        purpose,
        user_id,
        payment_country_id,
        tier,
        currency_code,
        transacted_date as service_date,
        0 as recognised_micro,
        0 as refunded_micro,
        processing_fee_micro as fee_micro,
        0 as commission_micro,
        0 as gmv_micro,
        arrived_at
    from transaction_movements
    where processing_fee_micro <> 0
),

-- Service days after the data day are not recognised yet; of opening documents only what the history books is ours.
booked as (
    select
        sources.*,
        {{ month_start('sources.service_date') }} as service_month,
        {{ booking_month(month_start('sources.service_date'), 'sources.arrived_at') }} as booking_month,
        clock.first_month,
        clock.data_clock
    from sources
    inner join clock on sources.service_date <= clock.data_date
),

final as (
    select
        cast(source_type as text) as source_type,
        cast(source_id as bigint) as source_id,
        cast(service as text) as service,
        cast(purpose as text) as purpose,
        cast(user_id as bigint) as user_id,
        cast(payment_country_id as bigint) as payment_country_id,
        cast(tier as text) as tier,
        cast(currency_code as text) as currency_code,
        cast(service_date as date) as service_date,
        cast(service_month as date) as service_month,
        cast(booking_month as date) as booking_month,
        cast({{ posting_date('service_date', 'booking_month', 'arrived_at') }} as date) as revenue_date,
        cast(recognised_micro as bigint) as recognised_micro,
        cast(refunded_micro as bigint) as refunded_micro,
        cast(fee_micro as bigint) as fee_micro,
        cast(commission_micro as bigint) as commission_micro,
        cast(gmv_micro as bigint) as gmv_micro,
        {{ month_closes_at('booking_month') }} <= data_clock as is_closed
    from booked
    where
        booking_month >= first_month
        and {{ is_open_month('booking_month') }}
)

select * from final
