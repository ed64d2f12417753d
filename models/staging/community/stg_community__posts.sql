with source as (
    select * from {{ source('raw', 'posts') }}
),

renamed as (
    select
        -- ids
        post_id,
        artist_id,
        author_user_id,
        language_id,

        -- attributes
        content_text,
        media_type,
        media_urls,

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
        post_id,
        artist_id,
        author_user_id,
        language_id,
        nullif({{ trimmed('content_text') }}, '') as content_text,
        nullif(lower({{ trimmed('media_type') }}), '') as media_type,
        nullif({{ trimmed('media_urls') }}, '') as media_urls,
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
