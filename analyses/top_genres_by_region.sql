with
clock as (
    select
        {{ month_start('history_start') }} as first_month,
        {{ month_start('data_date') }} as last_month
    from {{ ref('int_clock') }}
),

top_genres as (
    select mart_top_genres.*
    from {{ ref('mart_top_genres') }} as mart_top_genres
    -- Not the hours of a month that some zones had left when the data began, or entered before the data day ended.
    inner join clock
        on
            mart_top_genres.month_start_date >= clock.first_month
            and mart_top_genres.month_start_date <= clock.last_month
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
