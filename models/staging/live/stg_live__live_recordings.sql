with source as (
    select * from {{ source('raw', 'live_recordings') }}
),

renamed as (
    select
        -- ids
        live_recording_id,
        live_event_id,
        content_id,

        -- attributes
        recording_url,

        -- numbers
        duration_ms,
        file_bytes,

        -- times
        created_at,
        published_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        live_recording_id,
        live_event_id,
        content_id,
        nullif({{ trimmed('recording_url') }}, '') as recording_url,
        duration_ms,
        file_bytes,
        created_at,
        published_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
