with base as (
    select * from {{ ref('base_ads__ad_requests') }}
)

select
    ad_request_id,
    user_id,
    device_id,
    stream_id,
    country_id,
    placement,
    decision_ms,
    is_filled,
    requested_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
