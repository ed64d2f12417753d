with source as (
    select * from {{ source('raw', 'cities') }}
),

renamed as (
    select
        -- ids
        city_id,
        region_id,

        -- attributes
        name,
        time_zone,

        -- numbers
        cast(latitude as numeric(18, 6)) as latitude,
        cast(longitude as numeric(18, 6)) as longitude,
        population,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        city_id,
        region_id,
        nullif({{ trimmed('name') }}, '') as name,
        nullif({{ trimmed('time_zone') }}, '') as time_zone,
        latitude,
        longitude,
        population,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
