-- Plays of holidays and other days.
select
    dates.is_weekend,
    dates.is_holiday_india,
    count(distinct dates.date_day) as days,
    sum(plays.plays) as plays
from marts.fct_plays_daily as plays
inner join marts.dim_date as dates on plays.local_date = dates.date_day
where plays.country_geography_id = 2000001
group by dates.is_weekend, dates.is_holiday_india
order by dates.is_weekend, dates.is_holiday_india
