select
    search_query_id as record_id,
    load_id
from {{ source('raw', 'search_queries') }}
