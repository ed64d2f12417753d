with
purged as (
    select * from {{ ref('stg_platform__api_requests_hourly') }}
),

kept as (
    select * from {{ ref('int_api_requests_summed') }}
),

purged_and_kept as (
    select
        service_id,
        hour_at,
        method,
        route,
        status_code,
        latency_ms,
        requests,
        arrived_at,
        load_id
    from purged
    union all
    select
        service_id,
        hour_at,
        method,
        route,
        status_code,
        latency_ms,
        requests,
        arrived_at,
        load_id
    from kept
)

select
    service_id,
    hour_at,
    method,
    route,
    status_code,
    latency_ms,
    cast(sum(requests) as bigint) as requests,
    max(arrived_at) as arrived_at,
    max(load_id) as load_id
from purged_and_kept
group by
    service_id,
    hour_at,
    method,
    route,
    status_code,
    latency_ms
