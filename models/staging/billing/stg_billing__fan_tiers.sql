with source as (
    select * from {{ source('raw', 'fan_tiers') }}
),

renamed as (
    select
        -- ids
        fan_tier_id,
        artist_id,

        -- attributes
        name,
        benefits,
        currency_code,
        billing_cycle,

        -- numbers
        tier_level,
        price_minor,

        -- flags
        is_active,

        -- times
        created_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        fan_tier_id,
        artist_id,
        nullif({{ trimmed('name') }}, '') as name,
        nullif({{ trimmed('benefits') }}, '') as benefits,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        nullif(lower({{ trimmed('billing_cycle') }}), '') as billing_cycle,
        tier_level,
        price_minor,
        is_active,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
