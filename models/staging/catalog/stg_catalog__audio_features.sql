with source as (
    select * from {{ source('raw', 'audio_features') }}
),

renamed as (
    select
        -- ids
        song_id,

        -- attributes
        model_version,

        -- numbers
        cast(tempo_bpm as numeric(18, 6)) as tempo_bpm,
        musical_key,
        cast(loudness_db as numeric(18, 6)) as loudness_db,
        cast(energy as numeric(18, 6)) as energy,
        cast(danceability as numeric(18, 6)) as danceability,
        cast(valence as numeric(18, 6)) as valence,

        -- flags
        is_major,

        -- times
        analyzed_at,

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
        nullif({{ trimmed('model_version') }}, '') as model_version,
        tempo_bpm,
        musical_key,
        loudness_db,
        energy,
        danceability,
        valence,
        is_major,
        analyzed_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
