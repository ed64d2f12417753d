with checked as (
    select * from {{ ref('int_live_attendance_checked') }}
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
from checked
where {{ is_accepted() }}
