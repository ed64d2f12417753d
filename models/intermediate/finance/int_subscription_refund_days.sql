{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='transaction_id',
        indexes=server_indexes([
            {'columns': ['transaction_id']},
            {'columns': ['service_date']},
            {'columns': ['arrived_at']},
            {'columns': ['load_id']},
        ]),
    )
}}

{#- Payments of which something was paid back, or whose charge came or is told anew: each is worked out as a whole. -#}
{%- set touched -%}
    select repaid.transaction_id
    from {{ ref('int_transaction_movements') }} as repaid
    where {{ is_newer_load('repaid.load_id') }}
    union
    select charged.transaction_id
    from {{ ref('int_subscription_charges') }} as charged
    where {{ is_newer_load('charged.load_id') }}
{%- endset %}

with
transaction_movements as (
    select *
    from {{ ref('int_transaction_movements') }}
    where
        amount_micro < 0 {{ and_one_of('transaction_id', touched) }}
        and purpose = 'subscription'
),

charges as (
    select
        transaction_id,
        invoice_id,
        user_id,
        payment_country_id,
        currency_code,
        charge_minor,
        charge_tax_minor,
        max(tier) as tier,
        max(arrived_at) as arrived_at,
        max(load_id) as load_id
    from {{ ref('int_subscription_charges') }}
    {{ where_one_of('transaction_id', touched) }}
    group by
        transaction_id,
        invoice_id,
        user_id,
        payment_country_id,
        currency_code,
        charge_minor,
        charge_tax_minor
),

charge_days as (
    select *
    from {{ ref('int_subscription_charge_days') }}
    where recognised_micro > 0 {{ and_one_of('transaction_id', touched) }}
),

-- Without tax, each refund is what all up to it take together less what those before it took: a full one leaves
-- nothing. Their order is that in which they are booked, so that a late one changes nothing of those before.
refunds as (
    select
        transaction_movements.transaction_movement_id,
        transaction_movements.transacted_date as refund_date,
        charges.transaction_id,
        charges.invoice_id,
        charges.user_id,
        charges.payment_country_id,
        charges.currency_code,
        charges.tier,
        charges.charge_minor,
        charges.charge_minor - charges.charge_tax_minor as charge_net_minor,
        -transaction_movements.amount_micro as refund_micro,
        sum(-transaction_movements.amount_micro) over (
            partition by transaction_movements.transaction_id
            order by
                transaction_movements.booking_month,
                transaction_movements.transacted_at,
                transaction_movements.transaction_movement_id
            rows between unbounded preceding and current row
        ) as refunded_micro,
        greatest(transaction_movements.arrived_at, charges.arrived_at) as arrived_at,
        greatest(transaction_movements.load_id, charges.load_id) as load_id
    from transaction_movements
    inner join charges on transaction_movements.transaction_id = charges.transaction_id
),

spans as (
    select
        refunds.*,
        {{ multiply_divide('(refunded_micro - refund_micro)', 'charge_net_minor', 'charge_minor') }} as taken_from,
        {{ multiply_divide('refunded_micro', 'charge_net_minor', 'charge_minor') }} as taken_to
    from refunds
),

-- The charge's days laid end to end from the last one back: a refund takes the next stretch of them.
stretches as (
    select
        charge_days.transaction_id,
        charge_days.service_date,
        charge_days.tier,
        charge_days.recognised_micro,
        sum(charge_days.recognised_micro) over (
            partition by charge_days.transaction_id
            order by
                charge_days.service_date desc,
                charge_days.plan_id desc,
                charge_days.service_start_date desc,
                charge_days.service_end_date desc,
                charge_days.first_booking_month desc
            rows between unbounded preceding and current row
        ) as reaches_to
    from charge_days
    where charge_days.transaction_id in (select refunds.transaction_id from refunds)
),

taken as (
    select
        spans.transaction_movement_id,
        spans.refund_date,
        -- Days not yet served are taken off on their own day, what was recognised is reversed on the refund's.
        greatest(stretches.service_date, spans.refund_date) as service_date,
        stretches.tier,
        least(spans.taken_to, stretches.reaches_to)
        - greatest(spans.taken_from, stretches.reaches_to - stretches.recognised_micro) as taken_micro
    from spans
    inner join stretches
        on
            spans.transaction_id = stretches.transaction_id
            and spans.taken_from < stretches.reaches_to
            and spans.taken_to > stretches.reaches_to - stretches.recognised_micro
),

taken_sums as (
    select
        transaction_movement_id,
        sum(taken_micro) as taken_micro
    from taken
    group by transaction_movement_id
),

-- What goes beyond the charge's days is a reversal on the refund's own day.
all_parts as (
    select
        transaction_movement_id,
        service_date,
        tier,
        taken_micro
    from taken
    union all
    select
        spans.transaction_movement_id,
        spans.refund_date as service_date,
        spans.tier,
        spans.taken_to - spans.taken_from - coalesce(taken_sums.taken_micro, 0) as taken_micro
    from spans
    left join taken_sums on spans.transaction_movement_id = taken_sums.transaction_movement_id
    where spans.taken_to - spans.taken_from > coalesce(taken_sums.taken_micro, 0)
),

parts as (
    select
        transaction_movement_id,
        service_date,
        tier,
        sum(taken_micro) as taken_micro
    from all_parts
    group by
        transaction_movement_id,
        service_date,
        tier
),

final as (
    select
        cast(parts.transaction_movement_id as bigint) as transaction_movement_id,
        cast(parts.service_date as date) as service_date,
        cast(parts.tier as text) as tier,
        cast(spans.transaction_id as bigint) as transaction_id,
        cast(spans.invoice_id as bigint) as invoice_id,
        cast(spans.user_id as bigint) as user_id,
        cast(spans.payment_country_id as bigint) as payment_country_id,
        cast(spans.currency_code as text) as currency_code,
        cast(-parts.taken_micro as bigint) as recognised_micro,
        cast(spans.arrived_at as timestamptz) as arrived_at,
        cast(spans.load_id as bigint) as load_id
    from parts
    inner join spans on parts.transaction_movement_id = spans.transaction_movement_id
)

select * from final
