with
play_ticks as (
    select * from {{ ref('stg_engagement__play_ticks') }}
),

with_hours as (
    select
        play_ticks.*,
        {{ to_hour('play_started_at') }} as hour_at,
        lag(bitrate_kbps) over (partition by session_id, stream_id order by tick_no) as bitrate_before
    from play_ticks
)

select
    session_id,
    hour_at,
    network_type,
    count(*) as ticks,
    cast(sum(case when is_fallback then 1 else 0 end) as bigint) as fallback_ticks,
    cast(sum(case when bitrate_kbps <> bitrate_before then 1 else 0 end) as bigint) as bitrate_changes,
    cast(sum(bitrate_kbps) as bigint) as bitrate_kbps_sum,
    cast(sum(rebuffer_count) as bigint) as rebuffer_count,
    cast(sum(rebuffer_ms) as bigint) as rebuffer_ms,
    max(arrived_at) as arrived_at,
    max(load_id) as load_id
from with_hours
group by
    session_id,
    hour_at,
    network_type
