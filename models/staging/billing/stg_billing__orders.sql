with source as (
    select * from {{ source('raw', 'orders') }}
),

renamed as (
    select
        -- ids
        order_id,
        user_id,
        artist_id,
        payment_method_id,
        provider_payment_id,
        shipping_city_id,

        -- attributes
        status,
        currency_code,
        shipping_address,
        contact_email,
        contact_phone,

        -- numbers
        items_minor,
        shipping_minor,
        total_minor,
        commission_ppm,

        -- times
        created_at,
        paid_at,
        shipped_at,
        delivered_at,
        cancelled_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        order_id,
        user_id,
        artist_id,
        payment_method_id,
        nullif({{ trimmed('provider_payment_id') }}, '') as provider_payment_id,
        shipping_city_id,
        nullif(lower({{ trimmed('status') }}), '') as status,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        nullif({{ trimmed('shipping_address') }}, '') as shipping_address,
        nullif(lower({{ trimmed('contact_email') }}), '') as contact_email,
        nullif({{ trimmed('contact_phone') }}, '') as contact_phone,
        items_minor,
        shipping_minor,
        total_minor,
        commission_ppm,
        created_at,
        paid_at,
        shipped_at,
        delivered_at,
        cancelled_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
