with
purged as (
    select * from {{ ref('stg_engagement__play_ticks_hourly') }}
),

kept as (
    select * from {{ ref('int_play_ticks_summed') }}
),

purged_and_kept as (
    select
        session_id,
        hour_at,
        network_type,
        ticks,
        fallback_ticks,
        bitrate_changes,
        bitrate_kbps_sum,
        rebuffer_count,
        rebuffer_ms,
        arrived_at,
        load_id
    from purged
    union all
    select
        session_id,
        hour_at,
        network_type,
        ticks,
        fallback_ticks,
        bitrate_changes,
        bitrate_kbps_sum,
        rebuffer_count,
        rebuffer_ms,
        arrived_at,
        load_id
    from kept
)

select
    session_id,
    hour_at,
    network_type,
    cast(sum(ticks) as bigint) as ticks,
    cast(sum(fallback_ticks) as bigint) as fallback_ticks,
    cast(sum(bitrate_changes) as bigint) as bitrate_changes,
    cast(sum(bitrate_kbps_sum) as bigint) as bitrate_kbps_sum,
    cast(sum(rebuffer_count) as bigint) as rebuffer_count,
    cast(sum(rebuffer_ms) as bigint) as rebuffer_ms,
    max(arrived_at) as arrived_at,
    max(load_id) as load_id
from purged_and_kept
group by
    session_id,
    hour_at,
    network_type
