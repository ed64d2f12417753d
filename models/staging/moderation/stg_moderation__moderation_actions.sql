with base as (
    select * from {{ ref('base_moderation__moderation_actions') }}
)

select
    moderation_action_id,
    target_id,
    content_id,
    user_id,
    content_report_id,
    moderator_user_id,
    target_type,
    action,
    reason,
    model_version,
    confidence,
    is_automated,
    acted_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
