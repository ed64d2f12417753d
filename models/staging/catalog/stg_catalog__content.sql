with source as (
    select * from {{ source('raw', 'content') }}
),

renamed as (
    select
        -- ids
        content_id,
        cast(content_uuid as text) as content_uuid,
        artist_id,
        language_id,

        -- attributes
        content_type,
        title,
        privacy,
        upload_status,
        description,
        file_url,
        content_warning,
        thumbnail_url,

        -- numbers
        duration_ms,

        -- flags
        is_explicit,
        allows_comments,
        allows_downloads,

        -- times
        created_at,
        published_at,
        deleted_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        content_id,
        lower(content_uuid) as content_uuid,
        artist_id,
        language_id,
        nullif(lower({{ trimmed('content_type') }}), '') as content_type,
        nullif({{ trimmed('title') }}, '') as title,
        nullif(lower({{ trimmed('privacy') }}), '') as privacy,
        nullif(lower({{ trimmed('upload_status') }}), '') as upload_status,
        nullif({{ trimmed('description') }}, '') as description,
        nullif({{ trimmed('file_url') }}, '') as file_url,
        nullif(lower({{ trimmed('content_warning') }}), '') as content_warning,
        nullif({{ trimmed('thumbnail_url') }}, '') as thumbnail_url,
        duration_ms,
        is_explicit,
        allows_comments,
        allows_downloads,
        created_at,
        published_at,
        deleted_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
