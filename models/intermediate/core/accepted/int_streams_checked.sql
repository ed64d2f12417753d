with
streams as (
    select * from {{ ref('stg_engagement__streams') }}
),

issued as (
    select
        max(case when entity = 'cities' then last_id end) as cities,
        max(case when entity = 'content' then last_id end) as content,
        max(case when entity = 'countries' then last_id end) as countries,
        max(case when entity = 'devices' then last_id end) as devices,
        max(case when entity = 'listening_sessions' then last_id end) as listening_sessions,
        max(case when entity = 'users' then last_id end) as users,
        max(case when entity = 'voice_commands' then last_id end) as voice_commands
    from {{ ref('int_issued_keys') }}
),

checked as (
    select
        streams.*,
        case
            when {{ never_issued_user('streams.user_id', 'issued.users') }} then 'orphan_user'
            when {{ never_issued('streams.content_id', 'issued.content') }} then 'orphan_content'
            when {{ never_issued('streams.device_id', 'issued.devices') }} then 'orphan_device'
            when {{ never_issued('streams.session_id', 'issued.listening_sessions') }} then 'orphan_session'
            when {{ never_issued('streams.ip_country_id', 'issued.countries') }} then 'orphan_country'
            when {{ never_issued('streams.city_id', 'issued.cities') }} then 'orphan_city'
            when {{ never_issued('streams.voice_command_id', 'issued.voice_commands') }}
                then 'orphan_voice_command'
        end as reject_rule
    from streams
    cross join issued
),

final as (
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
        load_id,
        reject_rule,
        case
            when reject_rule is not null
                then {{ row_payload([
                    'stream_id', 'user_id', 'content_id', 'device_id', 'session_id', 'started_at',
                    'startup_ms', 'played_ms', 'played_ms_basis', 'is_completed', 'is_skipped',
                    'skip_reason', 'is_shuffle', 'is_offline', 'context_type', 'context_id',
                    'referrer', 'codec', 'quality', 'cdn_edge', 'ip_country_id', 'city_id',
                    'voice_command_id', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from checked
)

select * from final
