with base as (
    select * from {{ ref('base_marketing__marketing_touches') }}
)

select
    marketing_touch_id,
    promo_campaign_id,
    user_id,
    device_id,
    channel,
    prospect_key,
    touch_type,
    touched_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
