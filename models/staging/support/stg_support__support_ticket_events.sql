with base as (
    select * from {{ ref('base_support__support_ticket_events') }}
)

select
    support_ticket_event_id,
    support_ticket_id,
    support_agent_id,
    event_type,
    actor,
    occurred_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
