{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='invoice_id',
        indexes=server_indexes([
            {'columns': ['invoice_id']},
            {'columns': ['transaction_id']},
            {'columns': ['user_id']},
            {'columns': ['plan_id']},
            {'columns': ['service_end_date']},
            {'columns': ['arrived_at']},
            {'columns': ['load_id']},
        ]),
    )
}}

{#- Invoices of which a payment or a line came, or whose plan is told anew: each is worked out as a whole. -#}
{%- set newer_plans -%}
    select plans.plan_id
    from {{ ref('stg_billing__plans') }} as plans
    where {{ is_newer_load('plans.load_id') }}
{%- endset -%}
{%- set touched -%}
    select paid.invoice_id
    from {{ ref('int_transaction_movements') }} as paid
    where {{ is_newer_load('paid.load_id') }}
    union
    select listed.invoice_id
    from {{ ref('int_invoice_lines_accepted') }} as listed
    where {{ is_newer_load('listed.load_id') }}
    union
    select billed.invoice_id
    from {{ this }} as billed
    {{ where_one_of('billed.plan_id', newer_plans) }}
{%- endset %}

with
transaction_movements as (
    select *
    from {{ ref('int_transaction_movements') }}
    where
        movement_type = 'charge' {{ and_one_of('invoice_id', touched) }}
        and purpose = 'subscription'
),

invoice_lines as (
    select *
    from {{ ref('int_invoice_lines_accepted') }}
    where line_type <> 'tax' {{ and_one_of('invoice_id', touched) }}
),

plans as (
    select
        plan_id,
        tier,
        load_id
    from {{ ref('stg_billing__plans') }}
),

currencies as (
    select
        currency_code,
        minor_units
    from {{ ref('currencies') }}
),

-- One payment counts per invoice, the first to arrive; a second one for the same invoice earns nothing.
ranked_charges as (
    select
        transaction_movements.*,
        row_number() over (
            partition by invoice_id
            order by arrived_at, transacted_at, transaction_id
        ) as charge_rank
    from transaction_movements
),

charges as (
    select *
    from ranked_charges
    where charge_rank = 1
),

-- A line without a plan, such as a discount, goes with the plan of its period.
planned_lines as (
    select
        invoice_lines.*,
        coalesce(
            plan_id,
            max(case when amount_minor > 0 then plan_id end) over (
                partition by invoice_id, service_start_date, service_end_date
            )
        ) as billed_plan_id
    from invoice_lines
),

paid_lines as (
    select
        charges.invoice_id,
        charges.transaction_id,
        charges.user_id,
        charges.subscription_id,
        charges.payment_country_id,
        charges.transacted_date,
        charges.amount_minor as charge_minor,
        charges.tax_minor as charge_tax_minor,
        planned_lines.currency_code,
        coalesce(planned_lines.billed_plan_id, charges.plan_id) as plan_id,
        case when planned_lines.billed_plan_id is null then charges.tier end as charge_tier,
        planned_lines.service_start_date,
        planned_lines.service_end_date,
        planned_lines.amount_minor,
        greatest(charges.arrived_at, planned_lines.arrived_at) as arrived_at,
        greatest(charges.load_id, planned_lines.load_id) as load_id
    from charges
    inner join planned_lines on charges.invoice_id = planned_lines.invoice_id
),

booked_lines as (
    select
        paid_lines.*,
        {{ booking_month(month_start('service_start_date'), 'arrived_at') }} as first_booking_month
    from paid_lines
),

-- Lines of one plan and period are one charge: plan less discount is spread, not each of them. What arrives after
-- a close is a charge of its own, so that the days booked before stay as they are.
grouped as (
    select
        invoice_id,
        transaction_id,
        user_id,
        subscription_id,
        payment_country_id,
        transacted_date,
        charge_minor,
        charge_tax_minor,
        currency_code,
        plan_id,
        max(charge_tier) as charge_tier,
        service_start_date,
        service_end_date,
        first_booking_month,
        sum(amount_minor) as net_minor,
        max(arrived_at) as arrived_at,
        max(load_id) as load_id
    from booked_lines
    group by
        invoice_id,
        transaction_id,
        user_id,
        subscription_id,
        payment_country_id,
        transacted_date,
        charge_minor,
        charge_tax_minor,
        currency_code,
        plan_id,
        service_start_date,
        service_end_date,
        first_booking_month
),

final as (
    select
        cast(grouped.invoice_id as bigint) as invoice_id,
        cast(grouped.plan_id as bigint) as plan_id,
        cast(grouped.service_start_date as date) as service_start_date,
        cast(grouped.service_end_date as date) as service_end_date,
        cast(grouped.first_booking_month as date) as first_booking_month,
        cast(grouped.transaction_id as bigint) as transaction_id,
        cast(grouped.user_id as bigint) as user_id,
        cast(grouped.subscription_id as bigint) as subscription_id,
        cast(grouped.payment_country_id as bigint) as payment_country_id,
        cast(coalesce(plans.tier, grouped.charge_tier, 'unknown') as text) as tier,
        cast(grouped.currency_code as text) as currency_code,
        cast(grouped.transacted_date as date) as transacted_date,
        cast(grouped.charge_minor as bigint) as charge_minor,
        cast(grouped.charge_tax_minor as bigint) as charge_tax_minor,
        cast({{ micro_from_minor('grouped.net_minor', 'currencies.minor_units') }} as bigint) as net_micro,
        cast({{ days_between('grouped.service_start_date', 'grouped.service_end_date') }} as integer) as service_days,
        cast(grouped.arrived_at as timestamptz) as arrived_at,
        cast(greatest(grouped.load_id, plans.load_id) as bigint) as load_id
    from grouped
    left join plans on grouped.plan_id = plans.plan_id
    left join currencies on grouped.currency_code = currencies.currency_code
)

select * from final
