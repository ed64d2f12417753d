select
    song_id as record_id,
    load_id
from {{ source('raw', 'opening_song_streams') }}
