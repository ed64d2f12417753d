with source as (
    select * from {{ source('raw', 'countries') }}
),

renamed as (
    select
        -- ids
        country_id,

        -- attributes
        country_code,
        name,
        currency_code,
        time_zone,

        -- flags
        is_launch_market,

        -- times
        launch_date,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        country_id,
        nullif(upper({{ trimmed('country_code') }}), '') as country_code,
        nullif({{ trimmed('name') }}, '') as name,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        nullif({{ trimmed('time_zone') }}, '') as time_zone,
        is_launch_market,
        launch_date,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
