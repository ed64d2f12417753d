with source as (
    select * from {{ source('raw', 'advances') }}
),

renamed as (
    select
        -- ids
        advance_id,
        contract_id,
        payee_id,

        -- attributes
        advance_type,
        currency_code,

        -- numbers
        amount_minor,

        -- times
        paid_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        advance_id,
        contract_id,
        payee_id,
        nullif(lower({{ trimmed('advance_type') }}), '') as advance_type,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        amount_minor,
        paid_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                advance_id is null
                or contract_id is null
                or payee_id is null
                or advance_type is null
                or amount_minor is null
                or currency_code is null
                or paid_at is null
                then 'missing_value'
            when advance_type not in ('advance', 'recording', 'video', 'marketing', 'tour')
                then 'unknown_code'
            when not {{ regexp_like('currency_code', '^[A-Z]{3}$') }} then 'malformed_value'
            when amount_minor <= 0 then 'amount_not_positive'
            when {{ after_arrival('paid_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by advance_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        advance_id,
        contract_id,
        payee_id,
        advance_type,
        currency_code,
        amount_minor,
        paid_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'advance_id', 'contract_id', 'payee_id', 'advance_type', 'amount_minor',
                    'currency_code', 'paid_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
