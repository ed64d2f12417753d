with
ad_requests as (
    select * from {{ ref('int_ad_requests_accepted') }}
),

with_hours as (
    select
        ad_requests.*,
        {{ to_hour('requested_at') }} as hour_at
    from ad_requests
)

select
    country_id,
    hour_at,
    placement,
    is_filled,
    decision_ms,
    count(*) as requests,
    max(arrived_at) as arrived_at,
    max(load_id) as load_id
from with_hours
group by
    country_id,
    hour_at,
    placement,
    is_filled,
    decision_ms
