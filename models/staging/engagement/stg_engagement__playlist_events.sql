with base as (
    select * from {{ ref('base_engagement__playlist_events') }}
)

select
    playlist_event_id,
    playlist_id,
    actor_user_id,
    playlist_item_id,
    content_id,
    collaborator_user_id,
    event_type,
    position_before,
    position_after,
    revision_before,
    revision_after,
    is_accepted,
    occurred_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
