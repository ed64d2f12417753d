with source as (
    select * from {{ source('raw', 'referral_programs') }}
),

renamed as (
    select
        -- ids
        referral_program_id,
        promo_campaign_id,
        country_id,

        -- attributes
        name,
        currency_code,

        -- numbers
        referrer_reward_minor,
        referee_reward_minor,
        max_rewards_per_user,
        qualifying_days,

        -- times
        valid_from,
        valid_to,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        referral_program_id,
        promo_campaign_id,
        country_id,
        nullif({{ trimmed('name') }}, '') as name,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        referrer_reward_minor,
        referee_reward_minor,
        max_rewards_per_user,
        qualifying_days,
        valid_from,
        valid_to,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
