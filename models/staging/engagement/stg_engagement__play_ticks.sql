with base as (
    select * from {{ ref('base_engagement__play_ticks') }}
)

select
    stream_id,
    session_id,
    device_id,
    network_type,
    tick_no,
    position_ms,
    bitrate_kbps,
    buffered_ms,
    rebuffer_count,
    rebuffer_ms,
    is_fallback,
    play_started_at,
    ticked_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
