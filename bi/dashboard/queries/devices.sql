-- Plays by month, kind of device, payment country and tier.
select
    dates.month_start_date,
    devices.device_type,
    markets.country_code as country,
    plays.tier,
    count(*) as plays,
    cast(coalesce(sum(plays.active_ms), 0) as bigint) as active_ms
from marts.fct_streams as plays
inner join marts.dim_geography as markets on plays.payment_geography_id = markets.geography_id
inner join marts.dim_date as dates on plays.local_date = dates.date_day
inner join marts.dim_device as devices on plays.device_id = devices.device_id
group by dates.month_start_date, devices.device_type, markets.country_code, plays.tier
order by dates.month_start_date, devices.device_type, markets.country_code, plays.tier
