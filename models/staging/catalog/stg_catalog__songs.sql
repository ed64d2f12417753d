with source as (
    select * from {{ source('raw', 'songs') }}
),

renamed as (
    select
        -- ids
        song_id,
        content_id,
        album_id,
        original_language_id,
        cover_of_song_id,

        -- attributes
        isrc,
        title,

        -- numbers
        track_number,
        duration_ms,

        -- flags
        is_functional_noise,
        is_instrumental,

        -- times
        created_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        song_id,
        content_id,
        album_id,
        original_language_id,
        cover_of_song_id,
        nullif(upper({{ trimmed('isrc') }}), '') as isrc,
        nullif({{ trimmed('title') }}, '') as title,
        track_number,
        duration_ms,
        is_functional_noise,
        is_instrumental,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
