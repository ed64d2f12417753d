with source as (
    select * from {{ source('raw', 'fan_subscriptions') }}
),

renamed as (
    select
        -- ids
        fan_subscription_id,
        user_id,
        fan_tier_id,
        payment_method_id,
        transaction_id,

        -- attributes
        state,
        currency_code,
        end_reason,

        -- numbers
        amount_minor,
        commission_ppm,

        -- times
        current_period_start_at,
        current_period_end_at,
        started_at,
        cancelled_at,
        ended_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        fan_subscription_id,
        user_id,
        fan_tier_id,
        payment_method_id,
        transaction_id,
        nullif(lower({{ trimmed('state') }}), '') as state,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        nullif(lower({{ trimmed('end_reason') }}), '') as end_reason,
        amount_minor,
        commission_ppm,
        current_period_start_at,
        current_period_end_at,
        started_at,
        cancelled_at,
        ended_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
