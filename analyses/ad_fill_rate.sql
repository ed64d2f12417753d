with
hours as (
    select * from {{ ref('fct_ad_requests_hourly') }}
),

geographies as (
    select
        geography_id,
        country
    from {{ ref('dim_geography') }}
),

summed as (
    select
        {{ month_start('hours.hour_date') }} as month_start_date,
        hours.geography_id,
        hours.placement,
        sum(hours.requests) as requests,
        sum(hours.filled) as filled,
        sum(hours.within_target) as within_target,
        max(hours.decision_p99_ms) as worst_hour_p99_ms
    from hours
    group by
        {{ month_start('hours.hour_date') }},
        hours.geography_id,
        hours.placement
)

select
    summed.month_start_date,
    geographies.country,
    summed.placement,
    summed.requests,
    summed.filled,
    {{ ratio('summed.filled', 'summed.requests') }} as fill_rate,
    {{ ratio('summed.within_target', 'summed.requests') }} as within_target_share,
    summed.worst_hour_p99_ms
from summed
inner join geographies on summed.geography_id = geographies.geography_id
order by summed.month_start_date desc, summed.requests desc, geographies.country asc, summed.placement asc
limit 1000
