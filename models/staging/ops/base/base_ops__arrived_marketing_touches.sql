select
    marketing_touch_id as record_id,
    load_id
from {{ source('raw', 'marketing_touches') }}
