-- When people listen, by minute of the local day.
select
    minute_of_day / 60 as hour_of_day,
    count(*) as plays,
    count(distinct user_id) as listeners
from marts.fct_streams
where local_date between date '2026-01-15' and date '2026-02-11'
group by minute_of_day / 60
order by hour_of_day
