with source as (
    select * from {{ source('raw', 'play_ticks_hourly') }}
),

renamed as (
    select
        -- ids
        session_id,

        -- attributes
        network_type,

        -- numbers
        ticks,
        fallback_ticks,
        bitrate_changes,
        bitrate_kbps_sum,
        rebuffer_count,
        rebuffer_ms,

        -- times
        hour_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        session_id,
        nullif(lower({{ trimmed('network_type') }}), '') as network_type,
        ticks,
        fallback_ticks,
        bitrate_changes,
        bitrate_kbps_sum,
        rebuffer_count,
        rebuffer_ms,
        hour_at,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
