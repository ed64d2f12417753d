with source as (
    select * from {{ source('raw', 'influencers') }}
),

renamed as (
    select
        -- ids
        influencer_id,
        country_id,
        language_id,

        -- attributes
        name,
        platform,
        handle,
        niche,

        -- numbers
        followers,

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
        influencer_id,
        country_id,
        language_id,
        nullif({{ trimmed('name') }}, '') as name,
        nullif(lower({{ trimmed('platform') }}), '') as platform,
        nullif({{ trimmed('handle') }}, '') as handle,
        nullif(lower({{ trimmed('niche') }}), '') as niche,
        followers,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
