with source as (
    select * from {{ source('raw', 'payouts') }}
),

renamed as (
    select
        -- ids
        payout_id,
        payee_id,

        -- attributes
        currency_code,
        status,

        -- numbers
        qualified_streams_milli,
        rate_micro,
        opening_balance_minor,
        gross_minor,
        recouped_minor,
        withheld_minor,
        net_minor,
        carried_forward_minor,
        unrecouped_minor,

        -- times
        statement_month,
        issued_at,
        processed_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        payout_id,
        payee_id,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        nullif(lower({{ trimmed('status') }}), '') as status,
        qualified_streams_milli,
        rate_micro,
        opening_balance_minor,
        gross_minor,
        recouped_minor,
        withheld_minor,
        net_minor,
        carried_forward_minor,
        unrecouped_minor,
        statement_month,
        issued_at,
        processed_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
