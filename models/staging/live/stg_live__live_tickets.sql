with source as (
    select * from {{ source('raw', 'live_tickets') }}
),

renamed as (
    select
        -- ids
        live_ticket_id,
        live_ticket_type_id,
        live_event_id,
        buyer_user_id,
        transaction_id,

        -- attributes
        currency_code,
        access_type,
        seat,
        status,

        -- numbers
        price_minor,
        commission_ppm,

        -- times
        purchased_at,
        scanned_at,
        refunded_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        live_ticket_id,
        live_ticket_type_id,
        live_event_id,
        buyer_user_id,
        transaction_id,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        nullif(lower({{ trimmed('access_type') }}), '') as access_type,
        nullif({{ trimmed('seat') }}, '') as seat,
        nullif(lower({{ trimmed('status') }}), '') as status,
        price_minor,
        commission_ppm,
        purchased_at,
        scanned_at,
        refunded_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
