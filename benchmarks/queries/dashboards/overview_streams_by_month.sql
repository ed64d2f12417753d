-- Plays, qualified streams and time of each month.
select
    local_booking_month,
    sum(plays) as plays,
    sum(qualified_streams) as qualified_streams,
    sum(active_ms) as active_ms
from marts.mart_plays_by_country
group by local_booking_month
order by local_booking_month
