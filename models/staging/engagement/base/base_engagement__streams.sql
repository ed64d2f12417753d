{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='stream_id',
        indexes=server_indexes([
            {'columns': ['stream_id']},
            {'columns': ['user_id', 'started_at']},
            {'columns': ['voice_command_id']},
            {'columns': ['load_id']},
        ]),
    )
}}

with source as (
    select * from {{ source('raw', 'streams') }}
    {{ rows_of_touched_ids(source('raw', 'streams'), 'stream_id') }}
),

renamed as (
    select
        -- ids
        stream_id,
        user_id,
        content_id,
        device_id,
        session_id,
        context_id,
        ip_country_id,
        city_id,
        voice_command_id,

        -- attributes
        played_ms_basis,
        skip_reason,
        context_type,
        referrer,
        codec,
        quality,
        cdn_edge,

        -- numbers
        startup_ms,
        played_ms,

        -- flags
        is_completed,
        is_skipped,
        is_shuffle,
        is_offline,

        -- times
        started_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
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
        nullif(lower({{ trimmed('played_ms_basis') }}), '') as played_ms_basis,
        nullif(lower({{ trimmed('skip_reason') }}), '') as skip_reason,
        nullif(lower({{ trimmed('context_type') }}), '') as context_type,
        nullif(lower({{ trimmed('referrer') }}), '') as referrer,
        nullif(lower({{ trimmed('codec') }}), '') as codec,
        nullif(lower({{ trimmed('quality') }}), '') as quality,
        nullif(lower({{ trimmed('cdn_edge') }}), '') as cdn_edge,
        startup_ms,
        played_ms,
        is_completed,
        is_skipped,
        is_shuffle,
        is_offline,
        started_at,
        arrived_at,
        load_id
    from renamed
    {{ worked_out_once() }}
),

judged as (
    select
        cleaned.*,
        case
            when
                stream_id is null
                or user_id is null
                or content_id is null
                or device_id is null
                or session_id is null
                or started_at is null
                or played_ms_basis is null
                or is_completed is null
                or is_skipped is null
                or is_shuffle is null
                or is_offline is null
                or context_type is null
                or quality is null
                or ip_country_id is null
                then 'missing_value'
            when
                played_ms_basis not in ('reported', 'inferred', 'unknown')
                or context_type not in (
                    'playlist', 'album', 'artist', 'radio', 'search', 'recommendation',
                    'library', 'voice', 'unknown'
                )
                or quality not in ('low', 'normal', 'high', 'lossless', 'unknown')
                or skip_reason not in (
                    'next_button', 'back_button', 'new_selection', 'voice', 'app_closed',
                    'unknown'
                )
                then 'unknown_code'
            when played_ms < 0 then 'negative_played_ms'
            when startup_ms < 0 then 'negative_startup_ms'
            when
                is_skipped <> (skip_reason is not null)
                or (played_ms_basis = 'unknown') <> (played_ms is null)
                then 'contradiction'
            when {{ after_arrival('started_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
    {{ worked_out_once() }}
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by stream_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
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
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'stream_id', 'user_id', 'content_id', 'device_id', 'session_id', 'started_at',
                    'startup_ms', 'played_ms', 'played_ms_basis', 'is_completed', 'is_skipped',
                    'skip_reason', 'is_shuffle', 'is_offline', 'context_type', 'context_id',
                    'referrer', 'codec', 'quality', 'cdn_edge', 'ip_country_id', 'city_id',
                    'voice_command_id', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
