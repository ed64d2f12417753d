with
purged as (
    select * from {{ ref('stg_platform__client_timings_hourly') }}
),

kept as (
    select * from {{ ref('int_client_timings_summed') }}
),

purged_and_kept as (
    select
        timing_kind,
        hour_at,
        device_type,
        app_version,
        elapsed_ms,
        timings,
        arrived_at,
        load_id
    from purged
    union all
    select
        timing_kind,
        hour_at,
        device_type,
        app_version,
        elapsed_ms,
        timings,
        arrived_at,
        load_id
    from kept
)

select
    timing_kind,
    hour_at,
    device_type,
    app_version,
    elapsed_ms,
    cast(sum(timings) as bigint) as timings,
    max(arrived_at) as arrived_at,
    max(load_id) as load_id
from purged_and_kept
group by
    timing_kind,
    hour_at,
    device_type,
    app_version,
    elapsed_ms
