select
    content_id as record_id,
    load_id
from {{ source('raw', 'content_changes') }}
