{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['stream_id', 'tick_no'],
        indexes=server_indexes([
            {'columns': ['stream_id', 'tick_no']},
            {'columns': ['session_id']},
            {'columns': ['load_id']},
        ]),
    )
}}

with source as (
    select * from {{ source('raw', 'play_ticks') }}
    {{ rows_of_touched_ids(source('raw', 'play_ticks'), 'stream_id') }}
),

renamed as (
    select
        -- ids
        stream_id,
        session_id,
        device_id,

        -- attributes
        network_type,

        -- numbers
        tick_no,
        position_ms,
        bitrate_kbps,
        buffered_ms,
        rebuffer_count,
        rebuffer_ms,

        -- flags
        is_fallback,

        -- times
        play_started_at,
        ticked_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        stream_id,
        session_id,
        device_id,
        nullif(lower({{ trimmed('network_type') }}), '') as network_type,
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
    from renamed
    {{ worked_out_once() }}
),

judged as (
    select
        cleaned.*,
        case
            when
                stream_id is null
                or tick_no is null
                or play_started_at is null
                or ticked_at is null
                or session_id is null
                or device_id is null
                or position_ms is null
                or bitrate_kbps is null
                or buffered_ms is null
                or rebuffer_count is null
                or rebuffer_ms is null
                or is_fallback is null
                or network_type is null
                then 'missing_value'
            when network_type not in ('wifi', 'cellular_4g', 'cellular_5g', 'ethernet', 'offline')
                then 'unknown_code'
            when
                tick_no <= 0
                or position_ms < 0
                or bitrate_kbps <= 0
                or buffered_ms < 0
                or rebuffer_count < 0
                then 'out_of_range'
            when (rebuffer_count = 0) <> (rebuffer_ms = 0) then 'contradiction'
            when {{ after_arrival('play_started_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
    {{ worked_out_once() }}
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by stream_id, tick_no, broken_rule is null
            order by arrived_at, load_id
        ) + {{ purged_copies('play_ticks', 'tick_no', 'stream_id') }} as copy_no
    from judged
),

checked as (
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
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'stream_id', 'tick_no', 'play_started_at', 'ticked_at', 'session_id',
                    'device_id', 'position_ms', 'bitrate_kbps', 'buffered_ms', 'rebuffer_count',
                    'rebuffer_ms', 'is_fallback', 'network_type', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
