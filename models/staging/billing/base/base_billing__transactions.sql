{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='transaction_id',
        indexes=server_indexes([
            {'columns': ['transaction_id']},
            {'columns': ['load_id']},
        ]),
    )
}}

with source as (
    select * from {{ source('raw', 'transactions') }}
    {{ rows_of_touched_ids(source('raw', 'transactions'), 'transaction_id') }}
),

renamed as (
    select
        -- ids
        transaction_id,
        user_id,
        invoice_id,
        tip_id,
        document_id,
        artist_id,
        payment_method_id,

        -- attributes
        purpose,
        provider,
        currency_code,
        status,
        failure_code,

        -- numbers
        amount_minor,
        commission_minor,
        processing_fee_minor,

        -- times
        served_date,
        transacted_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        transaction_id,
        user_id,
        invoice_id,
        tip_id,
        document_id,
        artist_id,
        payment_method_id,
        nullif(lower({{ trimmed('purpose') }}), '') as purpose,
        nullif(lower({{ trimmed('provider') }}), '') as provider,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        nullif(lower({{ trimmed('status') }}), '') as status,
        nullif(lower({{ trimmed('failure_code') }}), '') as failure_code,
        amount_minor,
        commission_minor,
        processing_fee_minor,
        served_date,
        transacted_at,
        arrived_at,
        load_id
    from renamed
    {{ worked_out_once() }}
),

judged as (
    select
        cleaned.*,
        case
            when
                transaction_id is null
                or user_id is null
                or purpose is null
                or provider is null
                or amount_minor is null
                or currency_code is null
                or processing_fee_minor is null
                or status is null
                or transacted_at is null
                then 'missing_value'
            when
                status not in ('succeeded', 'failed')
                or purpose not in (
                    'subscription', 'tip', 'ticket', 'order', 'fan_subscription', 'community', 'promotion', 'placement'
                )
                then 'unknown_code'
            when not {{ regexp_like('currency_code', '^[A-Z]{3}$') }} then 'malformed_value'
            when amount_minor <= 0 then 'amount_not_positive'
            when processing_fee_minor < 0 then 'negative_fee'
            when
                (status = 'failed') <> (failure_code is not null)
                or (purpose = 'subscription') <> (invoice_id is not null)
                or (purpose = 'tip') <> (tip_id is not null)
                or (purpose in ('subscription', 'tip')) <> (document_id is null)
                or (document_id is null) <> (artist_id is null)
                or (document_id is null) <> (commission_minor is null)
                or (purpose = 'ticket') <> (served_date is not null)
                or commission_minor < 0
                or commission_minor > amount_minor
                then 'contradiction'
            when {{ after_arrival('transacted_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
    {{ worked_out_once() }}
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by transaction_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        transaction_id,
        user_id,
        invoice_id,
        tip_id,
        document_id,
        artist_id,
        payment_method_id,
        purpose,
        provider,
        currency_code,
        status,
        failure_code,
        amount_minor,
        commission_minor,
        processing_fee_minor,
        served_date,
        transacted_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'transaction_id', 'user_id', 'purpose', 'invoice_id', 'tip_id', 'document_id',
                    'artist_id', 'payment_method_id', 'provider', 'amount_minor', 'currency_code',
                    'commission_minor', 'processing_fee_minor', 'status', 'failure_code',
                    'served_date', 'transacted_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
