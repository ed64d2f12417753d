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
        nullif(lower(trim(campaign_type)), '') as campaign_type,
        nullif(trim(name), '') as name,
        nullif(upper(trim(currency_code)), '') as currency_code,
        nullif(lower(trim(pricing_model)), '') as pricing_model,
        nullif(lower(trim(pacing)), '') as pacing,
        nullif(lower(trim(status)), '') as status,
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
