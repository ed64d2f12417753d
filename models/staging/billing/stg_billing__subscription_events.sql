with base as (
    select * from {{ ref('base_billing__subscription_events') }}
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
from base
where {{ is_accepted() }}
