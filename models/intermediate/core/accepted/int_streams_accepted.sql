with checked as (
    select * from {{ ref('int_streams_checked') }}
)

select
    stream_id,
    user_id,
    content_id,
    device_id,
    session_id,
    context_id,
    ip_country_id,
    city_id,
    voice_command_id,
    played_ms_basis,
    skip_reason,
    context_type,
    referrer,
    codec,
    quality,
    cdn_edge,
    startup_ms,
    played_ms,
    is_completed,
    is_skipped,
    is_shuffle,
    is_offline,
    started_at,
    arrived_at,
    load_id
from checked
where {{ is_accepted() }}
