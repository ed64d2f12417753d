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
        nullif(upper(trim(country_code)), '') as country_code,
        nullif(trim(name), '') as name,
        nullif(upper(trim(currency_code)), '') as currency_code,
        nullif(trim(time_zone), '') as time_zone,
        is_launch_market,
        launch_date,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
