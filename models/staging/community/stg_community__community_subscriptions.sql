with source as (
    select * from {{ source('raw', 'community_subscriptions') }}
),

renamed as (
    select
        -- ids
        community_subscription_id,
        user_id,
        community_id,
        transaction_id,

        -- attributes
        currency_code,

        -- numbers
        fee_minor,
        commission_ppm,

        -- flags
        auto_renew,
        is_active,

        -- times
        started_at,
        current_period_start_at,
        current_period_end_at,
        cancelled_at,
        ended_at,
        updated_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        community_subscription_id,
        user_id,
        community_id,
        transaction_id,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        fee_minor,
        commission_ppm,
        auto_renew,
        is_active,
        started_at,
        current_period_start_at,
        current_period_end_at,
        cancelled_at,
        ended_at,
        updated_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
