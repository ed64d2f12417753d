with source as (
    select * from {{ source('raw', 'reels') }}
),

renamed as (
    select
        -- ids
        content_id,
        background_song_id,
        mentioned_artist_id,

        -- attributes
        reel_type,
        effects,
        hashtags,

        -- numbers
        song_start_ms,

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
        background_song_id,
        mentioned_artist_id,
        nullif(lower({{ trimmed('reel_type') }}), '') as reel_type,
        nullif({{ trimmed('effects') }}, '') as effects,
        nullif({{ trimmed('hashtags') }}, '') as hashtags,
        song_start_ms,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
