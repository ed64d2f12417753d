with base as (
    select * from {{ ref('base_engagement__search_queries') }}
)

select
    search_query_id,
    user_id,
    device_id,
    session_id,
    language_id,
    clicked_content_id,
    query_class,
    surface,
    query_length,
    result_count,
    latency_ms,
    clicked_rank,
    has_typo,
    searched_at,
    clicked_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
