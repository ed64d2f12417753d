select
    status_history_id as record_id,
    load_id
from {{ source('raw', 'status_history') }}
