with base as (
    select * from {{ ref('base_ads__ad_impressions') }}
)

select
    ad_impression_id,
    ad_request_id,
    campaign_id,
    creative_id,
    stream_id,
    user_id,
    device_id,
    country_id,
    price_micro,
    exposed_ms,
    last_quartile,
    is_data_centre,
    rendered_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
