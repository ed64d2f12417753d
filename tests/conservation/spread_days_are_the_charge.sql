{{ config(group='finance') }}
{#-
    The days of each paid charge add up to it, and all its refunds to at most what it earned unless more was paid back. A
    build that tests what came asks for the payments of which a movement or a charge did.
-#}
{%- set tested = tested_load_id() %}
{%- set moved = ids_since(ref('int_transaction_movements'), 'transaction_id', tested) %}
{%- set charged = ids_since(ref('int_subscription_charges'), 'transaction_id', tested) %}
with
charges as (
    select *
    from {{ ref('int_subscription_charges') }}
    {%- if tested is not none %}
    where {{ is_one_of('transaction_id', moved ~ ' union ' ~ charged) }}
    {%- endif %}
),

charge_days as (
    select *
    from {{ ref('int_subscription_charge_days') }}
    {%- if tested is not none %}
    where {{ is_one_of('transaction_id', moved ~ ' union ' ~ charged) }}
    {%- endif %}
),

transaction_movements as (
    select *
    from {{ ref('int_transaction_movements') }}
    {%- if tested is not none %}
    where {{ is_one_of('transaction_id', moved ~ ' union ' ~ charged) }}
    {%- endif %}
),

refund_days as (
    select *
    from {{ ref('int_subscription_refund_days') }}
    {%- if tested is not none %}
    where {{ is_one_of('transaction_id', moved ~ ' union ' ~ charged) }}
    {%- endif %}
),

charge_sums as (
    select
        transaction_id,
        charge_minor,
        charge_tax_minor,
        sum(net_micro) as net_micro
    from charges
    group by
        transaction_id,
        charge_minor,
        charge_tax_minor
),

day_sums as (
    select
        transaction_id,
        sum(recognised_micro) as recognised_micro
    from charge_days
    group by transaction_id
),

payments as (
    select
        transaction_id,
        amount_micro,
        amount_minor
    from transaction_movements
    where movement_type = 'charge'
),

repaid as (
    select
        transaction_id,
        sum(-amount_micro) as refunded_micro
    from transaction_movements
    where
        amount_micro < 0
        and purpose = 'subscription'
    group by transaction_id
),

reversed as (
    select
        transaction_id,
        sum(-recognised_micro) as reversed_micro
    from refund_days
    group by transaction_id
)

select
    charge_sums.transaction_id,
    charge_sums.net_micro,
    day_sums.recognised_micro,
    repaid.refunded_micro,
    reversed.reversed_micro
from charge_sums
inner join payments on charge_sums.transaction_id = payments.transaction_id
left join day_sums on charge_sums.transaction_id = day_sums.transaction_id
left join repaid on charge_sums.transaction_id = repaid.transaction_id
left join reversed on charge_sums.transaction_id = reversed.transaction_id
where
    charge_sums.net_micro <> coalesce(day_sums.recognised_micro, 0)
    -- Lines without tax and the tax make the payment.
    or charge_sums.net_micro * payments.amount_minor
    <> {{ wide('payments.amount_micro') }} * (charge_sums.charge_minor - charge_sums.charge_tax_minor)
    -- A full refund leaves nothing, none takes nothing.
    or (repaid.refunded_micro = payments.amount_micro and reversed.reversed_micro <> charge_sums.net_micro)
    or (repaid.refunded_micro is null and reversed.reversed_micro is not null)
    or (repaid.refunded_micro is not null and reversed.reversed_micro is null)
