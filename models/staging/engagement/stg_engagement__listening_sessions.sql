with base as (
    select * from {{ ref('base_engagement__listening_sessions') }}
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
from base
where {{ is_accepted() }}
