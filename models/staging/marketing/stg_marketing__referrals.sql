with source as (
    select * from {{ source('raw', 'referrals') }}
),

renamed as (
    select
        -- ids
        referral_id,
        referral_program_id,
        referrer_user_id,
        referee_user_id,
        subscription_id,

        -- attributes
        state,
        currency_code,

        -- numbers
        reward_minor,

        -- times
        invited_at,
        signed_up_at,
        qualified_at,
        rewarded_at,
        expired_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        referral_id,
        referral_program_id,
        referrer_user_id,
        referee_user_id,
        subscription_id,
        nullif(lower({{ trimmed('state') }}), '') as state,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        reward_minor,
        invited_at,
        signed_up_at,
        qualified_at,
        rewarded_at,
        expired_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
