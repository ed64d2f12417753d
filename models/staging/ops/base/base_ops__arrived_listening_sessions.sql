select
    session_id as record_id,
    load_id
from {{ source('raw', 'listening_sessions') }}
