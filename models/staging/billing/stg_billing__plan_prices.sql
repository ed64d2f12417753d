with source as (
    select * from {{ source('raw', 'plan_prices') }}
),

renamed as (
    select
        -- ids
        plan_price_id,
        plan_id,
        country_id,

        -- attributes
        currency_code,
        billing_cycle,

        -- numbers
        price_minor,
        tax_rate_ppm,

        -- times
        valid_from,
        valid_to,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        plan_price_id,
        plan_id,
        country_id,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        nullif(lower({{ trimmed('billing_cycle') }}), '') as billing_cycle,
        price_minor,
        tax_rate_ppm,
        valid_from,
        valid_to,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
