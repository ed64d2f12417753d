with base as (
    select * from {{ ref('base_platform__server_health_checks') }}
)

select
    server_health_check_id,
    service_id,
    server_no,
    cpu_ppm,
    memory_ppm,
    latency_ms,
    is_up,
    checked_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
