with source as (
    select * from {{ source('raw', 'forum_posts') }}
),

renamed as (
    select
        -- ids
        forum_post_id,
        forum_id,
        user_id,
        language_id,

        -- attributes
        title,
        content,
        media_type,
        media_urls,

        -- flags
        is_pinned,
        is_answered,

        -- times
        created_at,
        updated_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        forum_post_id,
        forum_id,
        user_id,
        language_id,
        nullif({{ trimmed('title') }}, '') as title,
        nullif({{ trimmed('content') }}, '') as content,
        nullif(lower({{ trimmed('media_type') }}), '') as media_type,
        nullif({{ trimmed('media_urls') }}, '') as media_urls,
        is_pinned,
        is_answered,
        created_at,
        updated_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
