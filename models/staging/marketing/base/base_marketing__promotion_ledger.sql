with source as (
    select * from {{ source('raw', 'promotion_ledger') }}
),

renamed as (
    select
        -- ids
        promotion_ledger_id,
        creator_promotion_id,

        -- attributes
        entry_type,
        currency_code,

        -- numbers
        amount_minor,

        -- times
        booked_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        promotion_ledger_id,
        creator_promotion_id,
        nullif(lower({{ trimmed('entry_type') }}), '') as entry_type,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        amount_minor,
        booked_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                promotion_ledger_id is null
                or creator_promotion_id is null
                or entry_type is null
                or amount_minor is null
                or currency_code is null
                or booked_at is null
                then 'missing_value'
            when entry_type not in ('charge', 'top_up', 'credit') then 'unknown_code'
            when not {{ regexp_like('currency_code', '^[A-Z]{3}$') }} then 'malformed_value'
            when (entry_type = 'credit') <> (amount_minor < 0) or not (amount_minor <> 0)
                then 'contradiction'
            when {{ after_arrival('booked_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by promotion_ledger_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        promotion_ledger_id,
        creator_promotion_id,
        entry_type,
        currency_code,
        amount_minor,
        booked_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'promotion_ledger_id', 'creator_promotion_id', 'entry_type', 'amount_minor',
                    'currency_code', 'booked_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
