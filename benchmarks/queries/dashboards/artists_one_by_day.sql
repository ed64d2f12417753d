-- One artist's own page: plays and followers by day.
select
    local_date,
    sum(plays) as plays,
    sum(playlist_adds) as playlist_adds,
    sum(new_followers) as new_followers
from marts.mart_creator_dashboard
where
    artist_id = (
        select most_heard.artist_id from marts.mart_top_artists as most_heard
        where
            most_heard.is_world
            and most_heard.month_start_date = date '2026-01-01'
            and most_heard.artist_rank = 1
    )
group by local_date
order by local_date
