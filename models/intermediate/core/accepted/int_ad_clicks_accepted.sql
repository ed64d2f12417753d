with checked as (
    select * from {{ ref('int_ad_clicks_checked') }}
)

select
    ad_click_id,
    ad_impression_id,
    clicked_at,
    arrived_at,
    load_id
from checked
where {{ is_accepted() }}
