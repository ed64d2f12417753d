with source as (
    select * from {{ source('raw', 'regions') }}
),

renamed as (
    select
        -- ids
        region_id,
        country_id,

        -- attributes
        region_code,
        name,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        region_id,
        country_id,
        nullif({{ trimmed('region_code') }}, '') as region_code,
        nullif({{ trimmed('name') }}, '') as name,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
