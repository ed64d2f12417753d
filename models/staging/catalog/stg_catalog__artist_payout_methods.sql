with source as (
    select * from {{ source('raw', 'artist_payout_methods') }}
),

renamed as (
    select
        -- ids
        artist_payout_method_id,
        artist_id,

        -- attributes
        method_type,
        account_last4,
        currency_code,

        -- flags
        is_default,

        -- times
        created_at,
        updated_at,
        removed_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        artist_payout_method_id,
        artist_id,
        nullif(lower({{ trimmed('method_type') }}), '') as method_type,
        nullif({{ trimmed('account_last4') }}, '') as account_last4,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        is_default,
        created_at,
        updated_at,
        removed_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
