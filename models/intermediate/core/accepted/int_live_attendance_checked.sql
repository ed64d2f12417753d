with
live_attendance as (
    select * from {{ ref('stg_live__live_attendance') }}
),

issued as (
    select
        max(case when entity = 'devices' then last_id end) as devices,
        max(case when entity = 'live_events' then last_id end) as live_events,
        max(case when entity = 'users' then last_id end) as users
    from {{ ref('int_issued_keys') }}
),

checked as (
    select
        live_attendance.*,
        case
            when {{ never_issued_user('live_attendance.user_id', 'issued.users') }} then 'orphan_user'
            when {{ never_issued('live_attendance.device_id', 'issued.devices') }} then 'orphan_device'
            when {{ never_issued('live_attendance.live_event_id', 'issued.live_events') }} then 'orphan_live_event'
        end as reject_rule
    from live_attendance
    cross join issued
),

final as (
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
        load_id,
        reject_rule,
        case
            when reject_rule is not null
                then {{ row_payload([
                    'live_attendance_id', 'live_event_id', 'user_id', 'live_ticket_id',
                    'device_id', 'watch_seconds', 'joined_at', 'left_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from checked
)

select * from final
