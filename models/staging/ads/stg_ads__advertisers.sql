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
        contact_email,

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
        nullif({{ trimmed('name') }}, '') as name,
        nullif(lower({{ trimmed('industry') }}), '') as industry,
        nullif(lower({{ trimmed('contact_email') }}), '') as contact_email,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
