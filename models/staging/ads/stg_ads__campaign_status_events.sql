with base as (
    select * from {{ ref('base_ads__campaign_status_events') }}
)

select
    campaign_status_event_id,
    campaign_id,
    event_type,
    budget_minor,
    occurred_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
