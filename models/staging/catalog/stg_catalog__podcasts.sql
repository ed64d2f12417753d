with source as (
    select * from {{ source('raw', 'podcasts') }}
),

renamed as (
    select
        -- ids
        podcast_id,
        cast(podcast_uuid as text) as podcast_uuid,
        artist_id,
        language_id,
        genre_id,

        -- attributes
        title,
        description,
        cover_image_url,
        status,

        -- times
        created_at,
        ended_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        podcast_id,
        lower(podcast_uuid) as podcast_uuid,
        artist_id,
        language_id,
        genre_id,
        nullif({{ trimmed('title') }}, '') as title,
        nullif({{ trimmed('description') }}, '') as description,
        nullif({{ trimmed('cover_image_url') }}, '') as cover_image_url,
        nullif(lower({{ trimmed('status') }}), '') as status,
        created_at,
        ended_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
