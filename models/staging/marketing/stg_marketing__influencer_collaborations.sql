with source as (
    select * from {{ source('raw', 'influencer_collaborations') }}
),

renamed as (
    select
        -- ids
        influencer_collaboration_id,
        influencer_id,
        promo_campaign_id,
        coupon_id,

        -- attributes
        deliverable,
        currency_code,
        status,

        -- numbers
        fee_minor,

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
        influencer_collaboration_id,
        influencer_id,
        promo_campaign_id,
        coupon_id,
        nullif(lower({{ trimmed('deliverable') }}), '') as deliverable,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        nullif(lower({{ trimmed('status') }}), '') as status,
        fee_minor,
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
