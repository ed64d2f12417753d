select
    reaction_id as record_id,
    load_id
from {{ source('raw', 'reactions') }}
