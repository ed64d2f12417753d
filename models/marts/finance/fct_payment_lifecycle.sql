{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='transaction_id',
    indexes=server_indexes([
        {'columns': ['transaction_id'], 'unique': true},
        {'columns': ['user_id', 'attempted_date']},
        {'columns': ['load_id']}
    ])
) }}

{#- Payments for which a movement, a step of the trail or a change of a dispute came. -#}
{%- set touched -%}
    with since as (
        select coalesce(max(load_id), 0) as load_id
        from {{ this }}
    )

    select moved.transaction_id
    from {{ ref('fct_transactions') }} as moved
    where moved.load_id > (select since.load_id from since)
    union
    select stepped.transaction_id
    from {{ ref('int_transaction_events_accepted') }} as stepped
    where stepped.load_id > (select since.load_id from since)
    union
    select disputed.transaction_id
    from {{ ref('stg_billing__disputes') }} as disputed
    where disputed.load_id > (select since.load_id from since)
{%- endset -%}

with
movements as (
    select *
    from {{ ref('fct_transactions') }}
    {{ where_one_of('transaction_id', touched) }}
),

steps as (
    select *
    from {{ ref('int_transaction_events_accepted') }}
    {{ where_one_of('transaction_id', touched) }}
),

disputes as (
    select * from {{ ref('stg_billing__disputes') }}
),

attempts as (
    select * from movements
    where movement_type in ('charge', 'failure')
),

trails as (
    select
        transaction_id,
        min(case when event_type = 'created' then occurred_at end) as created_at,
        min(case when event_type = 'authorised' then occurred_at end) as authorised_at,
        min(case when event_type = 'captured' then occurred_at end) as settled_at,
        min(case when event_type = 'failed' then occurred_at end) as failed_at,
        max(load_id) as load_id
    from steps
    group by transaction_id
),

repaid as (
    select
        transaction_id,
        count(*) as refunds,
        -sum(amount_minor) as refunded_minor,
        min(transacted_at) as first_refunded_at,
        max(transacted_at) as last_refunded_at,
        max(load_id) as load_id
    from movements
    where movement_type = 'refund'
    group by transaction_id
),

payments as (
    select
        attempts.*,
        trails.created_at,
        trails.authorised_at,
        trails.settled_at,
        trails.failed_at,
        repaid.first_refunded_at,
        repaid.last_refunded_at,
        coalesce(repaid.refunds, 0) as refunds,
        coalesce(repaid.refunded_minor, 0) as refunded_minor,
        disputes.dispute_id,
        disputes.reason as dispute_reason,
        disputes.stage as dispute_stage,
        disputes.status as dispute_status,
        disputes.opened_at as disputed_at,
        disputes.closed_at as dispute_closed_at,
        case disputes.status when 'lost' then disputes.amount_minor else 0 end as charged_back_minor,
        greatest(attempts.load_id, trails.load_id, repaid.load_id, disputes.load_id) as inputs_load_id
    from attempts
    left join trails on attempts.transaction_id = trails.transaction_id
    left join repaid on attempts.transaction_id = repaid.transaction_id
    left join disputes on attempts.transaction_id = disputes.transaction_id
)

select
    transaction_id,
    user_id,
    user_key,
    purpose,
    invoice_id,
    tip_id,
    document_id,
    subscription_id,
    plan_id,
    plan_key,
    payment_geography_id,
    artist_id,
    artist_key,
    coalesce(dispute_id, {{ not_applicable_key() }}) as dispute_id,
    currency_code,
    provider,
    payment_method_type,
    case
        when movement_type = 'failure' then 'failed'
        when dispute_status = 'lost' then 'charged_back'
        when dispute_status = 'open' then 'disputed'
        when refunded_minor >= amount_minor then 'refunded'
        when refunded_minor > 0 then 'partly_refunded'
        else 'settled'
    end as outcome,
    reason as failure_code,
    coalesce(dispute_reason, 'none') as dispute_reason,
    coalesce(dispute_stage, 'none') as dispute_stage,
    coalesce(dispute_status, 'none') as dispute_status,
    attempted_minor,
    amount_minor as settled_minor,
    processing_fee_minor,
    cast(refunds as bigint) as refunds,
    cast(refunded_minor as bigint) as refunded_minor,
    cast(charged_back_minor as bigint) as charged_back_minor,
    cast(amount_minor - refunded_minor - charged_back_minor as bigint) as kept_minor,
    amount_eur_micro as settled_eur_micro,
    {{ datediff_ms('created_at', 'authorised_at') }} as authorisation_ms,
    {{ datediff_ms('created_at', 'coalesce(settled_at, failed_at)') }} as decision_ms,
    {{ datediff_ms('settled_at', 'first_refunded_at') }} as first_refund_ms,
    {{ datediff_ms('disputed_at', 'dispute_closed_at') }} as dispute_ms,
    movement_type = 'charge' as is_settled,
    refunded_minor > 0 as is_refunded,
    dispute_id is not null as is_disputed,
    {{ to_date('transacted_at') }} as attempted_date,
    coalesce({{ to_date('first_refunded_at') }}, {{ not_applicable_date() }}) as first_refunded_date,
    coalesce({{ to_date('disputed_at') }}, {{ not_applicable_date() }}) as disputed_date,
    transacted_at,
    created_at,
    authorised_at,
    settled_at,
    failed_at,
    first_refunded_at,
    last_refunded_at,
    disputed_at,
    dispute_closed_at,
    cast(inputs_load_id as bigint) as load_id
from payments
where {{ is_newer_load('inputs_load_id') }}
