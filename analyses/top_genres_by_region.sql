with
clock as (
    select {{ month_start('history_start') }} as first_month
    from {{ ref('int_clock') }}
),

top_genres as (
    select mart_top_genres.*
    from {{ ref('mart_top_genres') }} as mart_top_genres
    -- Not the rest of a month that ended when the data began.
    inner join clock on mart_top_genres.month_start_date >= clock.first_month
),

shared as (
    select
        top_genres.*,
        sum(top_genres.weighted_streams_ppm) over (
            partition by top_genres.month_start_date, top_genres.region_geography_id
        ) as region_streams_ppm
    from top_genres
)

select
    month_start_date,
    country_code,
    region_name,
    genre_rank,
    genre_name,
    weighted_streams,
    {{ ratio('weighted_streams_ppm', 'region_streams_ppm') }} as share_of_region,
    listeners
from shared
where genre_rank <= 3
order by month_start_date desc, region_streams_ppm desc, region_geography_id asc, genre_rank asc
limit 1000
