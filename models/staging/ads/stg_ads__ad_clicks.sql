with base as (
    select * from {{ ref('base_ads__ad_clicks') }}
)

select
    ad_click_id,
    ad_impression_id,
    clicked_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
