-- How listening is shared out among kinds of device.
select
    country_code,
    device_type,
    listening_share,
    subscription_share
from marts.mart_cross_device
where month_start_date = date '2026-01-01'
order by country_code asc, listening_share desc
