with
streams as (
    select
        song_id,
        user_id,
        geography_id,
        local_booking_month
    from {{ ref('fct_streams') }}
    where is_qualified
),

song_genres as (
    select
        song_id,
        genre_id,
        genre,
        weight_ppm
    from {{ ref('bridge_song_genre') }}
),

geographies as (
    select
        geography_id,
        region_geography_id,
        country_geography_id,
        region,
        country,
        country_code
    from {{ ref('dim_geography') }}
),

placed as (
    select
        streams.song_id,
        streams.user_id,
        streams.local_booking_month as month_start_date,
        geographies.country_geography_id,
        geographies.country_code,
        case
            when geographies.region_geography_id > 0 then geographies.region_geography_id
            else geographies.country_geography_id
        end as region_geography_id,
        case
            when geographies.region_geography_id > 0 then geographies.region
            else geographies.country
        end as region_name
    from streams
    inner join geographies on streams.geography_id = geographies.geography_id
),

counted as (
    select
        placed.month_start_date,
        placed.region_geography_id,
        placed.region_name,
        placed.country_geography_id,
        placed.country_code,
        song_genres.genre_id,
        song_genres.genre as genre_name,
        sum(song_genres.weight_ppm) as weighted_streams_ppm,
        count(distinct placed.user_id) as listeners
    from placed
    inner join song_genres on placed.song_id = song_genres.song_id
    group by
        placed.month_start_date,
        placed.region_geography_id,
        placed.region_name,
        placed.country_geography_id,
        placed.country_code,
        song_genres.genre_id,
        song_genres.genre
),

ranked as (
    select
        counted.*,
        row_number() over (
            partition by counted.month_start_date, counted.region_geography_id
            order by counted.weighted_streams_ppm desc, counted.genre_id asc
        ) as genre_rank
    from counted
)

select
    month_start_date,
    region_geography_id,
    region_name,
    country_geography_id,
    country_code,
    genre_id,
    genre_name,
    cast(genre_rank as bigint) as genre_rank,
    cast(weighted_streams_ppm as bigint) as weighted_streams_ppm,
    {{ micro_decimal('weighted_streams_ppm') }} as weighted_streams,
    cast(listeners as bigint) as listeners
from ranked
