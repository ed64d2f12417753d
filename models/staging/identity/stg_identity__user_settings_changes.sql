with base as (
    select * from {{ ref('base_identity__user_settings_changes') }}
)

select
    user_id,
    daily_limit_minutes,
    is_profile_public,
    allows_profiling,
    allows_marketing_email,
    allows_push,
    blocks_explicit,
    changed_at,
    change_no,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
