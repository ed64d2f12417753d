-- Requests for ads and how many were filled, by month, country of the listener and placement.
select
    dates.month_start_date,
    markets.country_code as country,
    requests.placement,
    cast(sum(requests.requests) as bigint) as requests,
    cast(sum(requests.filled) as bigint) as filled
from marts.fct_ad_requests_hourly as requests
inner join marts.dim_geography as markets on requests.geography_id = markets.geography_id
inner join marts.dim_date as dates on requests.hour_date = dates.date_day
group by dates.month_start_date, markets.country_code, requests.placement
order by dates.month_start_date, markets.country_code, requests.placement
