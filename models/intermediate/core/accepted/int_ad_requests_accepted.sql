with checked as (
    select * from {{ ref('int_ad_requests_checked') }}
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
from checked
where {{ is_accepted() }}
