with source as (
    select * from {{ source('raw', 'campaigns') }}
),

renamed as (
    select
        -- ids
        campaign_id,
        advertiser_id,
        creator_artist_id,
        promoted_content_id,

        -- attributes
        campaign_type,
        name,
        currency_code,
        pricing_model,
        pacing,
        status,

        -- numbers
        budget_minor,
        price_minor,
        goal_impressions,

        -- times
        starts_at,
        ends_at,
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
        campaign_id,
        advertiser_id,
        creator_artist_id,
        promoted_content_id,
        nullif(lower({{ trimmed('campaign_type') }}), '') as campaign_type,
        nullif({{ trimmed('name') }}, '') as name,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        nullif(lower({{ trimmed('pricing_model') }}), '') as pricing_model,
        nullif(lower({{ trimmed('pacing') }}), '') as pacing,
        nullif(lower({{ trimmed('status') }}), '') as status,
        budget_minor,
        price_minor,
        goal_impressions,
        starts_at,
        ends_at,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
