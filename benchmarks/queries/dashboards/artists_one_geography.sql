-- One artist's map.
select
    country_code,
    sum(plays) as plays,
    sum(active_ms) as active_ms
from marts.mart_creator_dashboard
where
    artist_id = (
        select most_heard.artist_id from marts.mart_top_artists as most_heard
        where
            most_heard.is_world
            and most_heard.month_start_date = date '2026-01-01'
            and most_heard.artist_rank = 1
    )
    and local_date between date '2026-01-15' and date '2026-02-11'
group by country_code
order by plays desc
