with base as (
    select * from {{ ref('base_compliance__anonymization_events') }}
)

select
    anonymization_event_id,
    data_subject_request_id,
    user_id,
    data_category,
    method,
    record_count,
    occurred_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
