with base as (
    select * from {{ ref('base_billing__plans_changes') }}
)

select
    plan_id,
    plan_code,
    name,
    tier,
    variant,
    max_quality,
    skips_per_hour,
    concurrent_streams,
    member_limit,
    is_shuffle_only,
    has_ads,
    can_download,
    changed_at,
    change_no,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
