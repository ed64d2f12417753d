with source as (
    select * from {{ source('raw', 'invoices_changes') }}
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
),

copies as (
    select
        cleaned.*,
        row_number() over (
            partition by invoice_id, change_no
            order by arrived_at, load_id
        ) as copy_no
    from cleaned
),

checked as (
    select
        invoice_id,
        user_id,
        subscription_id,
        currency_code,
        status,
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
        load_id,
        case when copy_no > 1 then 'duplicate' end as reject_rule,
        case
            when copy_no > 1
                then {{ row_payload([
                    'invoice_id', 'user_id', 'subscription_id', 'currency_code', 'subtotal_minor',
                    'discount_minor', 'tax_minor', 'total_minor', 'status', 'issued_at', 'due_at',
                    'paid_at', 'changed_at', 'change_no', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
