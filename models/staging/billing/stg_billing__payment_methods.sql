with source as (
    select * from {{ source('raw', 'payment_methods') }}
),

renamed as (
    select
        -- ids
        payment_method_id,
        user_id,

        -- attributes
        method_type,
        brand,
        last_four,

        -- numbers
        expiry_month,
        expiry_year,

        -- flags
        is_default,

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
        payment_method_id,
        user_id,
        nullif(lower({{ trimmed('method_type') }}), '') as method_type,
        nullif(lower({{ trimmed('brand') }}), '') as brand,
        nullif({{ trimmed('last_four') }}, '') as last_four,
        expiry_month,
        expiry_year,
        is_default,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
