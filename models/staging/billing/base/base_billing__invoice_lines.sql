{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='invoice_line_id',
        indexes=server_indexes([
            {'columns': ['invoice_line_id']},
            {'columns': ['invoice_id']},
            {'columns': ['load_id']},
        ]),
    )
}}

with source as (
    select * from {{ source('raw', 'invoice_lines') }}
    {{ rows_of_touched_ids(source('raw', 'invoice_lines'), 'invoice_line_id') }}
),

renamed as (
    select
        -- ids
        invoice_line_id,
        invoice_id,
        plan_id,

        -- attributes
        line_type,
        currency_code,

        -- numbers
        amount_minor,

        -- times
        service_start_date,
        service_end_date,
        issued_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        invoice_line_id,
        invoice_id,
        plan_id,
        nullif(lower({{ trimmed('line_type') }}), '') as line_type,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        amount_minor,
        service_start_date,
        service_end_date,
        issued_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                invoice_line_id is null
                or invoice_id is null
                or line_type is null
                or amount_minor is null
                or currency_code is null
                or service_start_date is null
                or service_end_date is null
                or issued_at is null
                then 'missing_value'
            when
                line_type not in (
                    'plan', 'proration_credit', 'proration_charge', 'discount', 'tax',
                    'credit_note'
                )
                then 'unknown_code'
            when not {{ regexp_like('currency_code', '^[A-Z]{3}$') }} then 'malformed_value'
            when service_end_date <= service_start_date then 'ended_before_start'
            when {{ after_arrival('issued_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by invoice_line_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        invoice_line_id,
        invoice_id,
        plan_id,
        line_type,
        currency_code,
        amount_minor,
        service_start_date,
        service_end_date,
        issued_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'invoice_line_id', 'invoice_id', 'line_type', 'plan_id', 'amount_minor',
                    'currency_code', 'service_start_date', 'service_end_date', 'issued_at',
                    'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
