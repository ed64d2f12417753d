select
    playlist_event_id as record_id,
    load_id
from {{ source('raw', 'playlist_events') }}
