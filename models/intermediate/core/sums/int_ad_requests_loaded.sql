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
    placement,
    hour_at,
    load_id,
    count(*) as requests
from with_hours
group by
    country_id,
    placement,
    hour_at,
    load_id
