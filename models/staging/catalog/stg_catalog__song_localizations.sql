with source as (
    select * from {{ source('raw', 'song_localizations') }}
),

renamed as (
    select
        -- ids
        song_id,
        language_id,

        -- attributes
        title,
        lyrics,

        -- flags
        is_translation,

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
        language_id,
        nullif({{ trimmed('title') }}, '') as title,
        nullif({{ trimmed('lyrics') }}, '') as lyrics,
        is_translation,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
