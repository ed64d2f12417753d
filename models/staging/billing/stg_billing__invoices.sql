with source as (
    select * from {{ source('raw', 'invoices') }}
),

renamed as (
    select
        -- ids
        invoice_id,
        user_id,
        subscription_id,

        -- attributes
        currency_code,
        status,

        -- numbers
        subtotal_minor,
        discount_minor,
        tax_minor,
        total_minor,

        -- times
        issued_at,
        due_at,
        paid_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        invoice_id,
        user_id,
        subscription_id,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        nullif(lower({{ trimmed('status') }}), '') as status,
        subtotal_minor,
        discount_minor,
        tax_minor,
        total_minor,
        issued_at,
        due_at,
        paid_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
