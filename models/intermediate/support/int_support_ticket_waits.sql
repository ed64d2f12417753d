with
steps as (
    select
        support_ticket_id,
        support_ticket_event_id,
        event_type,
        occurred_at,
        lead(occurred_at) over (
            partition by support_ticket_id order by occurred_at, support_ticket_event_id
        ) as next_occurred_at
    from {{ ref('stg_support__support_ticket_events') }}
)

select
    support_ticket_event_id,
    support_ticket_id,
    occurred_at as waiting_from,
    next_occurred_at as waiting_to
from steps
where event_type = 'waiting'
