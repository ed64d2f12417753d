with
clock as (
    select
        {{ month_start('history_start') }} as first_month,
        {{ month_start('data_date') }} as last_month
    from {{ ref('int_clock') }}
),

top_artists as (
    select mart_top_artists.*
    from {{ ref('mart_top_artists') }} as mart_top_artists
    -- Not the hours of a month that some zones had left when the data began, or entered before the data day ended.
    inner join clock
        on
            mart_top_artists.month_start_date >= clock.first_month
            and mart_top_artists.month_start_date <= clock.last_month
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
