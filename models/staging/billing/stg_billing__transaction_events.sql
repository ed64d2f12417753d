with base as (
    select * from {{ ref('base_billing__transaction_events') }}
)

select
    transaction_event_id,
    transaction_id,
    event_type,
    detail,
    occurred_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
