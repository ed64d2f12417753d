with source as (
    select * from {{ source('raw', 'products') }}
),

renamed as (
    select
        -- ids
        product_id,
        artist_id,
        content_id,
        album_id,

        -- attributes
        name,
        description,
        product_type,
        currency_code,
        image_url,

        -- numbers
        price_minor,
        stock_quantity,

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
        product_id,
        artist_id,
        content_id,
        album_id,
        nullif({{ trimmed('name') }}, '') as name,
        nullif({{ trimmed('description') }}, '') as description,
        nullif(lower({{ trimmed('product_type') }}), '') as product_type,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        nullif({{ trimmed('image_url') }}, '') as image_url,
        price_minor,
        stock_quantity,
        is_active,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
