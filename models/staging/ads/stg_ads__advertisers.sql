with source as (
    select * from {{ source('raw', 'advertisers') }}
),

renamed as (
    select
        -- ids
        advertiser_id,
        billing_country_id,

        -- attributes
        name,
        industry,

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
        advertiser_id,
        billing_country_id,
        nullif(trim(name), '') as name,
        nullif(lower(trim(industry)), '') as industry,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
