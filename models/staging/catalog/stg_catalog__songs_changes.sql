with base as (
    select * from {{ ref('base_catalog__songs_changes') }}
)

select
    song_id,
    content_id,
    album_id,
    original_language_id,
    cover_of_song_id,
    isrc,
    title,
    track_number,
    duration_ms,
    is_functional_noise,
    created_at,
    changed_at,
    change_no,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
