with
top_artists as (
    select *
    from {{ ref('mart_top_artists') }}
)

select
    month_start_date,
    artist_rank,
    artist_name,
    qualified_streams,
    listeners,
    {{ ratio('qualified_streams', 'listeners') }} as streams_per_listener
from top_artists
where
    is_world
    and artist_rank <= 10
order by month_start_date desc, artist_rank asc
limit 500
