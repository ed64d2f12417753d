select
    share_id as record_id,
    load_id
from {{ source('raw', 'shares') }}
