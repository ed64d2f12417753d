with base as (
    select * from {{ ref('base_engagement__recommendations') }}
)

select
    recommendation_id,
    user_id,
    session_id,
    content_id,
    stream_id,
    list_kind,
    reason,
    model_version,
    list_rank,
    score,
    served_at,
    generated_at,
    clicked_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
