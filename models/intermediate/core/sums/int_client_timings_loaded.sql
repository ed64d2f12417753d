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
    device_type,
    hour_at,
    load_id,
    count(*) as timings
from with_hours
group by
    timing_kind,
    device_type,
    hour_at,
    load_id
