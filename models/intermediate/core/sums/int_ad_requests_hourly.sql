with
purged as (
    select * from {{ ref('stg_ads__ad_requests_hourly') }}
),

kept as (
    select * from {{ ref('int_ad_requests_summed') }}
),

purged_and_kept as (
    select
        country_id,
        hour_at,
        placement,
        is_filled,
        decision_ms,
        requests,
        arrived_at,
        load_id
    from purged
    union all
    select
        country_id,
        hour_at,
        placement,
        is_filled,
        decision_ms,
        requests,
        arrived_at,
        load_id
    from kept
)

select
    country_id,
    hour_at,
    placement,
    is_filled,
    decision_ms,
    cast(sum(requests) as bigint) as requests,
    max(arrived_at) as arrived_at,
    max(load_id) as load_id
from purged_and_kept
group by
    country_id,
    hour_at,
    placement,
    is_filled,
    decision_ms
