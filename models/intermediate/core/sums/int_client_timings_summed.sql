with
client_timings as (
    select * from {{ ref('stg_platform__client_timings') }}
),

with_hours as (
    select
        client_timings.*,
        {{ to_hour('measured_at') }} as hour_at
    from client_timings
)

select
    timing_kind,
    hour_at,
    device_type,
    app_version,
    elapsed_ms,
    count(*) as timings,
    max(arrived_at) as arrived_at,
    max(load_id) as load_id
from with_hours
group by
    timing_kind,
    hour_at,
    device_type,
    app_version,
    elapsed_ms
