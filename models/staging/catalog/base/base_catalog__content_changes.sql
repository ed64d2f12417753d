with source as (
    select * from {{ source('raw', 'content_changes') }}
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

        -- numbers
        duration_ms,

        -- flags
        is_explicit,

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
        content_id,
        lower(content_uuid) as content_uuid,
        artist_id,
        language_id,
        nullif(lower({{ trimmed('content_type') }}), '') as content_type,
        nullif({{ trimmed('title') }}, '') as title,
        nullif(lower({{ trimmed('privacy') }}), '') as privacy,
        nullif(lower({{ trimmed('upload_status') }}), '') as upload_status,
        duration_ms,
        is_explicit,
        created_at,
        published_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
),

copies as (
    select
        cleaned.*,
        row_number() over (
            partition by content_id, change_no
            order by arrived_at, load_id
        ) as copy_no
    from cleaned
),

checked as (
    select
        content_id,
        content_uuid,
        artist_id,
        language_id,
        content_type,
        title,
        privacy,
        upload_status,
        duration_ms,
        is_explicit,
        created_at,
        published_at,
        changed_at,
        change_no,
        arrived_at,
        load_id,
        case when copy_no > 1 then 'duplicate' end as reject_rule,
        case
            when copy_no > 1
                then {{ row_payload([
                    'content_id', 'content_uuid', 'content_type', 'title', 'artist_id',
                    'language_id', 'privacy', 'upload_status', 'is_explicit', 'duration_ms',
                    'created_at', 'published_at', 'changed_at', 'change_no', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
