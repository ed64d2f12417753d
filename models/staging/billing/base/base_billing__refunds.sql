with source as (
    select * from {{ source('raw', 'refunds') }}
),

renamed as (
    select
        -- ids
        refund_id,
        transaction_id,

        -- attributes
        currency_code,
        reason,

        -- numbers
        amount_minor,

        -- flags
        is_full,

        -- times
        refunded_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        refund_id,
        transaction_id,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        nullif(lower({{ trimmed('reason') }}), '') as reason,
        amount_minor,
        is_full,
        refunded_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                refund_id is null
                or transaction_id is null
                or amount_minor is null
                or currency_code is null
                or is_full is null
                or reason is null
                or refunded_at is null
                then 'missing_value'
            when not {{ regexp_like('currency_code', '^[A-Z]{3}$') }} then 'malformed_value'
            when amount_minor <= 0 then 'amount_not_positive'
            when {{ after_arrival('refunded_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by refund_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        refund_id,
        transaction_id,
        currency_code,
        reason,
        amount_minor,
        is_full,
        refunded_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'refund_id', 'transaction_id', 'amount_minor', 'currency_code', 'is_full',
                    'reason', 'refunded_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
