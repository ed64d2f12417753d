with source as (
    select * from {{ source('raw', 'royalty_rates') }}
),

renamed as (
    select
        -- ids
        royalty_rate_id,
        artist_id,
        country_id,

        -- attributes
        right_type,
        rate_type,
        currency_code,

        -- numbers
        weight_ppm,
        rate_micro,

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
        royalty_rate_id,
        artist_id,
        country_id,
        nullif(lower({{ trimmed('right_type') }}), '') as right_type,
        nullif(lower({{ trimmed('rate_type') }}), '') as rate_type,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        weight_ppm,
        rate_micro,
        valid_from,
        valid_to,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
