with source as (
    select * from {{ source('raw', 'subscriptions') }}
),

renamed as (
    select
        -- ids
        subscription_id,
        user_id,
        plan_id,
        plan_price_id,
        payment_method_id,
        signup_device_id,
        household_id,

        -- attributes
        state,
        end_reason,
        signup_channel,

        -- numbers
        recurring_discount_minor,

        -- flags
        is_prepaid,

        -- times
        trial_ends_at,
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
        subscription_id,
        user_id,
        plan_id,
        plan_price_id,
        payment_method_id,
        signup_device_id,
        household_id,
        nullif(lower({{ trimmed('state') }}), '') as state,
        nullif(lower({{ trimmed('end_reason') }}), '') as end_reason,
        nullif(lower({{ trimmed('signup_channel') }}), '') as signup_channel,
        recurring_discount_minor,
        is_prepaid,
        trial_ends_at,
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
