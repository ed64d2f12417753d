with checked as (
    select * from {{ ref('int_listening_sessions_checked') }}
)

select
    session_id,
    user_id,
    device_id,
    ip_country_id,
    city_id,
    trace_id,
    app_version,
    os_version,
    started_at,
    ended_at,
    arrived_at,
    load_id
from checked
where {{ is_accepted() }}
