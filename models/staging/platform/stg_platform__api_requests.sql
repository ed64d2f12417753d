with base as (
    select * from {{ ref('base_platform__api_requests') }}
)

select
    api_request_id,
    service_id,
    user_id,
    device_id,
    country_id,
    trace_id,
    method,
    route,
    status_code,
    latency_ms,
    is_rate_limited,
    requested_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
