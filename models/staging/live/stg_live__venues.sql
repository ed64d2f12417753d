with source as (
    select * from {{ source('raw', 'venues') }}
),

renamed as (
    select
        -- ids
        venue_id,
        city_id,

        -- attributes
        name,
        venue_type,
        venue_address,

        -- numbers
        capacity,

        -- times
        created_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        venue_id,
        city_id,
        nullif({{ trimmed('name') }}, '') as name,
        nullif(lower({{ trimmed('venue_type') }}), '') as venue_type,
        nullif({{ trimmed('venue_address') }}, '') as venue_address,
        capacity,
        created_at,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
