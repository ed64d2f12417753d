with source as (
    select * from {{ source('raw', 'coupons') }}
),

renamed as (
    select
        -- ids
        coupon_id,
        promo_campaign_id,
        country_id,
        plan_id,

        -- attributes
        coupon_code,
        discount_type,

        -- numbers
        discount_ppm,
        trial_days,
        max_redemptions,
        max_redemptions_per_user,

        -- times
        valid_from,
        valid_to,
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
        coupon_id,
        promo_campaign_id,
        country_id,
        plan_id,
        nullif({{ trimmed('coupon_code') }}, '') as coupon_code,
        nullif(lower({{ trimmed('discount_type') }}), '') as discount_type,
        discount_ppm,
        trial_days,
        max_redemptions,
        max_redemptions_per_user,
        valid_from,
        valid_to,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
