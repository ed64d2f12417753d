with base as (
    select * from {{ ref('base_ads__campaigns_changes') }}
)

select
    campaign_id,
    advertiser_id,
    creator_artist_id,
    promoted_content_id,
    campaign_type,
    name,
    currency_code,
    pricing_model,
    pacing,
    status,
    budget_minor,
    price_minor,
    goal_impressions,
    starts_at,
    ends_at,
    created_at,
    changed_at,
    change_no,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
