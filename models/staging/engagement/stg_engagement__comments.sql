with source as (
    select * from {{ source('raw', 'comments') }}
),

renamed as (
    select
        -- ids
        comment_id,
        user_id,
        content_id,
        post_id,
        review_id,
        parent_comment_id,
        language_id,

        -- attributes
        body,

        -- numbers
        position_ms,

        -- flags
        is_pinned,

        -- times
        created_at,
        updated_at,
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
        comment_id,
        user_id,
        content_id,
        post_id,
        review_id,
        parent_comment_id,
        language_id,
        nullif({{ trimmed('body') }}, '') as body,
        position_ms,
        is_pinned,
        created_at,
        updated_at,
        deleted_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
