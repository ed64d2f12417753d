with base as (
    select * from {{ ref('base_catalog__audio_features_changes') }}
)

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
    load_id
from base
where {{ is_accepted() }}
