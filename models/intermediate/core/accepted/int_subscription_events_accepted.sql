with checked as (
    select * from {{ ref('int_subscription_events_checked') }}
)

select
    subscription_event_id,
    subscription_id,
    from_plan_price_id,
    to_plan_price_id,
    event_type,
    from_state,
    to_state,
    currency_code,
    reason,
    proration_minor,
    occurred_at,
    arrived_at,
    load_id
from checked
where {{ is_accepted() }}
