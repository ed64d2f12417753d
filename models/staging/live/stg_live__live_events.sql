with source as (
    select * from {{ source('raw', 'live_events') }}
),

renamed as (
    select
        -- ids
        live_event_id,
        artist_id,
        host_user_id,
        community_id,
        venue_id,
        language_id,

        -- attributes
        title,
        description,
        event_type,
        status,
        cover_image_url,

        -- numbers
        max_attendees,
        max_viewers,

        -- flags
        is_public,

        -- times
        scheduled_start_at,
        scheduled_end_at,
        actual_start_at,
        actual_end_at,
        created_at,
        updated_at,
        cancelled_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        live_event_id,
        artist_id,
        host_user_id,
        community_id,
        venue_id,
        language_id,
        nullif({{ trimmed('title') }}, '') as title,
        nullif({{ trimmed('description') }}, '') as description,
        nullif(lower({{ trimmed('event_type') }}), '') as event_type,
        nullif(lower({{ trimmed('status') }}), '') as status,
        nullif({{ trimmed('cover_image_url') }}, '') as cover_image_url,
        max_attendees,
        max_viewers,
        is_public,
        scheduled_start_at,
        scheduled_end_at,
        actual_start_at,
        actual_end_at,
        created_at,
        updated_at,
        cancelled_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
