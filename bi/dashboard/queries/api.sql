-- Requests of the programming interface by day: errors, and how many were answered in time.
select
    hour_date,
    cast(sum(requests) as bigint) as requests,
    cast(sum(errors) as bigint) as errors,
    cast(sum(requests_in_time) as bigint) as requests_in_time
from marts.fct_api_hourly
group by hour_date
order by hour_date
