with source as (
    select * from {{ source('raw', 'videos') }}
),

renamed as (
    select
        -- ids
        content_id,
        song_id,

        -- attributes
        video_type,
        aspect_ratio,
        resolution,
        captions_url,

        -- numbers
        fps,

        -- flags
        has_captions,

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
        song_id,
        nullif(lower({{ trimmed('video_type') }}), '') as video_type,
        nullif({{ trimmed('aspect_ratio') }}, '') as aspect_ratio,
        nullif({{ trimmed('resolution') }}, '') as resolution,
        nullif({{ trimmed('captions_url') }}, '') as captions_url,
        fps,
        has_captions,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
