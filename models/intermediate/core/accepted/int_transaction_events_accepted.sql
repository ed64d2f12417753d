with checked as (
    select * from {{ ref('int_transaction_events_checked') }}
)

select
    transaction_event_id,
    transaction_id,
    event_type,
    detail,
    occurred_at,
    arrived_at,
    load_id
from checked
where {{ is_accepted() }}
