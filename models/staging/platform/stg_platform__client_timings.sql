with base as (
    select * from {{ ref('base_platform__client_timings') }}
)

select
    client_timing_id,
    device_id,
    country_id,
    timing_kind,
    device_type,
    app_version,
    elapsed_ms,
    measured_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
