with
api_requests as (
    select * from {{ ref('stg_platform__api_requests') }}
),

with_hours as (
    select
        api_requests.*,
        {{ to_hour('requested_at') }} as hour_at
    from api_requests
)

select
    service_id,
    route,
    hour_at,
    load_id,
    count(*) as requests
from with_hours
group by
    service_id,
    route,
    hour_at,
    load_id
