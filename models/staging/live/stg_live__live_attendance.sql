with base as (
    select * from {{ ref('base_live__live_attendance') }}
)

select
    live_attendance_id,
    live_event_id,
    user_id,
    live_ticket_id,
    device_id,
    watch_seconds,
    joined_at,
    left_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
