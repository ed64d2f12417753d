with
purged as (
    select * from {{ ref('stg_platform__server_health_checks_hourly') }}
),

kept as (
    select * from {{ ref('int_server_health_checks_summed') }}
),

purged_and_kept as (
    select
        service_id,
        hour_at,
        checks,
        checks_up,
        cpu_ppm_sum,
        memory_ppm_sum,
        latency_ms_sum,
        cpu_ppm_max,
        memory_ppm_max,
        latency_ms_max,
        arrived_at,
        load_id
    from purged
    union all
    select
        service_id,
        hour_at,
        checks,
        checks_up,
        cpu_ppm_sum,
        memory_ppm_sum,
        latency_ms_sum,
        cpu_ppm_max,
        memory_ppm_max,
        latency_ms_max,
        arrived_at,
        load_id
    from kept
)

select
    service_id,
    hour_at,
    cast(sum(checks) as bigint) as checks,
    cast(sum(checks_up) as bigint) as checks_up,
    cast(sum(cpu_ppm_sum) as bigint) as cpu_ppm_sum,
    cast(sum(memory_ppm_sum) as bigint) as memory_ppm_sum,
    cast(sum(latency_ms_sum) as bigint) as latency_ms_sum,
    max(cpu_ppm_max) as cpu_ppm_max,
    max(memory_ppm_max) as memory_ppm_max,
    max(latency_ms_max) as latency_ms_max,
    max(arrived_at) as arrived_at,
    max(load_id) as load_id
from purged_and_kept
group by
    service_id,
    hour_at
