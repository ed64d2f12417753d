-- How many requests for an ad were filled, by day.
select
    hour_date,
    sum(requests) as requests,
    sum(filled) as filled
from marts.fct_ad_requests_hourly
where hour_date between date '2026-01-15' and date '2026-02-11'
group by hour_date
order by hour_date
