with source as (
    select * from {{ source('raw', 'reviews') }}
),

renamed as (
    select
        -- ids
        review_id,
        user_id,
        album_id,
        song_id,
        artist_id,
        language_id,

        -- attributes
        target_type,
        artist_name,
        content_name,
        title,
        body,
        image_urls,

        -- numbers
        rating,

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
        review_id,
        user_id,
        album_id,
        song_id,
        artist_id,
        language_id,
        nullif(lower({{ trimmed('target_type') }}), '') as target_type,
        nullif({{ trimmed('artist_name') }}, '') as artist_name,
        nullif({{ trimmed('content_name') }}, '') as content_name,
        nullif({{ trimmed('title') }}, '') as title,
        nullif({{ trimmed('body') }}, '') as body,
        nullif({{ trimmed('image_urls') }}, '') as image_urls,
        rating,
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
