with source as (
    select * from {{ source('raw', 'featured_items') }}
),

renamed as (
    select
        -- ids
        featured_item_id,
        item_id,
        artist_id,
        transaction_id,

        -- attributes
        item_type,
        currency_code,

        -- numbers
        position,
        price_minor,

        -- times
        starts_at,
        ends_at,
        created_at,
        updated_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        featured_item_id,
        item_id,
        artist_id,
        transaction_id,
        nullif(lower({{ trimmed('item_type') }}), '') as item_type,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        position,
        price_minor,
        starts_at,
        ends_at,
        created_at,
        updated_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
