with source as (
    select * from {{ source('raw', 'payees_changes') }}
),

renamed as (
    select
        -- ids
        payee_id,
        artist_id,
        label_id,
        user_id,
        tax_country_id,

        -- attributes
        payee_type,
        name,
        currency_code,

        -- numbers
        minimum_payment_minor,

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
        payee_id,
        artist_id,
        label_id,
        user_id,
        tax_country_id,
        nullif(lower({{ trimmed('payee_type') }}), '') as payee_type,
        nullif({{ trimmed('name') }}, '') as name,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        minimum_payment_minor,
        created_at,
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
            partition by payee_id, change_no
            order by arrived_at, load_id
        ) as copy_no
    from cleaned
),

checked as (
    select
        payee_id,
        artist_id,
        label_id,
        user_id,
        tax_country_id,
        payee_type,
        name,
        currency_code,
        minimum_payment_minor,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id,
        case when copy_no > 1 then 'duplicate' end as reject_rule,
        case
            when copy_no > 1
                then {{ row_payload([
                    'payee_id', 'artist_id', 'label_id', 'user_id', 'tax_country_id',
                    'payee_type', 'name', 'currency_code', 'minimum_payment_minor', 'created_at',
                    'changed_at', 'change_no', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
