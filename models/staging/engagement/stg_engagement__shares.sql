with base as (
    select * from {{ ref('base_engagement__shares') }}
)

select
    share_id,
    user_id,
    content_id,
    post_id,
    share_type,
    platform,
    caption,
    shared_at,
    expires_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
