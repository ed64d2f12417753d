with
api_requests as (
    select * from {{ ref('stg_platform__api_requests') }}
),

with_hours as (
    select
        api_requests.*,
        {{ to_hour('requested_at') }} as hour_at
    from api_requests
)

select
    service_id,
    hour_at,
    method,
    route,
    status_code,
    latency_ms,
    count(*) as requests,
    max(arrived_at) as arrived_at,
    max(load_id) as load_id
from with_hours
group by
    service_id,
    hour_at,
    method,
    route,
    status_code,
    latency_ms
