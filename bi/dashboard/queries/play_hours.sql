-- Plays by month, day of the week and hour where they happened, payment country and tier.
select
    dates.month_start_date,
    dates.iso_day_of_week,
    times.hour_of_day,
    markets.country_code as country,
    plays.tier,
    count(*) as plays
from marts.fct_streams as plays
inner join marts.dim_geography as markets on plays.payment_geography_id = markets.geography_id
inner join marts.dim_date as dates on plays.local_date = dates.date_day
inner join marts.dim_time as times on plays.minute_of_day = times.minute_of_day
group by dates.month_start_date, dates.iso_day_of_week, times.hour_of_day, markets.country_code, plays.tier
order by dates.month_start_date, dates.iso_day_of_week, times.hour_of_day, markets.country_code, plays.tier
