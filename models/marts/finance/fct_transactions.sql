{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='transaction_movement_id',
    indexes=server_indexes([
        {'columns': ['transaction_movement_id'], 'unique': true},
        {'columns': ['transaction_id']},
        {'columns': ['user_id', 'transacted_at']},
        {'columns': ['booking_month']},
        {'columns': ['load_id']}
    ])
) }}

with
transaction_movements as (
    select * from {{ ref('int_transaction_movements') }}
),

final as (
    select
        transaction_movement_id,
        movement_type,
        transaction_id,
        refund_id,
        invoice_id,
        tip_id,
        document_id,
        subscription_id,
        user_id,
        user_key,
        plan_id,
        plan_key,
        tier,
        cast(
            {{ geography_id('null', 'null', 'nullif(payment_country_id, -1)') }} as bigint
        ) as payment_geography_id,
        artist_id,
        artist_key,
        currency_code,
        transacted_date,
        minute_of_day,
        transacted_at,
        booking_month,
        purpose,
        provider,
        payment_method_type,
        reason,
        attempted_minor,
        amount_minor,
        tax_minor,
        commission_minor,
        processing_fee_minor,
        amount_eur_micro,
        processing_fee_eur_micro,
        arrived_at,
        load_id
    from transaction_movements
    where {{ is_newer_load('load_id') }}
)

select * from final
