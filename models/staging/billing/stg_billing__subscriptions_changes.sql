with base as (
    select * from {{ ref('base_billing__subscriptions_changes') }}
)

select
    subscription_id,
    user_id,
    plan_id,
    plan_price_id,
    payment_method_id,
    signup_device_id,
    household_id,
    state,
    end_reason,
    signup_channel,
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
from base
where {{ is_accepted() }}
