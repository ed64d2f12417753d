with
server_health_checks as (
    select * from {{ ref('stg_platform__server_health_checks') }}
),

with_hours as (
    select
        server_health_checks.*,
        {{ to_hour('checked_at') }} as hour_at
    from server_health_checks
)

select
    service_id,
    hour_at,
    count(*) as checks,
    cast(sum(case when is_up then 1 else 0 end) as bigint) as checks_up,
    cast(coalesce(sum(cpu_ppm), 0) as bigint) as cpu_ppm_sum,
    cast(coalesce(sum(memory_ppm), 0) as bigint) as memory_ppm_sum,
    cast(coalesce(sum(latency_ms), 0) as bigint) as latency_ms_sum,
    max(cpu_ppm) as cpu_ppm_max,
    max(memory_ppm) as memory_ppm_max,
    max(latency_ms) as latency_ms_max,
    max(arrived_at) as arrived_at,
    max(load_id) as load_id
from with_hours
group by
    service_id,
    hour_at
