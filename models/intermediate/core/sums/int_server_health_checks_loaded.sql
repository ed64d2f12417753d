with
server_health_checks as (
    select * from {{ ref('stg_platform__server_health_checks') }}
),

with_hours as (
    select
        server_health_checks.*,
        {{ to_hour('checked_at') }} as hour_at
    from server_health_checks
)

select
    service_id,
    hour_at,
    load_id,
    count(*) as checks
from with_hours
group by
    service_id,
    hour_at,
    load_id
