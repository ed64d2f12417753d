with source as (
    select * from {{ source('raw', 'live_ticket_types') }}
),

renamed as (
    select
        -- ids
        live_ticket_type_id,
        live_event_id,

        -- attributes
        name,
        access_type,
        currency_code,

        -- numbers
        price_minor,
        commission_ppm,
        capacity,

        -- times
        sales_start_at,
        sales_end_at,
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
        live_ticket_type_id,
        live_event_id,
        nullif(lower({{ trimmed('name') }}), '') as name,
        nullif(lower({{ trimmed('access_type') }}), '') as access_type,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        price_minor,
        commission_ppm,
        capacity,
        sales_start_at,
        sales_end_at,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
