-- What is popular on a day.
select
    popularity_rank,
    title,
    artist_name,
    plays,
    trending_score
from marts.mart_popular_content
where
    window_kind = 'day'
    and window_start_date = date '2026-02-10'
    and popularity_rank <= 50
order by popularity_rank
