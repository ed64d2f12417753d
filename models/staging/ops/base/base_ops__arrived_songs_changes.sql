select
    song_id as record_id,
    load_id
from {{ source('raw', 'songs_changes') }}
