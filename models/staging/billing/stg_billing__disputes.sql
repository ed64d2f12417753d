with source as (
    select * from {{ source('raw', 'disputes') }}
),

renamed as (
    select
        -- ids
        dispute_id,
        transaction_id,
        user_id,

        -- attributes
        reason,
        stage,
        status,
        currency_code,

        -- numbers
        amount_minor,

        -- times
        opened_at,
        evidence_due_at,
        closed_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        dispute_id,
        transaction_id,
        user_id,
        nullif(lower({{ trimmed('reason') }}), '') as reason,
        nullif(lower({{ trimmed('stage') }}), '') as stage,
        nullif(lower({{ trimmed('status') }}), '') as status,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        amount_minor,
        opened_at,
        evidence_due_at,
        closed_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
