with source as (
    select * from {{ source('raw', 'podcast_episodes') }}
),

renamed as (
    select
        -- ids
        content_id,
        podcast_id,

        -- attributes
        description,
        chapters,

        -- numbers
        season_number,
        episode_number,

        -- flags
        has_transcript,

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
        podcast_id,
        nullif({{ trimmed('description') }}, '') as description,
        nullif({{ trimmed('chapters') }}, '') as chapters,
        season_number,
        episode_number,
        has_transcript,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
