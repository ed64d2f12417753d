with checked as (
    select * from {{ ref('int_campaign_status_events_checked') }}
)

select
    campaign_status_event_id,
    campaign_id,
    event_type,
    budget_minor,
    occurred_at,
    arrived_at,
    load_id
from checked
where {{ is_accepted() }}
