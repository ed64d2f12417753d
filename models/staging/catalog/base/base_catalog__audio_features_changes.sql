with source as (
    select * from {{ source('raw', 'audio_features_changes') }}
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
),

copies as (
    select
        cleaned.*,
        row_number() over (
            partition by song_id, change_no
            order by arrived_at, load_id
        ) as copy_no
    from cleaned
),

checked as (
    select
        song_id,
        model_version,
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
        load_id,
        case when copy_no > 1 then 'duplicate' end as reject_rule,
        case
            when copy_no > 1
                then {{ row_payload([
                    'song_id', 'model_version', 'tempo_bpm', 'musical_key', 'is_major',
                    'loudness_db', 'energy', 'danceability', 'valence', 'analyzed_at',
                    'changed_at', 'change_no', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
